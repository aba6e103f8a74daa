/** The paid questions of a planning: the sort of a goal, the draft of a plan, its change. Each held to the rules before it counts. */
import { activityInfo } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { Plan } from "../domain/plan.js";
import type { PlanningOutcome, PlanningWork } from "../domain/planning/planning-work.js";
import { PLANNING } from "../domain/planning/planning-work.js";
import type { Scope } from "../domain/scope.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { PromptFolders } from "../store/prompts.js";
import { transcriptOf } from "./adapters/conversation.js";
import { scrub } from "./adapters/model-errors.js";
import type { Payer } from "./adapters/paid-call.js";
import type { RateLimits } from "./adapters/rate-limits.js";
import { failure } from "./attempt-failure.js";
import { assertStanding, openPaidWork, whileBeating } from "./paid-work.js";
import type { Beat, PaidWorkDependencies } from "./paid-work.js";
import { readStoredPlan } from "./plan.js";
import { handOverPlanning, keepPlanning, recallPlanning } from "./planning-memory.js";
import { questionOf } from "./planning-questions.js";
import type { Asked } from "./planning-questions.js";
import { askInRounds } from "./planning-rounds.js";
import type { BlobPort, EstimatePort, ModelAccessPort, PricePort } from "./ports.js";

export interface PlanningDependencies extends PaidWorkDependencies {
  blobs: BlobPort;
  models: ModelAccessPort;
  prices: PricePort;
  limits: RateLimits;
  prompts: PromptFolders;
  estimates: EstimatePort;
}

export function createPlanningActivities(deps: PlanningDependencies) {
  return {
    /**
     * Works on one paid question with one slice. Contract: heartbeats; safe to repeat (goes on from the last answer); on
     * cancellation ends normally as `stopped`.
     */
    async runPlanning(input: PlanningWork): Promise<PlanningOutcome> {
      return whileBeating((beat) => plan(deps, input, beat));
    },
  };
}

async function plan(
  deps: PlanningDependencies,
  input: PlanningWork,
  beat: Beat,
): Promise<PlanningOutcome> {
  const { missionId, n, slice, sliceOpened, task } = input;
  const payee = { missionId, milestoneId: PLANNING, featureId: `${n}`, slice, sliceOpened };
  const work = await openPaidWork(deps, payee, beat);
  if ("kind" in work) return work;
  const { run, cost } = work;

  const question = await questionOf(deps, task, await readAsked(deps.blobs, input));
  const opened = await deps.models.open(task.model);
  const payer: Payer = {
    run,
    prices: deps.prices,
    limits: deps.limits,
    rateLimitInlineMs: input.rateLimitInlineMs,
    opened,
    model: task.model,
    role: "orchestrator",
    system: question.system,
    extras: { kind: "object", name: task.kind, schema: question.schema },
    answer: question.answer,
  };
  const memory = await recallPlanning(deps.paths, deps.blobs, input, question.message);
  const rounds = await askInRounds({
    payer,
    memory,
    mostReplies: question.mostReplies,
    judge: question.judge,
    keep: () => keepPlanning(deps.paths, input, memory),
  });
  assertStanding(rounds.kind === "stopped");

  const said = async (outcome: string) => {
    const transcript = scrub(transcriptOf(memory.messages), opened.secrets);
    await appendFeatureEvent(deps.paths.features, missionId, `${PLANNING}-${n}`, {
      key: `planning/${slice.key}/${activityInfo().activityId}/${run.attempt}`,
      at: new Date(deps.clock.now()).toISOString(),
      attempt: run.attempt,
      kind: "attempt",
      agent: task.model,
      outcome,
      spent: run.account.spent(),
      calls: run.account.calls(),
      transcript: await deps.blobs.put(transcript, "transcript.md"),
      promptHash: question.promptHash,
    });
  };
  if (run.account.calls() > 0) await said(rounds.kind);
  switch (rounds.kind) {
    case "agreed":
      return { ...(await rounds.answer(memory.replies)), ...cost() };
    case "refused":
      return { kind: "failed", ...question.giveUp(rounds.violations), ...cost() };
    case "needs-more":
    case "wait-until":
    case "stopped":
      return { ...rounds, ...cost(), checkpoint: await handOverPlanning(deps.blobs, memory) };
  }
}

/** @throws ApplicationFailure MissingRecord, not retried, when something is not in the store. */
async function readAsked(blobs: BlobPort, { task }: PlanningWork): Promise<Asked> {
  const scope = await readJson<Scope>(blobs, task.scopeHash, "scope");
  if (task.kind !== "redraft") return { scope };
  const before: Plan = await readStoredPlan(blobs, task.planHash);
  const wish = await readJson<string>(blobs, task.wishHash, "wish");
  return { scope, change: { plan: before, fixed: task.fixed, wish } };
}

async function readJson<Content>(blobs: BlobPort, hash: string, what: string): Promise<Content> {
  try {
    return JSON.parse(Buffer.from(await blobs.get(hash)).toString("utf8")) as Content;
  } catch (error) {
    throw failure(
      FAILURE.missingRecord,
      `The ${what} of this planning is not in the store.`,
      true,
      error,
    );
  }
}
