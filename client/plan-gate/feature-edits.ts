/** Asks for one change of a feature. */
import { OWN_AGENTS, SIZES, TIERS, type FeatureKind } from "../../domain/mission.js";
import type { Plan, PlanFeature } from "../../domain/plan.js";
import { RUNNABLE_KINDS } from "../../domain/plan-rules.js";
import { orphanedChecks } from "../../domain/planning/edit-features.js";
import { placeOf } from "../../domain/planning/edit-places.js";
import type { FeatureChange, PlanEdit } from "../../domain/planning/edits.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Choice } from "../terminal/ask.js";
import { partsOf, type Asking } from "./asking.js";

const BACK: Choice<"back"> = { value: "back", label: "Back" };
const ADD = "+";

/** @returns undefined when the person went back. @throws Problem interrupted on Ctrl-C. */
export async function askFeatureEdit(asking: Asking, plan: Plan): Promise<PlanEdit | undefined> {
  const chosen = await asking.choose<string>("Which feature?", [
    { value: ADD, label: "Add a feature" },
    ...plan.milestones.flatMap(({ features }) => features.map(featureChoice)),
    BACK,
  ]);
  if (chosen === BACK.value) return undefined;
  return chosen === ADD ? askAdd(asking, plan) : askChange(asking, plan, chosen);
}

const featureChoice = ({ id, title, kind, agent, size, dependsOn }: PlanFeature) => ({
  value: id,
  label: `${id} ${title}`,
  hint: [
    `${kind} by ${agent}`,
    ...(size === undefined ? [] : [size]),
    ...(dependsOn.length === 0 ? [] : [`after ${dependsOn.join(", ")}`]),
  ].join(", "),
});

const milestoneChoices = (plan: Plan) =>
  plan.milestones.map(({ id, title }) => ({ value: id, label: `${id} ${title}` }));

async function askAdd(asking: Asking, plan: Plan): Promise<PlanEdit> {
  const milestone = await asking.choose("To which milestone?", milestoneChoices(plan));
  const title = await asking.text("What does it add, in a few words?");
  const brief = await asking.text("What is to be built?", { placeholder: title, optional: true });
  const part = { title, brief: brief === "" ? undefined : brief };
  return { kind: "add", where: { milestone }, part };
}

const ACTIONS = [
  { value: "title", label: "Title" },
  { value: "brief", label: "Brief: what is to be built" },
  { value: "agent", label: "Agent: who does it" },
  { value: "tier", label: "Model tier" },
  { value: "size", label: "Size class" },
  { value: "estimate", label: "Estimate" },
  { value: "needs", label: "What it needs before" },
  { value: "touches", label: "Which paths it changes" },
  { value: "kind", label: "Kind of work" },
  { value: "move", label: "Move it" },
  { value: "split", label: "Split it into parts" },
  { value: "merge", label: "Merge another into it" },
  { value: "drop", label: "Drop it" },
] as const satisfies Choice<string>[];
type Action = (typeof ACTIONS)[number]["value"];

async function askChange(asking: Asking, plan: Plan, id: string): Promise<PlanEdit | undefined> {
  const { feature } = placeOf(plan, id);
  const options: Choice<Action | "back">[] = [...ACTIONS, BACK];
  const action = await asking.choose(`What about ${id} ${feature.title}?`, options);
  switch (action) {
    case "back":
      return undefined;
    case "move":
      return askMove(asking, plan, id);
    case "split": {
      const line = await asking.text("Titles of the parts, in order, with ; between them?");
      return { kind: "split", feature: id, parts: partsOf(line, /;/).map((title) => ({ title })) };
    }
    case "merge":
      return askMerge(asking, plan, id);
    case "drop":
      return askDrop(asking, plan, id);
    case "title":
    case "brief":
    case "agent":
    case "tier":
    case "size":
    case "estimate":
    case "needs":
    case "touches":
    case "kind":
      return { kind: "change", feature: id, set: await askField(asking, feature, action) };
  }
}

type Field = Exclude<Action, "move" | "split" | "merge" | "drop">;

const NONE = "none";
const named = <Value extends string>(values: readonly Value[]) =>
  values.map((value) => ({ value, label: value }));
const orNone = <Value extends string>(values: readonly Value[]): Choice<Value | typeof NONE>[] => [
  ...named(values),
  { value: NONE, label: "Not said" },
];

async function askField(
  asking: Asking,
  feature: PlanFeature,
  field: Field,
): Promise<FeatureChange> {
  const list = async (message: string, initial: readonly string[]) =>
    partsOf(await asking.text(message, { initial: initial.join(", "), optional: true }));
  switch (field) {
    case "title":
      return { title: await asking.text("Its title?", { initial: feature.title }) };
    case "brief":
      return { brief: await asking.text("Its brief?", { initial: feature.brief ?? "" }) };
    case "agent":
      return { agent: await asking.choose("Who does it?", named(asking.agents ?? OWN_AGENTS)) };
    case "tier": {
      const tier = await asking.choose("Which tier?", orNone(TIERS));
      return { tier: tier === NONE ? undefined : tier };
    }
    case "size": {
      const size = await asking.choose("Which size?", orNone(SIZES));
      return { size: size === NONE ? undefined : size };
    }
    case "estimate":
      return { estimate: await askEstimate(asking, feature) };
    case "needs":
      return { dependsOn: await list("Ids of what it needs before?", feature.dependsOn) };
    case "touches":
      return { touches: await list("Folders or files that it changes?", feature.touches) };
    case "kind":
      return { kind: await asking.choose<FeatureKind>("Which kind?", named(RUNNABLE_KINDS)) };
  }
}

async function askEstimate(asking: Asking, { estimate }: PlanFeature) {
  const number = async (message: string, initial: number) => {
    const typed = await asking.text(message, { initial: String(initial) });
    if (/^\d+(\.\d+)?$/.test(typed)) return Number(typed);
    throw new Problem(EXIT.badInput, `${typed.slice(0, 40)} is no number.`, "Write one, as 0.5.");
  };
  return {
    usd: await number("USD?", estimate.usd),
    hours: await number("Hours?", estimate.hours),
    tokens: await number("Tokens?", estimate.tokens),
  };
}

async function askMove(asking: Asking, plan: Plan, id: string): Promise<PlanEdit> {
  const milestone = await asking.choose("To which milestone?", milestoneChoices(plan));
  const others = (plan.milestones.find((each) => each.id === milestone)?.features ?? []).filter(
    (each) => each.id !== id,
  );
  const place = await asking.choose<string>("Where?", [
    { value: "last", label: "Last" },
    ...others.map((each) => ({ value: each.id, label: `Before ${each.id} ${each.title}` })),
  ]);
  const where = place === "last" ? { milestone } : { before: place };
  return { kind: "move", feature: id, where };
}

async function askMerge(asking: Asking, plan: Plan, id: string): Promise<PlanEdit> {
  const { milestone } = placeOf(plan, id);
  const others = milestone.features.filter((each) => each.id !== id);
  if (others.length === 0) {
    throw new Problem(
      EXIT.badInput,
      `Feature ${id} is alone in its milestone.`,
      "Move another one there first.",
    );
  }
  const other = await asking.choose("Which one becomes part of it?", others.map(featureChoice));
  return { kind: "merge", features: [id, other] };
}

async function askDrop(asking: Asking, plan: Plan, id: string): Promise<PlanEdit | undefined> {
  const orphans = orphanedChecks(plan, [id]);
  if (orphans.length === 0) return { kind: "drop", features: [id] };
  const sentences = orphans.map(({ id: check, sentence }) => `${check} ${sentence}`).join("; ");
  const choice = await asking.choose(`Nobody would work towards: ${sentences}`, [
    { value: "person", label: "A person looks at them when the milestone ends" },
    { value: "drop", label: "Drop them as well" },
    BACK,
  ]);
  return choice === "back" ? undefined : { kind: "drop", features: [id], orphans: choice };
}
