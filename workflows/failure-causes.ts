/** What an activity's failure means to a workflow, and the sentence a person reads. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";

const causeOf = (error: unknown) => (error instanceof ActivityFailure ? error.cause : error);

/** Nobody took the work from the host's own queue in time. */
export function isHostSilent(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof TimeoutFailure && cause.timeoutType === "SCHEDULE_TO_START";
}

/** The worker was lost (heartbeat or start-to-close timeout) more often than the retry policy allows. */
export function wasLost(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof TimeoutFailure && cause.timeoutType !== "SCHEDULE_TO_START";
}

/** One sentence; never a stack. */
export function explainFailure(error: unknown): string {
  const cause = causeOf(error);
  if (cause instanceof TimeoutFailure) {
    return "The worker was lost again and again while this ran; see the worker's log, then retry.";
  }
  if (cause instanceof ApplicationFailure) return cause.message.slice(0, 400);
  return cause instanceof Error ? cause.message.slice(0, 400) : "It failed without saying why.";
}
