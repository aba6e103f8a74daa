import { isRelative } from "../../domain/deadline.js";
import type { AtDeadline, BudgetTotals, OnAlert } from "../../domain/mission.js";
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
import { sayAnswer, type Payload } from "../send.js";
import { readTypedDeadline } from "../start/deadline.js";
import { confirm } from "../terminal/ask.js";

export interface AdjustOptions {
  usd?: number | undefined;
  hours?: number | undefined;
  tokens?: number | undefined;
  alertAt?: number | undefined;
  onAlert?: OnAlert | undefined;
  /** As typed; `none` takes it away. */
  deadline?: string | undefined;
  zone?: string | undefined;
  atDeadline?: AtDeadline | undefined;
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

/** What is sent: a span such as "in 3 days" counts from now, as the plan is approved already. */
export function adjustmentOf(options: AdjustOptions, now: Date): Payload<"adjustBudget"> {
  const { usd, hours, tokens, alertAt: alertThresholdPct, onAlert, atDeadline } = options;
  const given = { usd, hours, tokens, alertThresholdPct, onAlert, atDeadline };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...deadlineOf(options, now),
  };
}

function deadlineOf(
  { deadline, zone }: AdjustOptions,
  now: Date,
): Pick<Payload<"adjustBudget">, "deadline" | "deadlineZone"> {
  if (deadline === undefined) return {};
  if (deadline.trim().toLowerCase() === "none") return { deadline: null };
  const read = readTypedDeadline(deadline, zone, now);
  // A span says no zone, so the mission keeps the one that it has.
  const keepsZone = zone === undefined && isRelative(deadline);
  return { deadline: read.at, ...(keepsZone ? {} : { deadlineZone: read.zone }) };
}

export async function runAdjustBudget(context: Context, typed: string[], options: AdjustOptions) {
  const payload = adjustmentOf(options, new Date());
  if (Object.keys(payload).length === 0) {
    throw new Problem(
      EXIT.badInput,
      "Nothing to adjust was given.",
      "Give at least one of --usd, --hours, --tokens, --alert-at, --on-alert, --deadline, --at-deadline.",
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
