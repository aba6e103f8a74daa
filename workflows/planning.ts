/** One paid question before or beside a mission: inside the planning cap, resumed where a worker died, settled in every ending. */
import {
  CancellationScope,
  CancelledFailure,
  condition,
  setCurrentDetails,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import { guardWorkflowId } from "../domain/ids.js";
import {
  DEFAULT_TIMINGS,
  type Amount,
  type BlobRef,
  type BudgetTotals,
} from "../domain/mission.js";
import { PLANNING, type PlanningOutcome } from "../domain/planning/planning-work.js";
import type { AttemptCost, Slice } from "../domain/work.js";
import { hear } from "./hear.js";
import { holdSlice } from "./held-slice.js";
import * as messages from "./messages.js";
import { onCancelRequest } from "./on-cancel-request.js";
import { askModel, lostCost } from "./planning-call.js";
import { openPlanningGuard } from "./planning-guard.js";
import { atLeast, buysNoMore, capReached, roomLeft, within } from "./planning-money.js";
import { quotaWaitMs } from "./quota.js";
import { tell } from "./tell.js";

const NOTHING: Amount = { microUsd: 0, tokens: 0 };
/** A guard on a worker that has just come back answers in the second wait. */
const GRANT_WAITS = 2;

type Ending = Extract<PlanningOutcome, { kind: "classified" | "drafted" | "failed" }>;
type WithoutCost<Each> = Each extends unknown ? Omit<Each, keyof AttemptCost> : never;
type EndingWithoutCost = WithoutCost<Ending>;

/** @throws CancelledFailure when it was cancelled; what it cost is settled then too. */
export async function planningWorkflow(
  input: messages.PlanningInput,
): Promise<messages.PlanningResult> {
  const result = await CancellationScope.nonCancellable(() => plan(input));
  if (result === "cancelled")
    throw new CancelledFailure("The planning was cancelled; what it cost is settled.");
  return result;
}

async function plan(input: messages.PlanningInput): Promise<messages.PlanningResult | "cancelled"> {
  const { missionId, generation, n, cap } = input;
  const timings = { ...DEFAULT_TIMINGS, ...input.timings };
  const ref = { missionId, generation, milestoneId: PLANNING, featureId: `${n}` };
  const held = holdSlice({ ref, order: 0, asks: 0 });
  let totals: BudgetTotals | undefined;
  let spentByOthers = input.spentBefore ?? NOTHING;
  let checkpoint: BlobRef | undefined;
  let isCancelled = false;
  let running: CancellationScope | undefined;
  let doing = "begins";

  const says = (what: string) => {
    doing = what;
    setCurrentDetails(`${input.task.kind} with ${input.task.model}: ${what}`);
  };
  setHandler(messages.planningQuery, () => ({ doing, spent: spentSoFar() }));
  hear(messages.grantsSignal, { grants: "list", totals: "object" }, (granted) => {
    totals = granted.totals;
    const { plannings = NOTHING } = granted;
    spentByOthers = atLeast(spentByOthers, {
      microUsd: plannings.microUsd - held.spent().microUsd,
      tokens: plannings.tokens - held.spent().tokens,
    });
    held.receive(granted.grants);
  });
  const isStopped = () => isCancelled;
  onCancelRequest(() => {
    isCancelled = true;
    running?.cancel();
  });
  const spentSoFar = (): Amount => ({
    microUsd: held.spent().microUsd + held.spentOfSlice().microUsd,
    tokens: held.spent().tokens + held.spentOfSlice().tokens,
  });

  /** A slice in hand, or why there is none. */
  const obtain = async (amount: Amount): Promise<Slice | "gone" | "silent" | "cancelled"> => {
    says("waits for the budget");
    // Whole or not at all: a part of what one call may cost buys nothing.
    if ((await held.ask(amount, true, cap)) === "gone") return "gone";
    for (let wait = 0; wait < GRANT_WAITS; wait += 1) {
      const isThere = () => held.current() !== undefined || isCancelled;
      const summary = "the guard answers";
      if (await condition(isThere, timings.hostScheduleMs, { summary })) break;
    }
    if (isCancelled) return "cancelled";
    return held.current() ?? "silent";
  };

  const attempt = async (slice: Slice): Promise<PlanningOutcome> => {
    const scope = new CancellationScope({ cancellable: true });
    running = scope;
    if (isCancelled) scope.cancel();
    try {
      const outcome = await scope.run(() =>
        askModel(input, timings, {
          slice,
          sliceOpened: held.isOpened(),
          ...(checkpoint === undefined ? {} : { checkpoint }),
        }),
      );
      held.noteCost(outcome);
      if (outcome.kind === "slice-lost") held.countWhole();
      return outcome;
    } catch (error) {
      const failed = await lostCost(input, timings, { slice, sliceOpened: held.isOpened() }, error);
      held.noteCost(failed);
      return failed;
    } finally {
      running = undefined;
    }
  };

  const room = (granted: Amount, known: BudgetTotals) =>
    roomLeft({
      cap,
      spentBefore: spentByOthers,
      totals: known,
      granted,
      spent: held.spent(),
      spentOfSlice: held.spentOfSlice(),
      isOwnAccount: input.opensGuard,
    });

  const work = async (): Promise<EndingWithoutCost | "cancelled"> => {
    if (input.opensGuard) await openPlanningGuard(input);
    // The first slice is empty: with it come the account as it stands, and what the question costs at worst.
    let next = NOTHING;
    for (;;) {
      const slice = await obtain(next);
      if (slice === "cancelled") return "cancelled";
      if (slice === "gone" || slice === "silent") return NO_GRANT[slice];
      if (totals === undefined) return NO_GRANT.silent;
      totals = await raiseCaps(input, totals);
      says("asks the model");
      const outcome = await attempt(slice);
      if (isStopped()) return "cancelled";
      switch (outcome.kind) {
        case "classified":
        case "drafted":
        case "failed":
          return outcome;
        case "needs-more": {
          checkpoint = outcome.checkpoint;
          const left = room(slice.amount, totals);
          const wanted = within(outcome.ask, left);
          if (outcome.calls === 0 && buysNoMore(wanted, slice.amount))
            return { kind: "failed", ...capReached(cap, outcome.ask, left) };
          next = wanted;
          break;
        }
        case "wait-until":
          checkpoint = outcome.checkpoint;
          await held.settle();
          says(`waits for the ${outcome.why} until ${outcome.at}`);
          await Promise.race([
            sleep(quotaWaitMs(outcome.at, timings)),
            condition(() => isCancelled),
          ]);
          if (isStopped()) return "cancelled";
          next = NOTHING;
          break;
        case "stopped":
          checkpoint = outcome.checkpoint;
          next = slice.amount;
          break;
        case "slice-lost":
          next = within(slice.amount, room(slice.amount, totals));
          break;
      }
    }
  };

  const ending = await work();
  await held.withdraw();
  await held.settle();
  says("has ended");
  if (ending === "cancelled") return ending;
  const spent = held.spent();
  switch (ending.kind) {
    case "classified":
      return { kind: "classified", type: ending.type, why: ending.why, spent };
    case "drafted": {
      const { planHash, rounds, promptHash, notes } = ending;
      return { kind: "drafted", planHash, rounds, promptHash, notes, spent };
    }
    case "failed":
      return { kind: "failed", reason: ending.reason, remedy: ending.remedy, spent };
  }
}

/** A later planning may have been given a higher cap; a guard that the mission has adopted has its caps from there. */
async function raiseCaps(
  { missionId, opensGuard, cap }: messages.PlanningInput,
  totals: BudgetTotals,
): Promise<BudgetTotals> {
  const { caps } = totals;
  if (!opensGuard || (cap.microUsd <= caps.microUsd && cap.tokens <= caps.tokens)) return totals;
  const { microUsd, tokens } = atLeast(cap, caps);
  const raised = { usd: microUsd / 1e6, tokens, planning: true };
  await tell(guardWorkflowId(missionId), messages.adjustSignal, raised);
  return { ...totals, caps: { ...caps, microUsd, tokens } };
}

const NO_GRANT = {
  gone: {
    kind: "failed",
    reason: "The account of this mission is closed.",
    remedy: "Start over: a new planning gets a new account.",
  },
  silent: {
    kind: "failed",
    reason: "No budget came for the next question: the account is exhausted, held or paused.",
    remedy:
      "Raise the planning cap or the mission's budget, or resume the mission, and plan again.",
  },
} as const satisfies Record<string, EndingWithoutCost>;
