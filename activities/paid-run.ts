/** Who pays: what a call needs of the attempt or planning that it is made for. */
import type { Fence } from "./fence.js";
import type { SliceAccount } from "./slice-account.js";

/** Whoever pays from a slice: the attempt of a feature, or a planning. */
export interface PaidRun {
  /** Temporal's count of the activity, from 1. */
  attempt: number;
  /** Aborted when the work is to end: no further call. */
  signal: AbortSignal;
  account: SliceAccount;
  now(): number;
  /** Asked before each paid call, and answered by the server. */
  fence(): Promise<Fence>;
}
