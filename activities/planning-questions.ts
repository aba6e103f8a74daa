/** What is asked in each sort of planning, and how its answer is judged. */
import type { EstimateBasis } from "../domain/estimates/estimate.js";
import { estimatePlan, withEstimates } from "../domain/estimates/estimate-plan.js";
import type { Plan } from "../domain/plan.js";
import type { Violation } from "../domain/plan-issues.js";
import { planViolations } from "../domain/plan-rules.js";
import { draftViolations } from "../domain/planning/draft-rules.js";
import { levelViolations } from "../domain/planning/level-rules.js";
import { draftOfPlan } from "../domain/planning/plan-as-draft.js";
import { planFromDraft } from "../domain/planning/plan-from-draft.js";
import { ANSWER_TOKENS, PLANNER_LIMITS } from "../domain/planning/planner-limits.js";
import type { PlanningOutcome, PlanningTask } from "../domain/planning/planning-work.js";
import { objectIn, readDraft } from "../domain/planning/read-draft.js";
import { Problem } from "../domain/problem.js";
import { readPlan } from "../domain/read-plan.js";
import {
  classificationJsonSchema,
  draftJsonSchema,
  readWrittenClassification,
} from "../domain/schemas/draft.js";
import type { Scope } from "../domain/scope.js";
import type { AttemptCost } from "../domain/work.js";
import { canonicalPlanJson } from "../store/plan-yaml.js";
import { readPrompt } from "../store/prompts.js";
import type { PromptFolders } from "../store/prompts.js";
import type { AnswerTokens } from "./metering.js";
import { changeMessage, goalMessage, scopeMessage, withSchema } from "./planning-prompt.js";
import type { Judged } from "./planning-rounds.js";
import type { BlobPort, EstimatePort } from "./ports.js";

export interface Asked {
  scope: Scope;
  change?: { plan: Plan; fixed: readonly string[]; wish: string };
}

type WithoutCost<Outcome> = Outcome extends unknown ? Omit<Outcome, keyof AttemptCost> : never;
/** How a planning ends well. */
export type Agreed = WithoutCost<Extract<PlanningOutcome, { kind: "classified" | "drafted" }>>;

export interface PlanningQuestion {
  system: string;
  promptHash: string;
  schema: object;
  message: string;
  answer: AnswerTokens;
  mostReplies: number;
  /** The answer in hand, as what to do with it once it is agreed on. */
  judge: (text: string) => Judged<(replies: number) => Promise<Agreed>>;
  giveUp: (violations: readonly Violation[]) => { reason: string; remedy: string };
}

export interface PlanningQuestionDependencies {
  blobs: BlobPort;
  prompts: PromptFolders;
  estimates: EstimatePort;
}

export const questionOf = (
  deps: PlanningQuestionDependencies,
  task: PlanningTask,
  asked: Asked,
): Promise<PlanningQuestion> =>
  task.kind === "classify" ? classifyQuestion(deps, asked) : planQuestion(deps, task.kind, asked);

async function classifyQuestion(
  { prompts }: PlanningQuestionDependencies,
  { scope }: Asked,
): Promise<PlanningQuestion> {
  const prompt = await readPrompt(prompts, "classify");
  const schema = classificationJsonSchema();
  return {
    system: withSchema(prompt.text, schema),
    promptHash: prompt.sha256,
    schema,
    message: goalMessage(scope),
    answer: ANSWER_TOKENS.classify,
    // An opinion is not worth a second answer's price.
    mostReplies: 1,
    judge: (text) => {
      const opinion = readWrittenClassification(objectIn(text));
      if (opinion === undefined) return { violations: [NO_OPINION] };
      const { type, why } = opinion;
      const line = why.replaceAll(/\s+/gu, " ").slice(0, 300);
      return { answer: () => Promise.resolve({ kind: "classified", type, why: line }) };
    },
    giveUp: ([violation]) => ({
      reason: violation?.sentence ?? NO_OPINION.sentence,
      remedy: NO_OPINION.remedy,
    }),
  };
}

const NO_OPINION: Violation = {
  sentence: "The model's opinion on the sort of goal could not be read.",
  remedy: "Say yourself what sort of goal it is.",
};

async function planQuestion(
  deps: PlanningQuestionDependencies,
  kind: "draft" | "redraft",
  { scope, change }: Asked,
): Promise<PlanningQuestion> {
  const prompt = await readPrompt(deps.prompts, kind === "draft" ? "orchestrator" : "replan");
  const schema = draftJsonSchema();
  // Before anything is paid: prices that nobody knows are a person's to mend, not the model's.
  const basis = await deps.estimates.basis(change?.plan.model_routing ?? scope.routing);
  return {
    system: withSchema(prompt.text, schema),
    promptHash: prompt.sha256,
    schema,
    message: [
      scopeMessage(scope),
      ...(change === undefined
        ? []
        : [changeMessage(draftOfPlan(change.plan), change.fixed, change.wish)]),
    ].join("\n\n"),
    answer: ANSWER_TOKENS.draft,
    mostReplies: PLANNER_LIMITS.replies,
    judge: (text) => {
      const read = readDraft(text);
      if ("violations" in read) return read;
      const { draft } = read;
      const violations = draftViolations(draft, scope, change);
      const drafted = planFromDraft(draft, scope, change?.plan);
      violations.push(...planViolations(drafted));
      if (violations.length > 0) return { violations };
      const estimated = estimate(drafted, basis, change?.plan);
      if ("violations" in estimated) return estimated;
      return {
        answer: async (rounds) => {
          const { sha256 } = await deps.blobs.put(canonicalPlanJson(estimated.plan), "plan.json");
          const notes = draft.notes.slice(0, PLANNER_LIMITS.notes).map(asNote);
          return {
            kind: "drafted",
            planHash: sha256,
            rounds,
            promptHash: prompt.sha256,
            notes,
          };
        },
      };
    },
    giveUp: (violations) => ({
      reason: explain(violations),
      remedy:
        "Say more in the goal, lower the outcome level or raise the budget, and plan again; or plan without a model.",
    }),
  };
}

/** The whole plan must also pass the one door for plans. */
function estimate(
  drafted: Plan,
  basis: EstimateBasis | undefined,
  before: Plan | undefined,
): { plan: Plan } | { violations: Violation[] } {
  let estimated = drafted;
  if (basis !== undefined) {
    const violations = levelViolations(estimatePlan(drafted, basis), drafted.budget);
    if (violations.length > 0) return { violations };
    estimated = keepOwn(drafted, withEstimates(drafted, basis), before);
  }
  try {
    return { plan: readPlan(estimated) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { violations: [{ sentence: error.message, remedy: error.remedy }] };
  }
}

/** Features that a change left alone keep what stood with them, also estimates that a person wrote. */
function keepOwn(drafted: Plan, estimated: Plan, before: Plan | undefined): Plan {
  const own = new Set(before?.milestones.flatMap(({ features }) => features));
  const milestones = estimated.milestones.map((milestone, m) => ({
    ...milestone,
    features: milestone.features.map((feature, f) => {
      const as = drafted.milestones[m]?.features[f];
      return as !== undefined && own.has(as) ? as : feature;
    }),
  }));
  return { ...estimated, milestones };
}

const asNote = (note: string) =>
  note.replaceAll(/\s+/gu, " ").trim().slice(0, PLANNER_LIMITS.noteCharacters);

/** Violations as they fit into a workflow's result. */
function explain(violations: readonly Violation[]): string {
  const told = violations.slice(0, 8).map(({ sentence }) => `  - ${sentence}`.slice(0, 160));
  const more = violations.length - told.length;
  if (more > 0) told.push(`  - and ${more} more`);
  return [
    `No plan came that keeps the rules; the last of ${PLANNER_LIMITS.replies} answers had these faults:`,
    ...told,
  ].join("\n");
}
