/** What a change weakens, found without holding up the worker: a large change takes seconds, and hundreds of bytes for each of its own. */
import { Worker } from "node:worker_threads";
import type { Finding } from "../domain/findings.js";
import type { Change } from "../domain/lies/changed-file.js";
import { liesOf } from "../domain/lies/lies.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";

export interface ComparingLimits {
  /** Texts of so many characters together are compared at once, without a thread. */
  atOnce: number;
  heapMb: number;
  ms: number;
  thread: URL;
}

const LIMITS: ComparingLimits = {
  atOnce: 200_000,
  heapMb: 2_048,
  ms: 5 * 60_000,
  thread: new URL("lies-thread.js", import.meta.url),
};

/** @returns the worst first; a change that is too large for the limits is a finding itself. */
export async function compareChecks(
  change: Change,
  rewrites: readonly string[],
  limits = LIMITS,
): Promise<Finding[]> {
  const letters = change.files.reduce(
    (sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0),
    0,
  );
  if (letters <= limits.atOnce) return liesOf(change, rewrites);
  // One after the other: each takes much memory.
  return oneAtATime("compare checks", () => inThread(change, rewrites, limits));
}

function inThread(
  change: Change,
  rewrites: readonly string[],
  { heapMb, ms, thread: file }: ComparingLimits,
): Promise<Finding[]> {
  const thread = new Worker(file, {
    workerData: { change, rewrites },
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  return new Promise<Finding[]>((resolve, reject) => {
    const late = setTimeout(() => {
      resolve([tooLarge(`within ${ms / 60_000} minutes`)]);
    }, ms);
    thread.once("message", resolve);
    thread.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") resolve([tooLarge(`in ${heapMb} MB`)]);
      else reject(error);
    });
    thread.once("exit", (code) => {
      reject(new Error(`The thread that compares checks ended with ${code}.`));
      clearTimeout(late);
    });
  }).finally(() => thread.terminate());
}

const tooLarge = (bound: string): Finding => ({
  id: "lie/not-compared/.",
  severity: "major",
  source: "lie",
  what: `The change is too large to compare its tests and settings with those before ${bound}.`,
});
