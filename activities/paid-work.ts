/** What every activity that pays does around its work: beats, asks whether it is still the one, opens its slice's account. */
import { activityInfo, heartbeat } from "@temporalio/activity";
import type { Slice } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { journalPath } from "../store/journal.js";
import { asFailure, superseded, workerStopped } from "./attempt-failure.js";
import { temporalFence } from "./fence.js";
import type { Fence } from "./fence.js";
import type { HostClock } from "./ports.js";
import { openSliceAccount } from "./slice-account.js";
import type { SliceAccount } from "./slice-account.js";

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
  const beat: Beat = { details: info.heartbeatDetails as unknown };
  const timer = setInterval(
    () => {
      heartbeat(beat.details);
    },
    Math.min(LONGEST_BEAT_MS, heartbeatTimeoutMs / 4),
  );
  try {
    return await run(beat);
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

/**
 * @returns the account, undefined where a journal that must be there is not; and the question to ask before each paid call.
 * @throws ApplicationFailure when this attempt may not work any more.
 */
export async function takeAccount(
  deps: PaidWorkDependencies,
  { missionId, milestoneId, featureId, slice, sliceOpened }: Payee,
  beat: Beat,
): Promise<{ account: SliceAccount | undefined; fence: () => Promise<Fence> }> {
  const fence = () => (deps.fence ?? temporalFence)(beat.details);
  // A worker that stood still begins attempts that were given to others long ago: those may touch nothing.
  const asked = await fence();
  if (asked === "superseded") throw superseded();
  if (asked === "leave") throw workerStopped();
  const account = await openSliceAccount({
    path: journalPath(deps.paths.journals, missionId, slice.key),
    slice,
    milestoneId,
    featureId,
    fresh: !sliceOpened && beat.details !== JOURNAL_OPEN,
    now: () => deps.clock.now(),
  });
  if (account !== undefined) {
    beat.details = JOURNAL_OPEN;
    heartbeat(beat.details);
  }
  return { account, fence };
}
