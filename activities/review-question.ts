/** What a review is asked: whom, and about which change. */
import { EXIT, Problem } from "../domain/problem.js";
import { mergeRouting, modelFor } from "../domain/routing.js";
import type { ModelRouting, PlanFeature } from "../domain/plan.js";
import type { ReviewInput } from "../domain/shipping-work.js";
import type { FeatureRef } from "../domain/work.js";
import { readFeatureEvents } from "../store/feature-record.js";
import type { Git } from "../store/git.js";
import type { PromptFolders } from "../store/prompts.js";
import type { RateLimits } from "./adapters/rate-limits.js";
import { readFeatureDiff } from "./feature-diff.js";
import { worstCost } from "./metering.js";
import type { PaidWorkDependencies } from "./paid-work.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import type { BlobPort, ModelAccessPort, OpenedModel, PricePort } from "./ports.js";
import { reviewMessage } from "./review-prompt.js";
import { openFeatureRepository } from "./mission-place.js";

const WHY_CHARACTERS = 600;

export interface ReviewDependencies extends PaidWorkDependencies {
  git: Git;
  blobs: BlobPort;
  models: ModelAccessPort;
  prices: PricePort;
  limits: RateLimits;
  prompts: PromptFolders;
  scrub: (text: string) => string;
}

/** The model of the validation tier, when it can be called and paid; nobody reviews with another than that. */
export async function findReviewer(
  deps: ReviewDependencies,
  { feature: ref, commit }: ReviewInput,
): Promise<{ model: string; opened: OpenedModel } | { why: string }> {
  if (commit === "") return { why: "There is no commit to look at." };
  const plan = await readStoredPlan(deps.blobs, ref.planHash);
  const feature = await readPlanFeature(deps.blobs, ref.planHash, ref.milestoneId, ref.featureId);
  return findValidationModel(deps, plan.model_routing, feature);
}

/** @param feature whose model is taken where nothing else is said. */
export async function findValidationModel(
  deps: Pick<ReviewDependencies, "models" | "prices">,
  planned: ModelRouting,
  feature?: PlanFeature,
): Promise<{ model: string; opened: OpenedModel } | { why: string }> {
  const routing = mergeRouting(deps.models.defaultRouting(), planned);
  // A model that the feature names is the one that builds it: it reviews only where nothing else is said.
  const model =
    modelFor(routing, undefined, "validation") ?? modelFor(routing, feature, "validation");
  if (model === undefined)
    return {
      why: "No model is named for validation: set model_routing.validation in the plan or routing in settings.yaml.",
    };
  try {
    const opened = await deps.models.open(model);
    worstCost(deps.prices, model, 1, 1); // an unknown price is said before anything is paid
    return { model, opened };
  } catch (error) {
    if (!(error instanceof Problem) || error.exitCode !== EXIT.noModel) throw error;
    return { why: `${error.message} ${error.remedy}`.slice(0, WHY_CHARACTERS) };
  }
}

/** What is asked, and the changed files that findings may be about. */
export async function reviewQuestion(
  deps: ReviewDependencies,
  { feature: ref, ...input }: ReviewInput,
) {
  const { planHash, milestoneId, featureId } = ref;
  const plan = await readStoredPlan(deps.blobs, planHash);
  const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
  const { gitDir } = await openFeatureRepository(deps, ref);
  const diff = await readFeatureDiff(deps.git, gitDir, input.workspace.baseCommit, input.commit);
  const evidence = await readEvidence(deps, ref);
  const message = reviewMessage({ plan, feature, round: input.round, evidence, diff });
  return { message, files: new Set(diff.files) };
}

/** What the last run of the checks left, where it is on this host. */
async function readEvidence(deps: ReviewDependencies, { missionId, featureId }: FeatureRef) {
  const events = await readFeatureEvents(deps.paths.features, missionId, featureId);
  const last = events.findLast((event) => event.kind === "checks");
  if (last?.kind !== "checks" || last.evidence === undefined) return undefined;
  const blob = await deps.blobs.get(last.evidence.sha256).catch(() => undefined);
  return blob && Buffer.from(blob).toString("utf8");
}
