/** Starts missions that wait in the queue. */
import {
  isRunningStatus,
  queueOf,
  turnsOf,
  type PulseInput,
  type PulseResult,
} from "../domain/queue.js";
import type { QueuePort } from "./ports.js";

const NAMED = 50;

export function createQueueActivities({ queue }: { queue: QueuePort }) {
  return {
    /**
     * Tells the missions whose turn it is to begin. A second run, also before the list shows the first one's doing, tells the
     * same missions, and they begin once.
     */
    async beginQueued({
      taskQueue,
      maxRunning,
    }: PulseInput & { taskQueue: string }): Promise<PulseResult> {
      const open = await queue.openMissions(taskQueue);
      const begun: string[] = [];
      for (const missionId of turnsOf(open, maxRunning)) {
        if (await queue.begin(missionId)) begun.push(missionId);
      }
      return {
        begun: begun.slice(0, NAMED),
        running: open.filter(({ status }) => isRunningStatus(status)).length + begun.length,
        queued: queueOf(open).length - begun.length,
      };
    },
  };
}
