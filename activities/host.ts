/** What workflows ask about the host that they run on. */
import type { Interval } from "../domain/mission.js";
import type { HostClock } from "./ports.js";

export function createHostActivities({ clock }: { clock: HostClock }) {
  return {
    /** Spans in which this host slept, cut at `fromMs`. Safe to repeat. */
    async readSleeps({ fromMs }: { fromMs: number }): Promise<Interval[]> {
      return Promise.resolve(clock.sleepsSince(fromMs));
    },
  };
}
