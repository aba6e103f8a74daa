/** The slice that a feature holds: asked of the guard, used by attempts, settled before anything else is asked. */
import { workflowInfo } from "@temporalio/workflow";
import { guardWorkflowId, sliceKey } from "../domain/ids.js";
import type { Amount, Interval } from "../domain/mission.js";
import type { AttemptCost, FeatureRef, Slice } from "../domain/work.js";
import * as messages from "./messages.js";
import { tell } from "./tell.js";

const nothing = (): Amount => ({ microUsd: 0, tokens: 0 });
const SLEEPS_KEPT = 20;

/** Who holds it: a feature, or a planning in the place of one. */
export interface Holder {
  ref: Pick<FeatureRef, "missionId" | "generation" | "milestoneId" | "featureId">;
  order: number;
  /** Granted before it began, under the n of `asks`; later asks count on. */
  slice?: Slice;
  asks: number;
}

export function holdSlice(input: Holder) {
  const { ref } = input;
  const guard = guardWorkflowId(ref.missionId);
  let slice: Slice | undefined = input.slice;
  let isOpened = false;
  let isLapsed = false;
  let sliceSpent = nothing();
  let settledSpent = nothing();
  let sleeps: Interval[] = [];
  let asks = input.asks;
  let askedKey: string | undefined;

  /** The settlement of the slice in hand, which is then no longer held. */
  const takeSettlement = (): messages.Settlement[] => {
    if (slice === undefined) return [];
    const settlement = { key: slice.key, spent: sliceSpent, sleeps };
    settledSpent = {
      microUsd: settledSpent.microUsd + sliceSpent.microUsd,
      tokens: settledSpent.tokens + sliceSpent.tokens,
    };
    slice = undefined;
    sliceSpent = nothing();
    isOpened = false;
    sleeps = [];
    return [settlement];
  };
  const addSleeps = (more: Interval[]) => {
    sleeps = [...sleeps, ...more].slice(-SLEEPS_KEPT);
  };

  return {
    current: () => slice,
    /** Granted before a deadline that has passed: it is no leave to begin an attempt any more. */
    hasLapsed: () =>
      slice !== undefined &&
      (isLapsed || (slice.notAfter !== undefined && Date.parse(slice.notAfter) <= Date.now())),
    lapse: () => {
      isLapsed = slice !== undefined;
    },
    /** True when an activity worked on it already: its journal must then exist. */
    isOpened: () => isOpened,
    spentOfSlice: () => sliceSpent,
    spent: () => settledSpent,
    asks: () => asks,
    receive: (grants: Slice[]) => {
      const granted = grants.find(({ key }) => key === askedKey);
      if (granted === undefined) return;
      slice = granted;
      isLapsed = false;
      askedKey = undefined;
    },
    noteCost: (cost: AttemptCost) => {
      sliceSpent = cost.spent;
      isOpened = true;
      addSleeps(cost.sleeps);
    },
    noteBegun: () => {
      isOpened = true;
    },
    countWhole: () => {
      if (slice !== undefined) sliceSpent = slice.amount;
    },
    addSleeps,
    takeSettlement,
    settle: async () => {
      const settlements = takeSettlement();
      if (settlements.length > 0) {
        await tell(guard, messages.requestSlicesSignal, { requests: [], settlements });
      }
    },
    /** Settles what is held and asks for the next one; the answer comes by signal. @returns "gone" when there is no guard. */
    ask: async (
      estimate: Amount,
      whole = false,
      within?: Amount,
    ): Promise<"delivered" | "gone"> => {
      if (askedKey !== undefined) return "delivered";
      asks += 1;
      askedKey = sliceKey(ref.generation, ref.milestoneId, ref.featureId, asks);
      const replyTo = workflowInfo().workflowId;
      const request: messages.SliceRequest = {
        key: askedKey,
        order: input.order,
        estimate,
        replyTo,
        ...(whole ? { whole } : {}),
        ...(within === undefined ? {} : { within }),
      };
      return tell(guard, messages.requestSlicesSignal, {
        requests: [request],
        settlements: takeSettlement(),
      });
    },
    withdraw: async () => {
      if (askedKey !== undefined) await tell(guard, messages.withdrawSignal, { keys: [askedKey] });
    },
  };
}
