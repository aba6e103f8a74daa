/** The values of a mission.md that we own, by field, as plain text. A field's name is also how a hand edit of it is called. */
import type { BudgetTotals, Caps, FeatureView } from "../domain/mission.js";
import {
  formatDuration,
  formatTokens,
  formatUsd,
  hoursFromMs,
  usdFromMicroUsd,
} from "../domain/money.js";
import type { MissionFileInput } from "../domain/work.js";
import { oneLine, shorten } from "./markdown-text.js";

export type Values = Map<string, string>;

const LONGEST_ADDRESS = 200;
const FILES_SHOWN = 3;

/** What the file shall say now; fields that the input is silent about are left out. */
export function wantedValues(input: MissionFileInput): Values {
  const values: Values = new Map([["status", input.status]]);
  if (input.mode !== undefined) values.set("mode", input.mode);
  if (input.startedAt !== undefined) values.set("started", input.startedAt);
  if (input.completedAt !== undefined) values.set("completed", input.completedAt);
  if (input.deadline !== undefined) values.set("deadline", input.deadline);
  for (const { id, status } of input.milestones) values.set(`milestone ${id} status`, status);
  for (const feature of input.features) addFeature(values, feature);
  if (input.budget !== undefined) addBudget(values, input.budget);
  return clean(values);
}

/** What a file says that was just made. */
export function initialValues(
  caps: Caps,
  alertThresholdPct: number,
  milestoneIds: string[],
): Values {
  const nothing = { microUsd: 0, tokens: 0 };
  const values: Values = new Map([["status", "planning"]]);
  values.set("started", "").set("completed", "");
  for (const id of milestoneIds) values.set(`milestone ${id} status`, "pending");
  addBudget(values, { caps, spent: nothing, reserved: nothing, activeMs: 0, alertThresholdPct });
  return values;
}

/** What a field says that was never written; undefined when that is not known. */
export function untouchedValue(field: string): string | undefined {
  if (!field.startsWith("feature ")) return undefined;
  return field.endsWith(" status") ? "pending" : "";
}

function addFeature(values: Values, feature: FeatureView): void {
  const { id, status, spent, commit, files = [], pullRequest } = feature;
  values.set(`feature ${id} status`, status);
  values.set(`feature ${id} spent`, spentText(spent.microUsd, spent.tokens));
  if (commit !== undefined) values.set(`feature ${id} commit`, commit.slice(0, 10));
  if (pullRequest !== undefined)
    values.set(`feature ${id} pr`, shorten(oneLine(pullRequest), LONGEST_ADDRESS));
  if (files.length === 0) return;
  const shown = files.slice(0, FILES_SHOWN).map((file) => shorten(oneLine(file), 100));
  const more = files.length > shown.length ? [`and ${files.length - shown.length} more`] : [];
  values.set(`feature ${id} files`, [...shown, ...more].join(", "));
}

function spentText(microUsd: number, tokens: number): string {
  if (microUsd === 0 && tokens === 0) return "";
  return tokens === 0
    ? formatUsd(microUsd)
    : `${formatUsd(microUsd)}, ${formatTokens(tokens)} tokens`;
}

type Account = Pick<BudgetTotals, "caps" | "spent" | "reserved" | "activeMs" | "alertThresholdPct">;

function addBudget(values: Values, account: Account): void {
  const { caps, spent, reserved, activeMs } = account;
  values.set("budget.money_usd", String(usdFromMicroUsd(caps.microUsd)));
  values.set("budget.time_hours", String(hoursFromMs(caps.activeMs)));
  values.set("budget.token_limit", String(caps.tokens));
  values.set("budget.alert_threshold_pct", String(account.alertThresholdPct));
  const row = (
    currency: string,
    show: (n: number) => string,
    cap: number,
    used: number,
    held?: number,
  ) => {
    values.set(`budget table ${currency} cap`, show(cap));
    values.set(`budget table ${currency} spent`, show(used));
    values.set(`budget table ${currency} reserved`, held === undefined ? "-" : show(held));
    values.set(`budget table ${currency} left`, show(cap - used - (held ?? 0)));
  };
  row("money", formatUsd, caps.microUsd, spent.microUsd, reserved.microUsd);
  row("tokens", formatTokens, caps.tokens, spent.tokens, reserved.tokens);
  row("active time", formatDuration, caps.activeMs, activeMs);
}

function clean(values: Values): Values {
  for (const [field, value] of values) values.set(field, oneLine(value));
  return values;
}
