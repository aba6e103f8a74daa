/** Errors of an attempt in the words that the workflow decides by. */
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { FailureType } from "../domain/failures.js";
import { EXIT, Problem } from "../domain/problem.js";
import { isDiskFull } from "../store/full-disk.js";

export function failure(
  type: FailureType,
  message: string,
  nonRetryable: boolean,
  cause?: unknown,
) {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable,
    ...(cause instanceof Error ? { cause } : {}),
  });
}

/** Another attempt took over: this one stops before its next effect. */
export const superseded = () =>
  failure(FAILURE.superseded, "A later attempt took over this work.", true);

/** An attempt that should not run any more has been in the workspace: the work goes on from its checkpoint. */
export const disturbed = () =>
  failure(FAILURE.unexpected, "Another attempt took the workspace meanwhile.", false);

export const workerStopped = () =>
  failure(
    FAILURE.workerStopped,
    "The worker is ending; the work goes on from its checkpoint.",
    false,
  );

/** What an attempt throws, as a failure with a type. */
export function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (isDiskFull(error)) {
    const message = "The disk is full: free some space, then retry the feature.";
    return failure(FAILURE.storeFull, message, false, error);
  }
  if (error instanceof Problem) {
    const lasting = error.exitCode === EXIT.noModel;
    const type = lasting ? FAILURE.modelUnknown : FAILURE.modelUnavailable;
    return failure(type, `${error.message} ${error.remedy}`, lasting);
  }
  return error;
}
