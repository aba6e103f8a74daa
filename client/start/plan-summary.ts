/** The plan as a person approves it. */
import type { Plan } from "../../domain/plan.js";
import type { QaScope } from "../../domain/qa.js";
import { deadlineText } from "./deadline.js";
import { formatTokens, formatUsd, microUsdFromUsd } from "../../domain/money.js";
import { cleanLine } from "../terminal/clean.js";
import { fit } from "../terminal/width.js";

const SHOWN = 12;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export interface ShownWith {
  now?: Date;
  deadlineSpanMs?: number | undefined;
  /** Where its pull requests will go, a line for each repository. */
  forges?: readonly string[] | undefined;
}

export function planSummary(
  plan: Plan,
  width: number,
  { now = new Date(), deadlineSpanMs, forges = [] }: ShownWith = {},
): string[] {
  const { budget } = plan;
  const until = deadlineText(plan, deadlineSpanMs, now);
  const lines = [
    cleanLine(plan.title),
    `Goal    ${cleanLine(plan.goal)}`,
    `Mode    ${plan.mode}`,
    `Budget  ${formatUsd(microUsdFromUsd(budget.money_usd))}, ${budget.time_hours} h of active time, ${formatTokens(budget.token_limit)} tokens; at ${budget.alert_threshold_pct}%: ${budget.on_alert}`,
    ...(until === undefined ? [] : [`Until   ${until}`]),
    ...appLines(plan),
    ...forges.map((line) => `Reviews ${cleanLine(line)}`),
  ];
  for (const { id, title, features, checks, ui } of plan.milestones) {
    const seen = ui === undefined ? "" : `, looked at in a browser: ${flowNames(ui)}`;
    lines.push(
      `Milestone ${id}: ${cleanLine(title)} (${counted(features.length, "feature")}, ${counted(checks.length, "check")} of its own${seen})`,
    );
    for (const feature of features.slice(0, SHOWN)) {
      const after = feature.dependsOn.length === 0 ? "" : `, after ${feature.dependsOn.join(", ")}`;
      lines.push(
        `  ${feature.id} ${cleanLine(feature.title)} (${feature.kind} by ${feature.agent}, ${counted(feature.checks.length, "check")}${after})`,
      );
      // Whoever approves the plan approves this.
      if (feature.rewrites !== undefined && feature.rewrites.length > 0)
        lines.push(`    may change existing tests: ${feature.rewrites.map(cleanLine).join(", ")}`);
    }
    if (features.length > SHOWN) lines.push(`  and ${features.length - SHOWN} more`);
  }
  return lines.map((line) => fit(line, width));
}

function appLines({ app, flows = [] }: Plan): string[] {
  if (app === undefined) return [];
  const named = flows.length === 0 ? "" : `; ${counted(flows.length, "flow")}: ${listed(flows)}`;
  return [`App     ${cleanLine(app.run)}${named}`];
}

const listed = (flows: readonly { name: string }[]) =>
  flows.map(({ name }) => cleanLine(name)).join(", ");

const flowNames = ({ flows }: QaScope) =>
  flows.length === 0 ? "all flows" : flows.map(cleanLine).join(", ");
