/** Runs host work under a heartbeat, and gives its errors the types that workflows decide by. */
import { ApplicationFailure, Context, type Info } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import { Problem } from "../domain/problem.js";
import { isDiskFull } from "../store/full-disk.js";
import { superseded } from "./attempt-failure.js";
import { temporalFence } from "./fence.js";

const OFTEN_MS = 5_000;

/**
 * Heartbeats from a timer while `run` works; `signal` is aborted when the activity is cancelled or its host shuts down.
 * @throws ApplicationFailure RepositoryUnusable for a Problem, StoreFull for a full disk, Superseded where another runs this
 * already; others as they are.
 */
export async function whileHeartbeating<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timeoutMs = context.info.heartbeatTimeoutMs ?? 0;
  const everyMs = timeoutMs > 0 ? Math.max(50, Math.min(OFTEN_MS, timeoutMs / 3)) : OFTEN_MS;
  const timer = setInterval(() => {
    context.heartbeat();
  }, everyMs);
  try {
    if (isLate(context.info) && (await temporalFence()) === "superseded") throw superseded();
    return await run(context.cancellationSignal);
  } catch (error) {
    throw asFailure(error);
  } finally {
    clearInterval(timer);
  }
}

/** A worker that stood still begins what was given to another long ago; clocks of hosts may differ a little. */
function isLate({ heartbeatTimeoutMs = 0, currentAttemptScheduledTimestampMs }: Info): boolean {
  if (heartbeatTimeoutMs === 0) return false;
  return Math.abs(Date.now() - currentAttemptScheduledTimestampMs) > heartbeatTimeoutMs / 2;
}

function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  // Before anything that wraps it: with room again the same work goes on.
  if (isDiskFull(error))
    return ApplicationFailure.retryable(
      "The disk of the engine's folder is full: free some space, then retry the feature.",
      FAILURE.storeFull,
    );
  if (error instanceof Problem)
    return ApplicationFailure.create({
      type: FAILURE.repositoryUnusable,
      message: `${error.message} ${error.remedy}`,
      nonRetryable: true,
    });
  return error;
}

/** @throws ApplicationFailure MissingRecord, never retried. */
export function missing(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${what} is not there.`, FAILURE.missingRecord);
}
