/** What one plan changes of another: what a person says yes or no to. */
import { constraintSentences } from "../constraints.js";
import { echoInstant } from "../deadline-echo.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import { qaPlanFields, scopeText } from "./qa-fields.js";

export { diffLines } from "./plan-diff-lines.js";

/** One field before and after, as people read it; an empty text means that there was or is nothing. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

export interface PlanPart {
  id: string;
  title: string;
}
export interface ChangedPart extends PlanPart {
  changes: FieldChange[];
}
export interface PlacedFeature extends PlanPart {
  milestone: string;
}

export interface PlanDiff {
  /** Budget, mode, deadline and the like. */
  plan: FieldChange[];
  milestones: { changed: ChangedPart[]; dropped: PlanPart[]; added: PlanPart[] };
  features: {
    kept: PlacedFeature[];
    changed: (ChangedPart & PlacedFeature)[];
    dropped: PlacedFeature[];
    added: PlacedFeature[];
  };
}

export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const was = featuresById(before);
  const is = featuresById(after);
  const features: PlanDiff["features"] = { kept: [], changed: [], dropped: [], added: [] };
  for (const [id, { feature, milestone }] of is) {
    const part = { id, title: feature.title, milestone };
    const old = was.get(id);
    if (old === undefined) features.added.push(part);
    else {
      const changes = changesOf(featureFields(old), featureFields({ feature, milestone }));
      if (changes.length === 0) features.kept.push(part);
      else features.changed.push({ ...part, changes });
    }
  }
  for (const [id, { feature, milestone }] of was) {
    if (!is.has(id)) features.dropped.push({ id, title: feature.title, milestone });
  }
  return {
    plan: [...changesOf(planFields(before), planFields(after)), ...milestoneOrder(before, after)],
    milestones: milestoneDiff(before, after),
    features,
  };
}

interface Placed {
  feature: PlanFeature;
  milestone: string;
}

const featuresById = (plan: Plan): Map<string, Placed> =>
  new Map(
    plan.milestones.flatMap(({ id: milestone, features }) =>
      features.map((feature) => [feature.id, { feature, milestone }] as const),
    ),
  );

type Fields = readonly (readonly [field: string, value: string])[];

/** Both sides name the same fields in the same order. */
const changesOf = (before: Fields, after: Fields): FieldChange[] =>
  after.flatMap(([field, value], index) => {
    const old = before[index]?.[1] ?? "";
    return old === value ? [] : [{ field, before: old, after: value }];
  });

/** In the order of the names: a stored plan has another than one that was just read. */
const named = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      typeof value === "object" && value !== null
        ? `${name} (${named(value as Record<string, unknown>)})`
        : `${name} ${String(value)}`,
    )
    .join(", ");

const planFields = (plan: Plan): Fields => [
  ["title", plan.title],
  ["goal", plan.goal],
  ["type", plan.type ?? ""],
  ["level", plan.level ?? ""],
  ["mode", plan.mode],
  ["workspace", plan.workspace],
  ["non-goals", plan.scope.non_goals.join("; ")],
  ["constraints", plan.scope.constraints.join("; ")],
  [
    "checked constraints",
    constraintSentences(plan.scope.checked ?? {})
      .map(({ sentence }) => sentence)
      .join("; "),
  ],
  ["money", `${plan.budget.money_usd} USD`],
  ["hours", `${plan.budget.time_hours} h`],
  ["tokens", String(plan.budget.token_limit)],
  ["alert", `at ${plan.budget.alert_threshold_pct} %: ${plan.budget.on_alert}`],
  ["at a provider's limit", plan.on_quota ?? ""],
  [
    "deadline",
    plan.deadline === undefined
      ? ""
      : echoInstant({ at: plan.deadline, zone: plan.deadline_zone ?? "UTC" }),
  ],
  ["deadline zone", plan.deadline_zone ?? ""],
  ["at the deadline", plan.at_deadline ?? ""],
  ...qaPlanFields(plan),
  ["models", named({ ...plan.model_routing })],
  ["preferences", named(plan.preferences)],
];

const featureFields = ({ feature, milestone }: Placed): Fields => [
  ["milestone", milestone],
  ["title", feature.title],
  ["kind", feature.kind],
  ["agent", feature.agent],
  ["tier", feature.tier ?? ""],
  ["model", feature.model ?? ""],
  ["size", feature.size ?? ""],
  [
    "estimate",
    `${feature.estimate.usd} USD, ${feature.estimate.hours} h, ${feature.estimate.tokens} tokens`,
  ],
  ["needs", feature.dependsOn.join(", ")],
  ["touches", feature.touches.join(", ")],
  ["serves", (feature.serves ?? []).join(", ")],
  ["brief", feature.brief ?? ""],
  ["commands", (feature.commands ?? []).join("; ")],
  ["may rewrite", (feature.rewrites ?? []).join(", ")],
  ["looks at", scopeText(feature.qa)],
  ["checks", checksText(feature.checks)],
];

const checksText = (checks: readonly Check[]) => checks.map(checkText).join("; ");

function checkText({ id, sentence, verify, alreadyTrue }: Check): string {
  const { method, ...how } = verify;
  const told = named(how);
  const by = told === "" ? method : `${method}: ${told}`;
  return `${id} ${sentence} (${by}${alreadyTrue === true ? ", may pass already" : ""})`;
}

function milestoneDiff(before: Plan, after: Plan): PlanDiff["milestones"] {
  const was = new Map(before.milestones.map((milestone) => [milestone.id, milestone]));
  const is = new Set(after.milestones.map(({ id }) => id));
  const part = ({ id, title }: PlanMilestone): PlanPart => ({ id, title });
  const diff: PlanDiff["milestones"] = { changed: [], dropped: [], added: [] };
  for (const milestone of after.milestones) {
    const old = was.get(milestone.id);
    if (old === undefined) diff.added.push(part(milestone));
    else {
      const changes = milestoneChanges(old, milestone);
      if (changes.length > 0) diff.changed.push({ ...part(milestone), changes });
    }
  }
  diff.dropped = before.milestones.filter(({ id }) => !is.has(id)).map(part);
  return diff;
}

function milestoneChanges(before: PlanMilestone, after: PlanMilestone): FieldChange[] {
  const changes: FieldChange[] = [];
  if (before.title !== after.title) {
    changes.push({ field: "title", before: before.title, after: after.title });
  }
  const [saw, sees] = [scopeText(before.ui), scopeText(after.ui)];
  if (saw !== sees) changes.push({ field: "pages looked at", before: saw, after: sees });
  const old = new Map(before.checks.map((check) => [check.id, checkText(check)]));
  for (const check of after.checks) {
    const text = checkText(check);
    const was = old.get(check.id) ?? "";
    if (was !== text) changes.push({ field: `check ${check.id}`, before: was, after: text });
    old.delete(check.id);
  }
  for (const [id, text] of old) changes.push({ field: `check ${id}`, before: text, after: "" });
  const [was, is] = orders(before.features, after.features);
  if (was !== is) changes.push({ field: "order", before: was, after: is });
  return changes;
}

function milestoneOrder(before: Plan, after: Plan): FieldChange[] {
  const [was, is] = orders(before.milestones, after.milestones);
  return was === is ? [] : [{ field: "order of milestones", before: was, after: is }];
}

/** Ids that both have, in the order of each. */
function orders(before: readonly { id: string }[], after: readonly { id: string }[]) {
  const common = (list: readonly { id: string }[], other: readonly { id: string }[]) => {
    const ids = new Set(other.map(({ id }) => id));
    return list
      .map(({ id }) => id)
      .filter((id) => ids.has(id))
      .join(", ");
  };
  return [common(before, after), common(after, before)] as const;
}
