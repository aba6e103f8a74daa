/** Spend against the caps in three currencies, one bar each. */
import { echoDeadline } from "../../domain/deadline-echo.js";
import type { BudgetTotals, Deadline } from "../../domain/mission.js";
import { formatDuration, formatTokens, formatUsd } from "../../domain/money.js";
import { NO_STYLE, type Style } from "./style.js";
import { fit } from "./width.js";

/** `cells` characters; anything spent shows, and only a full cap shows full. */
export function bar(share: number, cells: number): string {
  const known = Number.isFinite(share) ? Math.max(0, Math.min(1, share)) : 1;
  const exact = Math.floor(known * cells);
  const filled = known > 0 ? Math.max(1, exact) : 0;
  return "█".repeat(filled) + "░".repeat(cells - filled);
}

const shareOf = (spent: number, cap: number) => (cap > 0 ? spent / cap : spent > 0 ? 1 : 0);

/** Beside the hours of work; nothing where there is no deadline. */
export function deadlineLines(
  deadline: Deadline | undefined,
  { width, now, style = NO_STYLE }: { width: number; now: Date; style?: Style },
): string[] {
  if (deadline === undefined) return [];
  const line = fit(`until  ${echoDeadline(deadline, now)}; then: ${deadline.atDeadline}`, width);
  return [Date.parse(deadline.at) <= now.getTime() ? style.red(line) : line];
}

export function budgetLines(
  budget: BudgetTotals,
  width: number,
  style: Style = NO_STYLE,
): string[] {
  const cells = Math.max(5, Math.min(24, width - 56));
  const { caps, spent, reserved } = budget;
  const rows = [
    {
      name: "money",
      share: shareOf(spent.microUsd, caps.microUsd),
      text: `${formatUsd(spent.microUsd)} of ${formatUsd(caps.microUsd)}`,
      extra: reserved.microUsd > 0 ? `, ${formatUsd(reserved.microUsd)} reserved` : "",
    },
    {
      name: "tokens",
      share: shareOf(spent.tokens, caps.tokens),
      text: `${formatTokens(spent.tokens)} of ${formatTokens(caps.tokens)}`,
      extra: reserved.tokens > 0 ? `, ${formatTokens(reserved.tokens)} reserved` : "",
    },
    {
      name: "time",
      share: shareOf(budget.activeMs, caps.activeMs),
      text: `${formatDuration(budget.activeMs)} of ${formatDuration(caps.activeMs)}`,
      extra: " of active time",
    },
  ];
  const lines = rows.map(({ name, share, text, extra }) => {
    const pct = `${Math.floor(share * 100)}%`.padStart(5);
    const line = fit(`${name.padEnd(7)}${bar(share, cells)}${pct}  ${text}${extra}`, width);
    const colour =
      share >= 1 ? style.red : share * 100 >= budget.alertThresholdPct ? style.yellow : style.green;
    return colour(line);
  });
  const over = budget.overrun;
  if (over.microUsd > 0 || over.tokens > 0) {
    const text = `overrun ${formatUsd(over.microUsd)}, ${formatTokens(over.tokens)} tokens (billed above what was reserved)`;
    lines.push(style.red(fit(text, width)));
  }
  return lines;
}
