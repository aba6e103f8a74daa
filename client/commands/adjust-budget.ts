import type { BudgetTotals, OnAlert } from "../../domain/mission.js";
import {
  formatDuration,
  formatTokens,
  formatUsd,
  hoursToMs,
  microUsdFromUsd,
} from "../../domain/money.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { budget, sendCommand } from "../missions.js";
import { sayAnswer } from "../send.js";
import { confirm } from "../terminal/ask.js";

export interface AdjustOptions {
  usd?: number | undefined;
  hours?: number | undefined;
  tokens?: number | undefined;
  alertAt?: number | undefined;
  onAlert?: OnAlert | undefined;
  yes?: boolean | undefined;
}

/** What a new cap below what is spent would stop, one part per currency. */
export function belowSpent(totals: BudgetTotals, options: AdjustOptions): string[] {
  const { spent, activeMs } = totals;
  return [
    ...(options.usd !== undefined && microUsdFromUsd(options.usd) <= spent.microUsd
      ? [
          `${formatUsd(spent.microUsd)} is spent and the cap would be ${formatUsd(microUsdFromUsd(options.usd))}`,
        ]
      : []),
    ...(options.tokens !== undefined && options.tokens <= spent.tokens
      ? [
          `${formatTokens(spent.tokens)} tokens are used and the cap would be ${formatTokens(options.tokens)}`,
        ]
      : []),
    ...(options.hours !== undefined && hoursToMs(options.hours) <= activeMs
      ? [
          `${formatDuration(activeMs)} are used and the cap would be ${formatDuration(hoursToMs(options.hours))}`,
        ]
      : []),
  ];
}

export async function runAdjustBudget(context: Context, typed: string[], options: AdjustOptions) {
  const { usd, hours, tokens, alertAt: alertThresholdPct, onAlert } = options;
  const given = Object.entries({ usd, hours, tokens, alertThresholdPct, onAlert });
  const payload = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  if (Object.keys(payload).length === 0) {
    throw new Problem(
      EXIT.badInput,
      "Nothing to adjust was given.",
      "Give at least one of --usd, --hours, --tokens, --alert-at, --on-alert.",
    );
  }
  return withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    if (options.yes !== true) {
      const stops = belowSpent(await budget(client, missionId), options);
      if (stops.length > 0 && !(await agreed(context, missionId, stops))) return EXIT.interrupted;
    }
    const answer = await sendCommand(client, missionId, "adjustBudget", payload, {
      by: context.by,
    });
    return sayAnswer(context, missionId, answer);
  });
}

async function agreed(context: Context, missionId: string, stops: string[]): Promise<boolean> {
  const message = `This stops mission ${missionId} now: ${stops.join("; ")}`;
  if (!context.output.interactive) {
    throw new Problem(EXIT.badInput, `${message}.`, "Say that this is meant with --yes.");
  }
  context.output.note(`${message}.`);
  const sure = await confirm("Stop it now?");
  if (!sure) context.output.note("Nothing was changed.");
  return sure;
}
