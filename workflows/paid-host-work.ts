/** Paid work on a feature's slice, on the host of its workspace: what comes back when the host, the worker or a person ends it. */
import type { AttemptCost, FeatureRef, SettleInput, Slice } from "../domain/work.js";
import type { Timings } from "../domain/mission.js";
import { reads, sharedQueue } from "./effects.js";
import { explainFailure, isHostSilent, wasLost } from "./failure-causes.js";
import type { SafetyStopped } from "./feature-input.js";
import type { holdSlice } from "./held-slice.js";
import { stoppedBy } from "./safety.js";

/** `host-silent`: nobody took it; `broken`: it failed for good, and what it cost is booked. */
export type Unanswered =
  | { kind: "host-silent"; mayHaveBegun: boolean }
  | ({ kind: "broken"; reason: string } & SafetyStopped);
export type Stopped = AttemptCost & { kind: "stopped" };

export interface Payer {
  ref: FeatureRef;
  held: ReturnType<typeof holdSlice>;
  timings: Timings;
  wasInterrupted: () => boolean;
  countCost: (input: SettleInput) => Promise<AttemptCost>;
}

/** @param run the activity on the slice in hand. */
export async function payFor<O extends AttemptCost & { kind: string }>(
  { ref, held, timings, wasInterrupted, countCost }: Payer,
  slice: Slice,
  run: () => Promise<O>,
): Promise<O | Stopped | Unanswered> {
  const fromMs = Date.now();
  try {
    const outcome = await run();
    held.noteCost(outcome);
    if (outcome.kind === "slice-lost") held.countWhole();
    return outcome;
  } catch (error) {
    if (isHostSilent(error)) {
      // The silence may have followed an attempt that did begin; only in the first moment that is out of the question.
      const firstOnly = Date.now() - fromMs < timings.hostScheduleMs + timings.retryMs;
      return { kind: "host-silent", mayHaveBegun: !firstOnly };
    }
    const cost = await lostCost();
    held.noteCost(cost);
    if (wasInterrupted()) return { kind: "stopped", ...cost };
    if (wasLost(error)) {
      const { readSleeps } = reads(sharedQueue(), "sleeps of the host");
      const slept = await readSleeps({ fromMs });
      held.addSleeps(slept);
      if (slept.length > 0) return { kind: "stopped", ...cost };
    }
    return { kind: "broken", reason: explainFailure(error), ...stoppedBy(error) };
  }

  async function lostCost(): Promise<AttemptCost> {
    try {
      return await countCost({ feature: ref, slice, sliceOpened: held.isOpened() });
    } catch {
      // The host that has the journal does not answer: the whole slice counts as spent.
      return { spent: slice.amount, calls: 0, sleeps: [] };
    }
  }
}
