/** What an activity's failure means to a workflow, and the sentence a person reads. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";
import { FAILURE } from "../domain/failures.js";
import type { SafetyStop } from "../domain/recovery.js";

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

const STOPS: Partial<Record<string, SafetyStop>> = {
  [FAILURE.storeFull]: "host",
  [FAILURE.modelRefused]: "model",
  [FAILURE.modelUnavailable]: "outside",
  [FAILURE.forgeUnavailable]: "outside",
};

/** The safety stop behind a failure; undefined for what a person has to mend, as a key, a price or a repository. */
export function stopBehind(error: unknown): SafetyStop | undefined {
  if (wasLost(error) || isHostSilent(error)) return "host";
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure ? STOPS[cause.type ?? ""] : undefined;
}
