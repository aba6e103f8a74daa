/** What the guard says about the account: shares spent, thresholds crossed, and when time reaches the next one. */
import { readActiveMs, type ActiveClock } from "./active-clock.js";
import type { Ledger } from "./ledger.js";
import type { BudgetTotals, Currency, OnAlert } from "./mission.js";
import { formatDuration, formatTokens, formatUsd } from "./money.js";

/** From here on people are warned and a cheaper model is preferred. */
export const WARN_PCT = 60;

/** The part of the guard's state that totals are made of. */
export interface Account {
  ledger: Ledger;
  clock: ActiveClock;
  activeCapMs: number;
  alertThresholdPct: number;
  onAlert: OnAlert;
}

export interface Crossing {
  kind: "warn" | "alert" | "exhausted";
  currency: Currency;
  /** Holds kind, currency and cap, so that another cap arms the threshold again. */
  key: string;
  text: string;
}

const CURRENCIES = ["money", "tokens", "time"] as const satisfies Currency[];

/** @returns a copy; later changes of the account do not reach it. */
export function totalsOf(account: Account, nowMs: number): BudgetTotals {
  const { ledger, clock, activeCapMs, alertThresholdPct, onAlert } = account;
  const totals: BudgetTotals = {
    caps: { ...ledger.caps, activeMs: activeCapMs },
    spent: { ...ledger.spent },
    reserved: { ...ledger.reservedSum },
    overrun: { ...ledger.overrun },
    activeMs: readActiveMs(clock, nowMs),
    usedPct: 0,
    tightest: "money",
    alertThresholdPct,
    onAlert,
  };
  let highest = -1;
  for (const currency of CURRENCIES) {
    const { used, cap } = useOf(totals, currency);
    const share = cap > 0 ? used / cap : used > 0 ? Infinity : 0;
    if (share <= highest) continue;
    highest = share;
    totals.tightest = currency;
    totals.usedPct = usedPct(totals, currency);
  }
  return totals;
}

/** Percent spent of one currency, rounded down: a cap of 0 counts as 0 % while nothing is used, else as 100 %. */
export function usedPct(totals: BudgetTotals, currency: Currency): number {
  const { used, cap } = useOf(totals, currency);
  if (cap <= 0) return used > 0 ? 100 : 0;
  return Math.floor((used * 100) / cap);
}

/** Thresholds reached and not yet announced. @param before keys announced earlier; the caller adds the new ones. */
export function crossings(before: readonly string[], totals: BudgetTotals): Crossing[] {
  const found: Crossing[] = [];
  for (const currency of CURRENCIES) {
    const pct = usedPct(totals, currency);
    const { cap } = useOf(totals, currency);
    for (const [kind, thresholdPct] of thresholdsOf(totals)) {
      const key = `${kind}/${currency}/${cap}`;
      if (pct < thresholdPct || before.includes(key)) continue;
      found.push({ kind, currency, key, text: sentence(kind, currency, pct, totals) });
    }
  }
  return found;
}

/** Active ms until time reaches its next threshold or its cap, at least 1; Infinity once the cap is reached. */
export function nextTimeThresholdMs(totals: BudgetTotals): number {
  const { activeMs, caps } = totals;
  const ahead = thresholdsOf(totals)
    .map(([, pct]) => Math.ceil((caps.activeMs * Math.min(pct, 100)) / 100) - activeMs)
    .filter((ms) => ms > 0);
  return Math.max(1, Math.min(...ahead, Infinity));
}

const thresholdsOf = ({ alertThresholdPct }: BudgetTotals) =>
  [
    ["warn", WARN_PCT],
    ["alert", alertThresholdPct],
    ["exhausted", 100],
  ] as const;

function useOf(totals: BudgetTotals, currency: Currency): { used: number; cap: number } {
  const { spent, caps, activeMs } = totals;
  switch (currency) {
    case "money":
      return { used: spent.microUsd, cap: caps.microUsd };
    case "tokens":
      return { used: spent.tokens, cap: caps.tokens };
    case "time":
      return { used: activeMs, cap: caps.activeMs };
  }
}

const FORMATS = {
  money: formatUsd,
  tokens: (tokens: number) => `${formatTokens(tokens)} tokens`,
  time: (ms: number) => `${formatDuration(ms)} of active time`,
} as const satisfies Record<Currency, (amount: number) => string>;

function sentence(
  kind: Crossing["kind"],
  currency: Currency,
  pct: number,
  totals: BudgetTotals,
): string {
  const { used, cap } = useOf(totals, currency);
  const format = FORMATS[currency];
  const figures = `${format(used)} of ${format(cap)} (${pct} %)`;
  switch (kind) {
    case "warn":
      return `Used ${figures}; cheaper models are preferred from here on.`;
    case "alert":
      return `Used ${figures}: the alert threshold of ${totals.alertThresholdPct} % is reached.`;
    case "exhausted":
      return `Used ${figures}: nothing more is granted.`;
  }
}
