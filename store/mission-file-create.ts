/** The first text of a mission.md. Whatever goal and plan hold, it stays text: no fence, table or tag of theirs takes effect. */
import { stringify } from "yaml";
import { echoInstant } from "../domain/deadline-echo.js";
import type { Actor } from "../domain/mission.js";
import { hoursToMs, microUsdFromUsd } from "../domain/money.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../domain/plan.js";
import { escapeInline, fenced, oneLine, shorten } from "./markdown-text.js";
import type { MissionRecord } from "./mission-record.js";
import { initialValues, type Values } from "./mission-values.js";
import { planDigest, planText } from "./plan-block.js";

/** Where a mission came from. */
interface Origin {
  at: string;
  by?: Actor;
  /** The interview, in order; empty when nobody was asked, left out when nobody knows any more. */
  answers?: { question: string; answer: string }[];
}

export interface NewMissionFile {
  record: MissionRecord;
  plan: Plan;
  /** Text of templates/mission-template.md. */
  template: string;
  /** The plan as approved, as text. */
  planYaml: string;
  origin: Origin;
}

/** @returns the text, and the values in it by field, as the record keeps them to tell a person's edit from ours. */
export function createMissionFile(input: NewMissionFile): {
  text: string;
  projected: Record<string, string>;
} {
  const { record, plan, template, planYaml, origin } = input;
  const { budget } = plan;
  const caps = {
    microUsd: microUsdFromUsd(budget.money_usd),
    tokens: budget.token_limit,
    activeMs: hoursToMs(budget.time_hours),
  };
  const ids = plan.milestones.map(({ id }) => id);
  const values = initialValues(caps, budget.alert_threshold_pct, ids);
  values.set("deadline", plan.deadline ?? "");
  values.set("mode", plan.mode);
  const routing = plan.model_routing;
  const places: Record<string, string> = {
    id: record.missionId,
    title: yamlText(plan.title),
    mode: plan.mode,
    repo: yamlText(record.repo),
    created: yamlText(record.createdAt),
    deadline: yamlText(plan.deadline),
    time_hours: values.get("budget.time_hours") ?? "",
    money_usd: values.get("budget.money_usd") ?? "",
    token_limit: values.get("budget.token_limit") ?? "",
    alert_threshold_pct: values.get("budget.alert_threshold_pct") ?? "",
    orchestrator: yamlText(routing.orchestrator),
    workers: yamlText(routing.workers),
    research: yamlText(routing.research),
    validation: yamlText(routing.validation),
    preferences: preferencesText(plan.preferences),
    heading: escapeInline(plan.title),
    origin: originText(plan.goal, origin),
    scope: scopeText(plan),
    milestones: plan.milestones.map(milestoneText).join("\n\n"),
    budget: budgetText(values, plan),
    plan: planText(planYaml),
  };
  const text = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = places[name];
    if (value === undefined) throw new Error(`The template asks for {{${name}}}, which nobody has`);
    return value;
  });
  const projected = Object.fromEntries(values);
  for (const { id, features } of plan.milestones) projected[rowsField(id)] = rowIds(features);
  projected["plan"] = planDigest(planText(planYaml));
  return { text, projected };
}

/** Field of the record that lists the features which got a row in a milestone's table. */
export const rowsField = (milestoneId: string) => `milestone ${milestoneId} rows`;
export const rowIds = (features: PlanFeature[]) => features.map(({ id }) => id).join(" ");

const yamlText = (value: string | undefined) =>
  stringify(value === undefined ? null : oneLine(value), { lineWidth: 0 }).trimEnd();

function preferencesText(preferences: Record<string, string>): string {
  const entries = Object.entries(preferences);
  if (entries.length === 0) return " {}";
  return entries
    .map(([name, value]) => `\n  ${yamlText(shorten(oneLine(name), 200))}: ${yamlText(value)}`)
    .join("");
}

function originText(goal: string, { at, by, answers }: Origin): string {
  const who = by === undefined ? "" : ` by ${escapeInline(by.who)} (${escapeInline(by.from)})`;
  const lines = [
    `Asked for at ${escapeInline(at)}${who}, in these words:`,
    "",
    fenced(goal, "text goal"),
    "",
  ];
  if (answers === undefined) {
    return [...lines, "This file was made again: answers of an interview are not known."].join(
      "\n",
    );
  }
  if (answers.length === 0) return [...lines, "No questions were asked."].join("\n");
  const asked = answers.map(
    ({ question, answer }) =>
      `- ${escapeInline(question)} **${escapeInline(answer) || "(no answer)"}**`,
  );
  return [...lines, "Answers of the interview:", "", ...asked].join("\n");
}

function scopeText({ scope, milestones }: Plan): string {
  const features = milestones.reduce((sum, milestone) => sum + milestone.features.length, 0);
  const list = (name: string, items: string[]) =>
    items.length === 0
      ? `${name}: none stated.`
      : [`${name}:`, "", ...items.map((item) => `- ${escapeInline(item)}`)].join("\n");
  return [
    `Milestones: ${milestones.length}. Features: ${features}.`,
    list("Non-goals", scope.non_goals),
    list("Constraints", scope.constraints),
  ].join("\n\n");
}

const MILESTONE_HEAD = [
  "| # | Feature | Kind | Status | Agent | Spent | Commit | Files | PR |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

export function milestoneText({ id, title, checks, features }: PlanMilestone): string {
  return [
    `### Milestone ${id}: ${escapeInline(title)} — pending`,
    "",
    ...checksText(checks),
    ...MILESTONE_HEAD,
    ...features.map(rowText),
  ].join("\n");
}

const checksText = (checks: Check[]) =>
  checks.length === 0
    ? []
    : ["Passes when:", "", ...checks.map((check) => `- ${escapeInline(check.sentence)}`), ""];

export const rowText = ({ id, title, kind, agent }: PlanFeature) =>
  `| ${id} | ${escapeInline(title)} | ${kind} | pending | ${agent} |  |  |  |  |`;

function budgetText(values: Values, plan: Plan): string {
  const row = (name: string) => {
    const cell = (column: string) =>
      values.get(`budget table ${name.toLowerCase()} ${column}`) ?? "";
    return `| ${name} | ${cell("cap")} | ${cell("spent")} | ${cell("reserved")} | ${cell("left")} |`;
  };
  const { alert_threshold_pct: threshold, on_alert: onAlert } = plan.budget;
  const { deadline: at, deadline_zone: zone = "UTC", at_deadline: then = "finish" } = plan;
  const until = at === undefined ? [] : ["", `Until ${echoInstant({ at, zone })}; then: ${then}.`];
  return [
    "| Currency | Cap | Spent | Reserved | Left |",
    "| --- | --- | --- | --- | --- |",
    ...["Money", "Tokens", "Active time"].map(row),
    "",
    `As planned, an alert comes at ${threshold} % of the tightest currency; then: ${onAlert}.`,
    ...until,
  ].join("\n");
}
