/** The menu in which a person changes a plan until it is right: rules, figures and differences after each change. */
import { OUTCOME_LEVELS, type OutcomeLevel } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { diffLines, diffPlans } from "../../domain/planning/plan-diff.js";
import { editPlan, type PlanEdit } from "../../domain/planning/edits.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { readPlan } from "../../domain/read-plan.js";
import type { Context } from "../context.js";
import type { Choice, Streams } from "../terminal/ask.js";
import { cleanLine } from "../terminal/clean.js";
import { agentNames, knownAgents } from "../start/agents.js";
import { createAsking, type Asking } from "./asking.js";
import { editPlanAsYaml } from "./editor.js";
import { askFeatureEdit } from "./feature-edits.js";
import { askMilestoneEdit } from "./milestone-edits.js";

export interface Adjusting<Ending extends string> {
  plan: Plan;
  /** What ends the menu, beside Ctrl-C; the first stands on top. */
  endings: [Choice<Ending>, ...Choice<Ending>[]];
  /** Levels and figures of a plan, as lines. */
  summary: (plan: Plan) => Promise<string[]>;
  /** The plan changed by a model as a sentence says. */
  redraft?: ((wish: string, plan: Plan) => Promise<Plan>) | undefined;
  changeLevel?: ((level: OutcomeLevel, plan: Plan) => Promise<Plan>) | undefined;
  /** What must hold beside the rules. @throws Problem */
  check?: ((plan: Plan) => void) | undefined;
  /** Ids of earlier versions, which are not given again. */
  everUsed?: Iterable<string> | undefined;
  /** Called before anything is asked and after each change. */
  keep?: ((plan: Plan) => Promise<void>) | undefined;
  streams?: Streams | undefined;
}

type Step = "features" | "milestones" | "mode" | "level" | "redraft" | "yaml" | "undo";

/** @throws Problem interrupted on Ctrl-C; what `keep` was last given is the plan as it was then. */
export async function adjustPlan<Ending extends string>(
  context: Context,
  adjusting: Adjusting<Ending>,
): Promise<{ plan: Plan; ending: Ending }> {
  const asking = createAsking(adjusting.streams, agentNames(knownAgents(context)));
  const { keep = () => Promise.resolve(), endings } = adjusting;
  const [first, ...rest] = endings;
  const past: Plan[] = [];
  let { plan } = adjusting;
  await keep(plan);
  await show(context, adjusting, plan);
  for (;;) {
    const undo: Choice<Step>[] =
      past.length === 0 ? [] : [{ value: "undo", label: "Take the last change back" }];
    const options: Choice<Ending | Step>[] = [first, ...stepsOf(adjusting), ...undo, ...rest];
    const chosen = await asking.choose("What about this plan?", options);
    const ending = endings.find(({ value }) => value === chosen);
    if (ending !== undefined) return { plan, ending: ending.value };
    const before = plan;
    const after =
      chosen === "undo"
        ? past.pop()
        : await attempt(context, () =>
            take(context, adjusting, asking, before, chosen as Exclude<Step, "undo">),
          );
    if (after === undefined || after === before) continue;
    if (chosen !== "undo") past.push(before);
    plan = after;
    await keep(plan);
    for (const line of diffLines(diffPlans(before, plan))) context.output.note(cleanLine(line));
    await show(context, adjusting, plan);
  }
}

function stepsOf<Ending extends string>({
  redraft,
  changeLevel,
}: Adjusting<Ending>): Choice<Step>[] {
  return [
    { value: "features", label: "Adjust features", hint: "add, drop, split, merge, move, change" },
    { value: "milestones", label: "Adjust milestones", hint: "add, drop, move, rename" },
    { value: "mode", label: "Change the mode" },
    ...(changeLevel === undefined
      ? []
      : [
          {
            value: "level" as const,
            label: "Change the outcome level",
            hint: "planned anew: changes made here go",
          },
        ]),
    ...(redraft === undefined
      ? []
      : [{ value: "redraft" as const, label: "Say what is wrong", hint: "a model changes it" }]),
    { value: "yaml", label: "Edit it as YAML", hint: "in your editor" },
  ];
}

/** A change that cannot be made is told, and the plan stays. */
async function attempt<T>({ output }: Context, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.exitCode === EXIT.interrupted) throw error;
    for (const line of `${error.message}\n${error.remedy}`.split("\n"))
      output.note(cleanLine(line));
    return undefined;
  }
}

async function show<Ending extends string>(
  context: Context,
  { summary }: Adjusting<Ending>,
  plan: Plan,
): Promise<void> {
  await attempt(context, async () => {
    for (const line of await summary(plan)) context.output.note(line);
  });
}

/** @returns the plan given when nothing was changed. */
async function take<Ending extends string>(
  context: Context,
  { redraft, changeLevel, check = () => undefined, everUsed }: Adjusting<Ending>,
  asking: Asking,
  plan: Plan,
  step: Exclude<Step, "undo">,
): Promise<Plan> {
  const checked = (after: Plan) => {
    if (after !== plan) check(after);
    return after;
  };
  const edited = (edit: PlanEdit | undefined) =>
    edit === undefined ? plan : checked(editPlan(plan, [edit], everUsed));
  switch (step) {
    case "features":
      return edited(await askFeatureEdit(asking, plan));
    case "milestones":
      return edited(await askMilestoneEdit(asking, plan));
    case "mode": {
      const mode = await asking.choose("Which mode?", [
        {
          value: "poc",
          label: "POC",
          hint: "straight onto one branch, one piece of code after the other",
        },
        {
          value: "full",
          label: "Full",
          hint: "a workspace and a branch for each feature, side by side",
        },
      ]);
      return mode === plan.mode ? plan : edited({ kind: "mode", mode });
    }
    case "level": {
      const levels = OUTCOME_LEVELS.map((value) => ({ value, label: LEVEL_LABELS[value] }));
      const level = await asking.choose("Which outcome level?", levels);
      return changeLevel === undefined ? plan : checked(readPlan(await changeLevel(level, plan)));
    }
    case "redraft": {
      const wish = await asking.text("What is wrong with it?");
      return redraft === undefined ? plan : checked(readPlan(await redraft(wish, plan)));
    }
    case "yaml":
      return editPlanAsYaml(context, plan, check);
  }
}

const LEVEL_LABELS: Record<OutcomeLevel, string> = {
  mvp: "MVP",
  production: "Production-ready",
  polished: "Polished",
};
