/** Estimated amounts as people read them: an estimate has no cents and no seconds. */
import { formatTokens, formatUsd } from "../money.js";
import type { Currency } from "../mission.js";
import type { Range } from "./estimate.js";

const WHOLE_FROM_MICRO_USD = 10_000_000;

/** Rounded up: whole dollars from $10 on, cents below. */
export function usdFigure(microUsd: number): string {
  if (microUsd === 0) return "$0";
  const step = microUsd >= WHOLE_FROM_MICRO_USD ? 1_000_000 : microUsd >= 10_000 ? 10_000 : 1;
  const up = Math.ceil(microUsd / step) * step;
  return step === 1_000_000 ? formatUsd(up).replace(/\.00$/, "") : formatUsd(up);
}

/** Rounded up: whole hours from 10 h on, tenths from 1 h on, minutes below. */
export function hoursFigure(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours >= 10) return `${Math.ceil(hours)} h`;
  if (hours >= 1) return `${Math.ceil(hours * 10) / 10} h`;
  return `${Math.ceil(ms / 60_000)} min`;
}

export const tokensFigure = (tokens: number) => formatTokens(tokens);

const FIGURES: Record<Currency, (amount: number) => string> = {
  money: usdFigure,
  time: hoursFigure,
  tokens: tokensFigure,
};

/** `$12 ($5.10 to $38)`; one figure where the ends are the same. */
export function rangeFigure(currency: Currency, { low, likely, high }: Range): string {
  const figure = FIGURES[currency];
  return low === high ? figure(likely) : `${figure(likely)} (${figure(low)} to ${figure(high)})`;
}
