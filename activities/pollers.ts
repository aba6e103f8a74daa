/** Asks the server whether anybody works for a host's queue. */
import type { PollerPort } from "./ports.js";

/** A worker's long poll lasts a minute; one not seen for longer is gone. */
const SEEN_WITHIN_MS = 70_000;

export function createPollerActivities({ pollers, now }: { pollers: PollerPort; now(): number }) {
  return {
    async hostAlive({ queue }: { queue: string }): Promise<boolean> {
      const polls = await pollers.lastPolls(queue);
      return polls.some((at) => now() - at < SEEN_WITHIN_MS);
    },
  };
}
