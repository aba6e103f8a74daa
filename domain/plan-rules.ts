/** What must hold of a plan beyond its shape. Pure; every violation is found, so that a person mends them in one go. */
import { zoneNamed } from "./deadline-echo.js";
import { PART_ID } from "./ids.js";
import { isHours, isTokens, isUsd, MAXIMA } from "./money.js";
import { isThinking, type FeatureKind } from "./mission.js";
import { pathFlaw, prefixFlaw } from "./path-flaw.js";
import { graphViolations } from "./plan-graph.js";
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";
import { outlineBytes, outlineOf } from "./outline.js";
import type { Check, Plan, PlanBudget, PlanFeature, PlanMilestone } from "./plan.js";
import { PLAN_LIMITS } from "./plan.js";
import { qaViolations } from "./plan-qa.js";
import { repositoryViolations } from "./plan-repositories.js";
import { servesViolations } from "./plan-serves.js";
import { modelViolations, textViolations } from "./plan-texts.js";

/** Kinds of feature and methods of checks that this build can run. */
export const RUNNABLE_KINDS: readonly FeatureKind[] = ["code", "browser-qa"];
const RUNNABLE_METHODS: readonly string[] = ["bash", "codebase", "browser", "person"];

/** `mission/<id>/budget` is the guard, `mission/<id>/planning/<n>` are the plannings. */
const RESERVED_IDS: ReadonlySet<string> = new Set(["budget", "planning"]);

/** Every violation of a plan that fits the schema, in plan order. */
export function planViolations(plan: Plan): Violation[] {
  return [
    ...textViolations(plan),
    ...modelViolations(plan),
    ...budgetViolations(plan.budget),
    ...idViolations(plan),
    ...graphViolations(plan),
    ...servesViolations(plan),
    ...zoneViolations(plan),
    ...repositoryViolations(plan),
    ...qaViolations(plan),
    ...plan.milestones.flatMap((milestone) => [
      ...milestoneViolations(milestone),
      ...milestone.features.flatMap((feature) => featureViolations(feature, plan.budget)),
    ]),
  ];
}

/** Refuses a plan of absurd size in one sentence before anything is built from it. */
export function sizeViolation(value: unknown): Violation | undefined {
  const milestones = listOf(value, "milestones");
  const counts = milestones.map((milestone) => listOf(milestone, "features").length);
  const features = counts.reduce((sum, count) => sum + count, 0);
  const fullest = counts.findIndex((count) => count > PLAN_LIMITS.featuresPerMilestone);
  if (features > PLAN_LIMITS.features) {
    return tooMany(`The plan has ${features} features`, `a mission takes ${PLAN_LIMITS.features}`);
  }
  if (milestones.length > PLAN_LIMITS.milestones) {
    const limit = `a mission takes ${PLAN_LIMITS.milestones}`;
    return tooMany(`The plan has ${milestones.length} milestones`, limit);
  }
  if (fullest >= 0) {
    const which = `Milestone number ${fullest + 1} has ${counts[fullest] ?? 0} features`;
    return tooMany(which, `a milestone takes ${PLAN_LIMITS.featuresPerMilestone}`);
  }
  return undefined;
}

const tooMany = (found: string, limit: string): Violation => ({
  sentence: `${found}; ${limit}.`,
  remedy: "Split it into several milestones or missions.",
});

function listOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const list = (value as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}

/** Of any budget whose limits are numbers, infinite and not-a-number included. */
export function budgetViolations(budget: PlanBudget): Violation[] {
  const { money_usd: usd, time_hours: hours, token_limit: tokens } = budget;
  const limits: [string, number, boolean, number, string][] = [
    ["money_usd", usd, isUsd(usd) && Math.round(usd * 1_000_000) > 0, MAXIMA.usd, "USD"],
    ["time_hours", hours, isHours(hours) && Math.round(hours * 3_600_000) > 0, MAXIMA.hours, "h"],
    ["token_limit", tokens, isTokens(tokens) && tokens > 0, MAXIMA.tokens, "tokens"],
  ];
  const violations = limits
    .filter(([, , legal]) => !legal)
    .map(([name, value, , max, unit]) => ({
      sentence: `The budget's ${name} is ${value}.`,
      remedy: `Write a ${unit === "tokens" ? "whole number" : "number"} above 0, at most ${max} ${unit}.`,
    }));
  const pct = budget.alert_threshold_pct;
  if (!(pct >= 1 && pct <= 100)) {
    violations.push({
      sentence: `The budget's alert_threshold_pct is ${pct}.`,
      remedy: "Write a percentage from 1 to 100.",
    });
  }
  return violations;
}

function zoneViolations({ deadline_zone: zone }: Plan): Violation[] {
  if (zone === undefined || zoneNamed(zone) !== undefined) return [];
  const sentence = `deadline_zone is ${shown(zone)}, which is no time zone.`;
  return [{ sentence, remedy: "Write a name of the IANA list, as Europe/Berlin or UTC." }];
}

/** Ids become workflow ids, files and branches: of a safe form, and unique even where case is ignored. */
function idViolations(plan: Plan): Violation[] {
  const milestones = plan.milestones.map(({ id }) => id);
  const features = plan.milestones.flatMap((milestone) => milestone.features.map(({ id }) => id));
  const violations = [...idsOf("Milestone", milestones), ...idsOf("Feature", features)];
  for (const id of milestones.filter((each) => RESERVED_IDS.has(each.toLowerCase()))) {
    violations.push({
      sentence: `Milestone ${id} has the name of a workflow of the mission itself.`,
      remedy: "Give it another id.",
    });
  }
  return violations;
}

function idsOf(noun: string, ids: string[]): Violation[] {
  const seen = new Map<string, string>();
  const violations: Violation[] = [];
  for (const id of ids) {
    if (!PART_ID.test(id) || /\.\.|\.$|\.lock$/i.test(id)) {
      violations.push({
        sentence: `${noun} id ${shown(id)} cannot name a branch and a file.`,
        remedy: "Use up to 40 letters, digits, dots, dashes and underscores, as 2.3 or add-login.",
      });
    }
    const twin = seen.get(id.toLowerCase());
    if (twin !== undefined) {
      const how = twin === id ? "is used twice" : `differs from ${twin} only in case`;
      violations.push({
        sentence: `${noun} id ${shown(id)} ${how}.`,
        remedy: "Give each its own id, or leave ids out to have them numbered.",
      });
    }
    seen.set(id.toLowerCase(), id);
  }
  return violations;
}

function milestoneViolations(milestone: PlanMilestone): Violation[] {
  const violations = checkViolations(`Milestone ${milestone.id}`, milestone.checks);
  if (milestone.features.length === 0) {
    violations.push({
      sentence: `Milestone ${milestone.id} has no features.`,
      remedy: "Add one, or remove the milestone.",
    });
  }
  const bytes = outlineBytes(outlineOf(milestone));
  if (bytes > PLAN_LIMITS.outlineBytes) {
    violations.push({
      sentence: `The outline of milestone ${milestone.id} takes ${bytes} bytes; ${PLAN_LIMITS.outlineBytes} fit.`,
      remedy: "Split the milestone, or shorten titles, dependsOn and touches.",
    });
  }
  return violations;
}

function featureViolations(feature: PlanFeature, budget: PlanBudget): Violation[] {
  const where = `Feature ${feature.id}`;
  const violations: Violation[] = [];
  const say = (sentence: string, remedy: string) => violations.push({ sentence, remedy });
  if (!RUNNABLE_KINDS.includes(feature.kind)) {
    say(
      `${where} is of kind ${feature.kind}; this version runs only ${RUNNABLE_KINDS.join(", ")}.`,
      "Leave the feature out, or describe it as code.",
    );
  }
  const commands = feature.commands ?? [];
  const isLook = feature.kind === "browser-qa";
  if (isLook && (feature.agent !== "script" || feature.commands !== undefined)) {
    say(
      `${where} is browser-qa, which the engine does by itself, but has ${feature.agent === "script" ? "commands" : `the agent ${feature.agent}`}.`,
      "Leave agent and commands out, or write it as kind: code.",
    );
  }
  if (feature.agent === "script" && commands.length === 0 && !isLook) {
    say(`${where} is done by a script but has no commands.`, "Add commands.");
  }
  if (commands.some((command) => command.trim() === "")) {
    say(`${where} has an empty command.`, "Write the command, or remove the line.");
  }
  if (isThinking(feature.agent) && (feature.brief ?? "").trim() === "") {
    const who = `the ${feature.agent} agent`;
    say(`${where} is done by ${who} but has no brief.`, "Say in brief what to build.");
  }
  if (feature.agent !== "script" && feature.commands !== undefined) {
    const who = feature.agent === "manual" ? "a person" : `the ${feature.agent} agent`;
    say(`${where} has commands, which ${who} does not run.`, "Use agent: script.");
  }
  if (feature.agent === "manual" && feature.checks.length === 0) {
    if ((feature.brief ?? "").trim() === "") {
      say(
        `${where} is done by a person but has neither brief nor checks.`,
        "Say in brief what to do, or add a check that shows it is done.",
      );
    }
  }
  for (const path of feature.touches) {
    const flaw = prefixFlaw(path);
    if (flaw !== undefined) {
      const remedy =
        "Write the prefix of a folder or file, relative to the repository, as src/api.";
      say(`${where} touches ${shown(path)}, which ${flaw}.`, remedy);
    }
  }
  violations.push(...estimateViolations(where, feature.estimate, budget));
  violations.push(...checkViolations(where, feature.checks));
  return violations;
}

function estimateViolations(
  where: string,
  { usd, hours, tokens }: PlanFeature["estimate"],
  budget: PlanBudget,
): Violation[] {
  const rows: [string, number, boolean, number][] = [
    ["usd", usd, isUsd(usd), budget.money_usd],
    ["hours", hours, isHours(hours), budget.time_hours],
    ["tokens", tokens, isTokens(tokens), budget.token_limit],
  ];
  return rows.flatMap(([unit, value, legal, cap]) => {
    if (!legal) {
      const sentence = `${where} has an estimate of ${value} ${unit}.`;
      return [{ sentence, remedy: "Write a number from 0 up; tokens are whole." }];
    }
    if (value <= cap) return [];
    const sentence = `${where} has an estimate of ${value} ${unit}, above the whole budget of ${cap}.`;
    return [{ sentence, remedy: "Raise the budget, or make the feature smaller." }];
  });
}

function checkViolations(where: string, checks: Check[]): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  for (const { id, sentence, verify } of checks) {
    const say = (text: string, remedy: string) =>
      violations.push({ sentence: `${where}, check ${shown(id)}: ${text}.`, remedy });
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(id)) {
      say("the id is not usable", "Use up to 60 letters, digits, dots, dashes and underscores.");
    }
    if (seen.has(id)) say("the id is used twice", "Give each check its own id.");
    seen.add(id);
    if (sentence.trim() === "") say("the sentence is empty", "Say what shall be true.");
    if (!RUNNABLE_METHODS.includes(verify.method)) {
      say(
        `method ${verify.method} cannot be run by this version`,
        `Use ${RUNNABLE_METHODS.join(", ")}.`,
      );
    }
    if (verify.method === "bash" && verify.run.trim() === "") {
      say("run is empty", "Write the command that must exit with 0.");
    }
    if (verify.method === "codebase") {
      const flaw = verify.path === undefined ? undefined : pathFlaw(verify.path);
      if (flaw !== undefined) say(`the path ${flaw}`, "Write it relative to the repository.");
      if (!isExpression(verify.pattern)) {
        say(
          `${shown(verify.pattern)} is no regular expression`,
          "Correct it, or drop the slashes.",
        );
      }
    }
  }
  return violations;
}

/** A pattern between slashes must compile; any other is plain text. */
function isExpression(pattern: string): boolean {
  const expression = /^\/(.+)\/([imsu]*)$/s.exec(pattern);
  if (expression === null) return true;
  try {
    return new RegExp(expression[1] ?? "", expression[2]) instanceof RegExp;
  } catch {
    return false;
  }
}
