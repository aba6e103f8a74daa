/** One beat of the pulse: starts the queued missions whose turn it is. On a Temporal Schedule, so that no daemon is needed. */
import type { PulseInput, PulseResult } from "../domain/queue.js";
import { beats, sharedQueue } from "./effects.js";

/** @param input.maxRunning is kept in the schedule, where `missions queue --max` changes it. */
export async function pulseWorkflow({ maxRunning }: PulseInput): Promise<PulseResult> {
  const taskQueue = sharedQueue();
  const { beginQueued } = beats(taskQueue, "begin queued missions");
  return beginQueued({ taskQueue, maxRunning });
}
