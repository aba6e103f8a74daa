/** One thing at a time: per key in this process, where git's own compare-and-swap holds off others; or among all workers of a folder. */
import { type Lease, withLease } from "../../store/lease.js";

const queues = new Map<string, Promise<unknown>>();

export async function oneAtATime<T>(key: string, run: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const turn = before.then(run, run);
  queues.set(key, turn);
  try {
    return await turn;
  } finally {
    if (queues.get(key) === turn) queues.delete(key);
  }
}

/** Among all workers that share the engine's folder. Contract: as `withLease`. */
export const oneAmongWorkers = <T>(
  lockPath: string,
  run: (lease: Lease) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  oneAtATime(lockPath, () => withLease(lockPath, run, signal === undefined ? {} : { signal }));
