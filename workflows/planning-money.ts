/** How much a planning may still ask for, and what it says when that does not suffice. Pure. */
import type { Amount, BudgetTotals } from "../domain/mission.js";
import { formatTokens, formatUsd } from "../domain/money.js";

export interface PlanningAccount {
  /** Of all plannings of the mission together. */
  cap: Amount;
  /** What other plannings have cost, where the guard's account holds more than plannings. */
  spentBefore: Amount;
  /** What the guard said with its last grant, and how much of `reserved` was that grant. */
  totals: BudgetTotals;
  granted: Amount;
  /** What this planning has spent in all, and of the slice that it holds. */
  spent: Amount;
  spentOfSlice: Amount;
  /** True when nothing but plannings is on the guard's account. */
  isOwnAccount: boolean;
}

const CURRENCIES = ["microUsd", "tokens"] as const;

/** Never more than the cap minus what all plannings have spent, and never more than the guard has left. */
export function roomLeft(account: PlanningAccount): Amount {
  const room = { microUsd: 0, tokens: 0 };
  for (const currency of CURRENCIES) {
    const { cap, totals, granted } = account;
    const spentNow = totals.spent[currency] + account.spentOfSlice[currency];
    const plannings = account.isOwnAccount
      ? spentNow
      : account.spentBefore[currency] + account.spent[currency] + account.spentOfSlice[currency];
    const others = totals.reserved[currency] - granted[currency];
    const ofGuard = totals.caps[currency] - spentNow - others;
    const held = account.isOwnAccount ? others : 0;
    room[currency] = Math.max(0, Math.min(cap[currency] - plannings - held, ofGuard));
  }
  return room;
}

/** What is worth asking for: all that the next call may cost, or what there is. */
export const within = (ask: Amount, room: Amount): Amount => ({
  microUsd: Math.min(ask.microUsd, room.microUsd),
  tokens: Math.min(ask.tokens, room.tokens),
});

export const atLeast = (one: Amount, other: Amount): Amount => ({
  microUsd: Math.max(one.microUsd, other.microUsd),
  tokens: Math.max(one.tokens, other.tokens),
});

/** True when the next slice would buy nothing that the last one did not. */
export const buysNoMore = (next: Amount, last: Amount): boolean =>
  next.microUsd <= last.microUsd && next.tokens <= last.tokens;

export const capReached = (cap: Amount, ask: Amount, room: Amount) => {
  const isMoney = ask.microUsd > room.microUsd;
  const [needs, left, whole] = isMoney
    ? [formatUsd(ask.microUsd), formatUsd(room.microUsd), formatUsd(cap.microUsd)]
    : [ask, room, cap].map(({ tokens }) => `${formatTokens(tokens)} tokens`);
  return {
    reason: `The next question may cost ${needs ?? ""}; of the planning cap of ${whole ?? ""} ${left ?? ""} is left.`,
    remedy:
      "Raise it with --planning-cap, choose a cheaper model for the orchestrator, or plan without a model.",
  };
};
