/** The durable workflow that owns the ledger: says yes or no to slices, keeps the clock of active time, raises alerts. */
import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { countSleep, readActiveMs, startActive, stopActive } from "../domain/active-clock.js";
import { missionWorkflowId, TASK_QUEUE } from "../domain/ids.js";
import { adjustCaps, ask, grantNext, isStalled, settle, withdraw } from "../domain/ledger.js";
import { microUsdFromUsd, hoursToMs } from "../domain/money.js";
import { crossings, nextTimeThresholdMs, totalsOf } from "../domain/thresholds.js";
import type { BudgetTotals } from "../domain/mission.js";
import { reads } from "./effects.js";
import { hasHolders, openGuard, type GuardInput, type GuardState } from "./guard-state.js";
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
  let closeTo: string | undefined;
  const totals = () => totalsOf(state, Date.now());

  /** The clock runs while someone holds a slice and no pause stops it. */
  const turnClock = () => {
    const running = hasHolders(state) && !(state.paused && !state.draining);
    if (running) startActive(state.clock, Date.now());
    else stopActive(state.clock, Date.now());
  };
  const changed = () => {
    turnClock();
    dirty = true;
  };

  setHandler(messages.budgetQuery, totals);
  setHandler(messages.requestSlicesSignal, ({ requests, settlements }) => {
    for (const settlement of settlements) {
      const { overrun } = settle(state.ledger, settlement);
      for (const sleep of settlement.sleeps) countSleep(state.clock, sleep);
      if (overrun.microUsd > 0 || overrun.tokens > 0) state.overruns.push(settlement.key);
    }
    ask(state.ledger, requests);
    changed();
  });
  setHandler(messages.withdrawSignal, ({ keys }) => {
    withdraw(state.ledger, keys);
    changed();
  });
  setHandler(messages.holdSignal, (hold) => {
    if (hold.reason === "alert") state.alertHeld = hold.held;
    else {
      state.paused = hold.held;
      state.draining = hold.held && hold.drain === true;
    }
    changed();
  });
  setHandler(messages.adjustSignal, (adjust) => {
    adjustCaps(state.ledger, {
      ...(adjust.usd === undefined ? {} : { microUsd: microUsdFromUsd(adjust.usd) }),
      ...(adjust.tokens === undefined ? {} : { tokens: adjust.tokens }),
    });
    if (adjust.hours !== undefined) state.activeCapMs = hoursToMs(adjust.hours);
    if (adjust.alertThresholdPct !== undefined) state.alertThresholdPct = adjust.alertThresholdPct;
    if (adjust.onAlert !== undefined) state.onAlert = adjust.onAlert;
    const now = totals();
    if (now.usedPct < now.alertThresholdPct || now.onAlert !== "ask") state.alertHeld = false;
    state.adjusted = true;
    changed();
    rearm = true;
  });
  setHandler(messages.closeGuardSignal, ({ replyTo }) => {
    closeTo = replyTo;
    changed();
  });

  const isTimeUp = () =>
    readActiveMs(state.clock, Date.now()) >= state.activeCapMs ||
    (state.deadlineMs !== undefined && Date.now() >= state.deadlineMs);

  const alert = (kind: messages.GuardAlert["kind"], key: string, text: string) =>
    tell(mission, messages.guardAlertSignal, { kind, key, text, totals: totals() });

  /** Grants what fits, one signal for each receiver; a receiver that is gone gives its slices back. */
  const grantRound = async () => {
    if (state.paused || state.alertHeld || isTimeUp()) return;
    const byReceiver = new Map<string, messages.Grants>();
    const granted = grantNext(state.ledger);
    turnClock();
    const now = totals();
    const activeMsLeft = Math.max(0, state.activeCapMs - now.activeMs);
    for (const { key, amount, replyTo } of granted) {
      const message = byReceiver.get(replyTo) ?? {
        grants: [],
        totals: now,
        preferCheaper: now.usedPct >= state.warnThresholdPct,
      };
      message.grants.push({ key, amount, activeMsLeft });
      byReceiver.set(replyTo, message);
    }
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

  /** Tells the mission of every threshold once per currency and cap, and of queues that nobody can free. */
  const announceRound = async () => {
    for (const crossing of crossings(state.announced, totals())) {
      state.announced.push(crossing.key);
      if (crossing.kind === "alert" && state.onAlert === "ask") state.alertHeld = true;
      const kind =
        crossing.kind === "exhausted" && crossing.currency === "time" ? "time" : crossing.kind;
      await alert(kind, crossing.key, crossing.text);
    }
    for (const key of state.overruns.splice(0)) {
      await alert("overrun", `overrun/${key}`, `The bill of ${key} came in above its slice.`);
    }
    if (state.deadlineMs !== undefined && Date.now() >= state.deadlineMs && !state.deadlineTold) {
      state.deadlineTold = true;
      await alert("deadline", "deadline", "The deadline has passed; no attempt starts any more.");
    }
    const blockedByBudget =
      (isStalled(state.ledger) || (isTimeUp() && state.ledger.queue.length > 0)) &&
      !state.paused &&
      !state.alertHeld;
    if (blockedByBudget && !state.stalledTold) {
      state.stalledTold = true;
      state.stalls += 1;
      const what = isTimeUp() ? "time" : "budget";
      await alert("stalled", `stalled/${state.stalls}`, `Features wait and no ${what} is left.`);
    } else if (!blockedByBudget && state.stalledTold) {
      state.stalledTold = false;
      await alert("cleared", `cleared/${state.stalls}`, "The budget suffices again.");
    } else if (state.adjusted && !state.alertHeld) {
      await alert("cleared", "adjusted", "The budget was changed.");
    }
    state.adjusted = false;
  };

  /** Ms until the next share of time or the deadline; none while the clock stands. */
  const nextWaitMs = (): number | undefined => {
    const waits: number[] = [];
    if (state.clock.runningSinceMs !== undefined && !isTimeUp())
      waits.push(nextTimeThresholdMs(totals()));
    if (state.deadlineMs !== undefined && !state.deadlineTold)
      waits.push(state.deadlineMs - Date.now());
    return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits));
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
      if (await condition(() => closeTo !== undefined || rearm, waitMs)) continue;
      const { readSleeps } = reads(TASK_QUEUE, "sleeps of the host");
      const fromMs = state.clock.runningSinceMs ?? Date.now();
      for (const sleep of await readSleeps({ fromMs })) countSleep(state.clock, sleep);
      dirty = true;
    }
  };
  const timeWatch = watchTime();

  while (closeTo === undefined) {
    await condition(() => dirty);
    dirty = false;
    await grantRound();
    await announceRound();
    setCurrentDetails(describe(totals()));
    const threshold = input.continueAfterEvents ?? 4_096;
    const isLong = workflowInfo().historyLength > threshold || workflowInfo().historySize > 4e6;
    if (isLong && !dirty && closeTo === undefined && allHandlersFinished()) {
      return continueAsNew<typeof budgetGuardWorkflow>({ ...input, carried: state });
    }
  }
  await timeWatch;
  stopActive(state.clock, Date.now());
  await tell(closeTo, messages.guardClosedSignal, totals());
  return totals();
}

const describe = ({ spent, reserved, caps, usedPct, activeMs }: BudgetTotals) =>
  `| | spent | reserved | cap |\n|---|---|---|---|\n| micro-USD | ${spent.microUsd} | ${reserved.microUsd} | ${caps.microUsd} |\n` +
  `| tokens | ${spent.tokens} | ${reserved.tokens} | ${caps.tokens} |\n| active ms | ${activeMs} | | ${caps.activeMs} |\n\n${usedPct} % used`;
