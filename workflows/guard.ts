/** The durable workflow that owns the ledger: says yes or no to slices, keeps the clock of active time, raises alerts. */
import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { countSleep, startActive, stopActive } from "../domain/active-clock.js";
import { readAdjustBudget } from "../domain/command-guards.js";
import { milestoneWorkflowId, missionWorkflowId } from "../domain/ids.js";
import {
  ask,
  assertInvariant,
  bookWhole,
  closeMilestone,
  grantNext,
  isStalled,
  settle,
  withdraw,
  type SliceRequest,
} from "../domain/ledger.js";
import { crossings, totalsOf } from "../domain/thresholds.js";
import { parseKey } from "../domain/slice-key.js";
import { readRequestSlices, readSliceKeys } from "../domain/slice-messages.js";
import type { BudgetTotals } from "../domain/mission.js";
import { PLANNING } from "../domain/planning/planning-work.js";
import { reads, sharedQueue } from "./effects.js";
import {
  adjustGuard,
  deadlineText,
  describeAccount,
  hasDeadlinePassed,
  hasHolders,
  holdGuard,
  isHeldBack,
  isHold,
  openGuard,
  textField,
  type GuardInput,
  type GuardState,
} from "./guard-state.js";
import { grantsByReceiver } from "./guard-grants.js";
import { bookLostPlannings } from "./guard-plannings.js";
import { isTimeUp as isTimeUpAt, nextWaitMs as nextWaitMsAt } from "./guard-time.js";
import * as messages from "./messages.js";
import { tell } from "./tell.js";

/** Ends only on `close`; ignores cancellation, or the last settlements would find nobody. */
export async function budgetGuardWorkflow(input: GuardInput): Promise<BudgetTotals> {
  return CancellationScope.nonCancellable(() => guard(input));
}

async function guard(input: GuardInput): Promise<BudgetTotals> {
  const state: GuardState = input.carried ?? openGuard(input);
  const mission = missionWorkflowId(input.missionId);
  let dirty = true;
  let rearm = false;
  let wakesAtMs: number | undefined;
  let closeTo: string | undefined;
  // Earlier versions slept until the deadline, however soon the active time was used up.
  const watchesTime = patched("watch-active-time");
  const totals = () => totalsOf(state, Date.now());
  const isTimeUp = () => isTimeUpAt(state, Date.now());
  const nextWaitMs = () => nextWaitMsAt(state, Date.now(), watchesTime);
  const generation = () => state.generation ?? input.generation;

  /** The clock runs while someone holds a slice and no pause stops it. */
  const turnClock = () => {
    const running = hasHolders(state) && !(state.paused && !state.draining);
    if (running) startActive(state.clock, Date.now());
    else stopActive(state.clock, Date.now());
    if (watchesTime && Date.now() + (nextWaitMs() ?? Infinity) < (wakesAtMs ?? 0)) rearm = true;
  };
  const changed = () => {
    turnClock();
    dirty = true;
  };

  setHandler(messages.budgetQuery, totals);
  setHandler(messages.requestSlicesSignal, (payload) => {
    const message = readRequestSlices(payload);
    if (typeof message === "string") return;
    const { requests, settlements } = message;
    for (const settlement of settlements) {
      const { overrun } = settle(state.ledger, settlement);
      for (const sleep of settlement.sleeps) countSleep(state.clock, sleep);
      if (overrun.microUsd > 0 || overrun.tokens > 0) state.overruns.push(settlement.key);
    }
    ask(state.ledger, requests);
    changed();
  });
  setHandler(messages.withdrawSignal, (payload) => {
    withdraw(state.ledger, readSliceKeys(payload));
    changed();
  });
  setHandler(messages.milestoneClosedSignal, (closed: unknown) => {
    const milestoneId = textField(closed, "milestoneId");
    if (milestoneId !== undefined) closeMilestone(state.ledger, generation(), milestoneId);
  });
  setHandler(messages.featureGoneSignal, (gone: unknown) => {
    const milestoneId = textField(gone, "milestoneId");
    const featureId = textField(gone, "featureId");
    if (milestoneId === undefined || featureId === undefined) return;
    bookWhole(state.ledger, `${generation()}/${milestoneId}/${featureId}/`);
    changed();
  });
  setHandler(messages.holdSignal, (hold: unknown) => {
    if (!isHold(hold)) return;
    holdGuard(state, hold, Date.now());
    changed();
    if (hold.reason === "replan") rearm = true;
  });
  setHandler(messages.adjustSignal, (payload) => {
    const adjust = readAdjustBudget(payload);
    if (typeof adjust === "string") return;
    const done = adjustGuard(state, adjust, payload);
    if (done === "refused") return;
    if (done === "adopted") state.adopted = true;
    const now = totals();
    if (now.usedPct < now.alertThresholdPct || now.onAlert !== "ask") state.alertHeld = false;
    state.adjusted = true;
    changed();
    rearm = true;
  });
  setHandler(messages.closeGuardSignal, (payload: unknown) => {
    closeTo = textField(payload, "replyTo");
    // Whoever still holds a slice now cannot settle it any more: too much is booked rather than too little.
    if (closeTo !== undefined) bookWhole(state.ledger, "");
    changed();
  });

  const isHeld = (request: SliceRequest) => isHeldBack(state, request, input.missionId, Date.now());
  const someoneWaits = () => state.ledger.queue.some((request) => !isHeld(request));

  const alert = (
    kind: messages.GuardAlert["kind"],
    key: string,
    text: string,
    more: Pick<messages.GuardAlert, "atDeadline"> = {},
  ) => tell(mission, messages.guardAlertSignal, { kind, key, text, totals: totals(), ...more });

  const lookAfterPlannings = async () => {
    delete state.adopted;
    if (await bookLostPlannings(state, input.missionId, totals)) changed();
  };

  /** Someone waits and nothing fits: milestones give back what they hold ahead of need, once until the queue moves. */
  const askForUnused = async (granted: number) => {
    if (granted > 0 || !someoneWaits()) {
      state.unusedAsked = false;
      return;
    }
    if (state.unusedAsked || !hasHolders(state)) return;
    state.unusedAsked = true;
    const holders = Object.keys(state.ledger.reserved).map((key) => parseKey(key)?.milestoneId);
    for (const milestoneId of new Set(holders)) {
      if (milestoneId === PLANNING) await lookAfterPlannings();
      if (milestoneId === undefined || milestoneId === PLANNING) continue;
      await tell(milestoneWorkflowId(input.missionId, milestoneId), messages.returnUnusedSignal);
    }
  };

  /** Grants what fits, one signal for each receiver; a receiver that is gone gives its slices back. */
  const grantRound = async () => {
    if (state.paused || state.alertHeld || isTimeUp() || state.broken !== undefined) return;
    const granted = grantNext(state.ledger, isHeld);
    const broken = assertInvariant(state.ledger);
    if (broken !== undefined) state.broken = broken;
    await askForUnused(granted.length);
    turnClock();
    const byReceiver = grantsByReceiver(state, granted, totals());
    await Promise.all(
      [...byReceiver].map(async ([replyTo, message]) => {
        if ((await tell(replyTo, messages.grantsSignal, message)) === "delivered") return;
        for (const { key } of message.grants) {
          settle(state.ledger, { key, spent: { microUsd: 0, tokens: 0 }, sleeps: [] });
        }
        changed();
      }),
    );
  };

  /** Tells the mission of every threshold once per currency and cap; before anything is granted, because one may hold new work. */
  const announceCrossings = async () => {
    for (const crossing of crossings(state.announced, totals())) {
      state.announced.push(crossing.key);
      if (crossing.kind === "alert" && state.onAlert === "ask") state.alertHeld = true;
      const kind =
        crossing.kind === "exhausted" && crossing.currency === "time" ? "time" : crossing.kind;
      await alert(kind, crossing.key, crossing.text);
    }
  };

  /** Tells the mission what went wrong, and of queues that nobody can free. */
  const announceRound = async () => {
    if (state.broken !== undefined && !state.announced.includes("broken")) {
      state.announced.push("broken");
      await alert("overrun", "broken", `Nothing more is granted: ${state.broken}`);
    }
    for (const key of state.overruns.splice(0)) {
      await alert("overrun", `overrun/${key}`, `The bill of ${key} came in above its slice.`);
    }
    if (hasDeadlinePassed(state, Date.now()) && !state.deadlineTold) {
      state.deadlineTold = true;
      const { deadlineMs = 0, atDeadline = "finish" } = state;
      const key = `deadline/${iso(deadlineMs)}/${atDeadline}`;
      await alert("deadline", key, deadlineText(atDeadline), { atDeadline });
    }
    const { replanHeldUntilMs: heldUntilMs } = state;
    if (heldUntilMs !== undefined && Date.now() >= heldUntilMs) {
      delete state.replanHeldUntilMs;
      const text = "No new plan came: features that have not begun start again.";
      await alert("released", `released/${iso(heldUntilMs)}`, text);
    }
    await announceStall();
  };

  /** Of what waits, someone could go on if only there were more. */
  const announceStall = async () => {
    const isBlocked =
      (isStalled(state.ledger) || isTimeUp()) &&
      someoneWaits() &&
      !state.paused &&
      !state.alertHeld;
    const { adjusted } = state;
    state.adjusted = false;
    if (isBlocked && (!state.stalledTold || adjusted)) {
      state.stalledTold = true;
      state.stalls += 1;
      const { why, ...more } = hasDeadlinePassed(state, Date.now())
        ? { why: "the deadline has passed", atDeadline: state.atDeadline ?? "finish" }
        : { why: isTimeUp() ? "no time is left" : "no budget is left" };
      await alert("stalled", `stalled/${state.stalls}`, `Features wait and ${why}.`, more);
    } else if (
      !isBlocked &&
      state.stalledTold &&
      !isTimeUp() &&
      state.replanHeldUntilMs === undefined
    ) {
      state.stalledTold = false;
      await alert("cleared", `cleared/${state.stalls}`, "The budget suffices again.");
    } else if (adjusted && !state.alertHeld) {
      state.stalledTold = false;
      await alert("cleared", "adjusted", "The budget was changed.");
    }
  };

  /** Keeps one durable timer; when it fires, sleeps of the host are taken off before time counts as used. */
  const watchTime = async () => {
    while (closeTo === undefined) {
      rearm = false;
      const waitMs = nextWaitMs();
      if (waitMs === undefined) {
        await condition(() => closeTo !== undefined || nextWaitMs() !== undefined);
        continue;
      }
      wakesAtMs = Date.now() + waitMs;
      const isWoken = await condition(() => closeTo !== undefined || rearm, waitMs);
      wakesAtMs = undefined;
      if (isWoken) continue;
      const { readSleeps } = reads(sharedQueue(), "sleeps of the host");
      const fromMs = state.clock.runningSinceMs ?? Date.now();
      for (const sleep of await readSleeps({ fromMs })) countSleep(state.clock, sleep);
      await lookAfterPlannings();
      dirty = true;
    }
  };
  const timeWatch = watchTime();
  const isQuiet = () => !dirty && closeTo === undefined && allHandlersFinished();

  while (closeTo === undefined) {
    await condition(() => dirty);
    dirty = false;
    if (state.adopted === true) await lookAfterPlannings();
    await announceCrossings();
    await grantRound();
    await announceRound();
    setCurrentDetails(describeAccount(totals()));
    const threshold = input.continueAfterEvents ?? 4_096;
    const isLong = workflowInfo().historyLength > threshold || workflowInfo().historySize > 4e6;
    if (isLong && isQuiet()) {
      return continueAsNew<typeof budgetGuardWorkflow>({ ...input, carried: state });
    }
  }
  await timeWatch;
  stopActive(state.clock, Date.now());
  await tell(closeTo, messages.guardClosedSignal, totals());
  return totals();
}

const iso = (ms: number) => new Date(ms).toISOString();
