/** What activities do with a forge's answers: what passes is tried again, what a person must mend is told. */
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import { Problem } from "../domain/problem.js";
import { ForgeUnavailable } from "./adapters/forges/forge-errors.js";
import { whileHeartbeating } from "./heartbeat.js";

/** A longer wait is the workflow's, which lets others go on meanwhile. */
const LONGEST_WAIT_MS = 120_000;

interface Answers<T> {
  /** A Problem as an answer; left out: it ends the activity. */
  refused?: (problem: Problem) => T;
  /** The forge takes nothing for so long; left out: the activity is run again then. */
  later?: (waitMs: number, why: string) => T;
}

/** @throws ApplicationFailure ForgeUnavailable, retried. */
export async function whileTalking<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { refused, later }: Answers<T> = {},
): Promise<T> {
  return whileHeartbeating(async (signal) => {
    try {
      return await run(signal);
    } catch (error) {
      if (error instanceof Problem && refused !== undefined) return refused(error);
      if (!(error instanceof ForgeUnavailable)) throw error;
      const waitMs = waitOf(error);
      if (waitMs !== undefined && waitMs > LONGEST_WAIT_MS && later !== undefined)
        return later(waitMs, error.message);
      throw ApplicationFailure.create({
        type: FAILURE.forgeUnavailable,
        message: error.message,
        ...(waitMs === undefined ? {} : { nextRetryDelay: Math.max(waitMs, 1_000) }),
      });
    }
  });
}

/** By this host's clock on both sides; undefined where the forge did not say. */
export const waitOf = ({ retryAtMs }: ForgeUnavailable): number | undefined =>
  retryAtMs === undefined ? undefined : retryAtMs - Date.now();

/** A mission that ends does not wait for a forge that says when it takes requests again. */
export const isLong = (error: unknown): error is ForgeUnavailable =>
  error instanceof ForgeUnavailable && (waitOf(error) ?? 0) > LONGEST_WAIT_MS;
