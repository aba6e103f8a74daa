/** What every activity that pays does around its work: beats, asks whether it is still the one, opens its slice's account. */
import { activityInfo, cancellationSignal, heartbeat } from "@temporalio/activity";
import type { AttemptCost, Slice } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { journalPath } from "../store/journal.js";
import { asFailure, superseded, workerStopped } from "./attempt-failure.js";
import { standing, temporalFence } from "./fence.js";
import type { Fence } from "./fence.js";
import type { PaidRun } from "./paid-run.js";
import type { HostClock } from "./ports.js";
import { byServerClock } from "./server-clock.js";
import { openSliceAccount } from "./slice-account.js";

const LONGEST_BEAT_MS = 3_000;
/** Rides on every heartbeat once the slice's journal is there; an attempt that finds neither knows that nothing was paid. */
const JOURNAL_OPEN = "journal open";

/** What heartbeats carry from one attempt to the next. */
export interface Beat {
  details: unknown;
}

/** Heartbeats from a timer while `run` works. @throws ApplicationFailure with a type that workflows decide by. */
export async function whileBeating<T>(run: (beat: Beat) => Promise<T>): Promise<T> {
  const info = activityInfo();
  const { heartbeatTimeoutMs = 20_000 } = info;
  const beganMs = Date.now();
  const beat: Beat = { details: info.heartbeatDetails as unknown };
  const timer = setInterval(
    () => {
      heartbeat(beat.details);
    },
    Math.min(LONGEST_BEAT_MS, heartbeatTimeoutMs / 4),
  );
  try {
    return byServerClock(await run(beat), beganMs);
  } catch (error) {
    throw asFailure(error);
  } finally {
    clearInterval(timer);
  }
}

export interface PaidWorkDependencies {
  paths: EnginePaths;
  clock: HostClock;
  /** Asks the server whether this attempt may still work and spend; only tests replace it. */
  fence?: (details: unknown) => Promise<Fence>;
}

/** The slice and whom it was granted to. */
export interface Payee {
  missionId: string;
  milestoneId: string;
  featureId: string;
  slice: Slice;
  /** True when an earlier activity already worked on it: its journal must then exist. */
  sliceOpened: boolean;
}

export interface PaidWork {
  run: PaidRun;
  /** So far; part of every ending. */
  cost: () => AttemptCost;
}

/**
 * @returns `slice-lost` where a journal that must be there is not.
 * @throws ApplicationFailure when this attempt may not work any more.
 */
export async function openPaidWork(
  { paths, clock, ...deps }: PaidWorkDependencies,
  { missionId, milestoneId, featureId, slice, sliceOpened }: Payee,
  beat: Beat,
): Promise<PaidWork | (AttemptCost & { kind: "slice-lost" })> {
  const { attempt, scheduledTimestampMs } = activityInfo();
  const fence = () => (deps.fence ?? temporalFence)(beat.details);
  // A worker that stood still begins attempts that were given to others long ago: those may touch nothing.
  const asked = await fence();
  if (asked === "superseded") throw superseded();
  if (asked === "leave") throw workerStopped();
  const account = await openSliceAccount({
    path: journalPath(paths.journals, missionId, slice.key),
    slice,
    milestoneId,
    featureId,
    fresh: !sliceOpened && beat.details !== JOURNAL_OPEN,
    now: () => clock.now(),
  });
  const sleeps = () => clock.sleepsSince(scheduledTimestampMs);
  if (account === undefined)
    return { kind: "slice-lost", spent: slice.amount, calls: 0, sleeps: sleeps() };
  beat.details = JOURNAL_OPEN;
  heartbeat(beat.details);
  return {
    run: { attempt, signal: cancellationSignal(), account, fence, now: () => clock.now() },
    cost: () => ({ spent: account.spent(), calls: account.calls(), sleeps: sleeps() }),
  };
}

/** Asked when the work has ended, before anything is said of it. @throws ApplicationFailure when this attempt may not say it. */
export function assertStanding(wasStopped: boolean): void {
  const known = standing();
  if (known === "superseded") throw superseded();
  // A stop that came with the worker's own end is nobody's wish: Temporal runs this again.
  if (wasStopped && known === "leave") throw workerStopped();
}
