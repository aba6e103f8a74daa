/** Asks the server whether anybody works for a host's queue. */
import type { HostClock, PollerPort } from "./ports.js";

/** A worker's long poll lasts a minute; one not seen for longer is gone. */
const SEEN_WITHIN_MS = 70_000;
const MOST_HOSTS = 50;

export function createPollerActivities(deps: { pollers: PollerPort; clock: HostClock }) {
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
      return polls.some((at) => deps.clock.now() - at < withinMs);
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
      const live = seen.filter(
        ({ hostId, at }) => hostId !== "" && deps.clock.now() - at < withinMs,
      );
      return { hosts: [...new Set(live.map(({ hostId }) => hostId))].sort().slice(0, MOST_HOSTS) };
    },
  };
}
