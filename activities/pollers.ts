/** Asks the server whether anybody works for a host's queue. */
import type { PollerPort } from "./ports.js";
import { serverNowMs } from "./server-clock.js";

/** A worker's long poll lasts a minute; one not seen for longer is gone. */
const SEEN_WITHIN_MS = 70_000;
const MOST_HOSTS = 50;

/** What the server has seen is compared with its own clock: those of hosts differ. */
export function createPollerActivities(deps: { pollers: PollerPort }) {
  return {
    /** True while a worker asks that queue for work. Safe to repeat. */
    async hostAlive({
      queue,
      withinMs = SEEN_WITHIN_MS,
    }: {
      queue: string;
      withinMs?: number;
    }): Promise<boolean> {
      const polls = await deps.pollers.lastPolls(queue);
      return polls.some((at) => serverNowMs() - at < withinMs);
    },

    /** Ids of the hosts whose workers ask that queue for work, at most 50. Safe to repeat. */
    async liveHosts({
      queue,
      homeQueue,
      withinMs = SEEN_WITHIN_MS,
    }: {
      queue: string;
      homeQueue?: string;
      withinMs?: number;
    }): Promise<{ hosts: string[] }> {
      if (homeQueue === queue) return { hosts: [] };
      const seen = await deps.pollers.lastSeen(queue);
      const live = seen.filter(({ hostId, at }) => hostId !== "" && serverNowMs() - at < withinMs);
      return { hosts: [...new Set(live.map(({ hostId }) => hostId))].sort().slice(0, MOST_HOSTS) };
    },
  };
}
