/** What Temporal says, in the words of a mission. */
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import { EXIT, Problem } from "../domain/problem.js";

const UNAVAILABLE = 14;
/** Cancelled, deadline exceeded, too much in flight, and "no worker polls" or "not ready yet" (failed precondition). */
const UNANSWERED = new Set([1, 4, 8, 9]);

const causes = (error: unknown): unknown[] =>
  error instanceof Error ? [error, ...causes(error.cause)] : [];
const codesOf = (error: unknown): number[] =>
  causes(error).flatMap((cause) => (isGrpcServiceError(cause) ? [cause.code] : []));

/** True when nobody answered in time; the message itself may still arrive. */
export const isUnanswered = (error: unknown) =>
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
  codesOf(error).some((code) => UNANSWERED.has(code));

const isServerGone = (error: unknown) => codesOf(error).includes(UNAVAILABLE);

/** @returns a Problem where a person can mend it; anything else unchanged. */
export function asProblem(error: unknown, missionId: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return /completed|closed/i.test(error.message)
      ? new Problem(
          EXIT.notNow,
          `Mission ${missionId} has ended, so this is not possible any more.`,
          `See what it did with: npx missions status ${missionId}`,
          error,
        )
      : new Problem(
          EXIT.notFound,
          `The server knows no mission ${missionId}.`,
          "See the missions there are with: npx missions list",
          error,
        );
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new Problem(
      EXIT.notNow,
      `Mission ${missionId} refused the command: ${deepest(error)}.`,
      `See where it stands with: npx missions status ${missionId}`,
      error,
    );
  }
  if (isServerGone(error)) {
    return new Problem(
      EXIT.noServer,
      "The Temporal server does not answer.",
      "Start it with: npx missions up",
      error,
    );
  }
  if (
    isUnanswered(error) ||
    error instanceof QueryNotRegisteredError ||
    error instanceof QueryRejectedError
  ) {
    return new Problem(
      EXIT.noServer,
      `No worker answers for mission ${missionId}.`,
      "Start one with: npx missions up",
      error,
    );
  }
  return error;
}

const deepest = (error: Error): string => {
  const last = causes(error).at(-1);
  return (last instanceof Error ? last.message : error.message).replace(/\.$/, "");
};

/** Runs a call about one mission and rethrows what it throws as a Problem where there is one. */
export async function aboutMission<T>(missionId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asProblem(error, missionId);
  }
}
