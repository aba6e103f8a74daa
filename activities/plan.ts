/** Reads plans from the blob store for workflows and for other activities. */
import { createHash } from "node:crypto";
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { MilestoneOutline } from "../domain/mission.js";
import { outlineOf } from "../domain/outline.js";
import type { Plan, PlanFeature, PlanMilestone } from "../domain/plan.js";
import type { OutlineInput } from "../domain/work.js";
import { isMissing } from "../store/files.js";
import type { BlobPort } from "./ports.js";

/** Plans kept parsed; a host rarely works on more missions at once. */
const KEPT = 8;
const keptPlans = new WeakMap<BlobPort, Map<string, Promise<Plan>>>();

export function createPlanActivities({ blobs }: { blobs: BlobPort }) {
  return {
    /**
     * What a milestone workflow needs of its plan, at most PLAN_LIMITS.outlineBytes. Safe to repeat.
     * @throws ApplicationFailure MissingRecord, not retried, when plan or milestone is not there.
     */
    async readOutline({ planHash, milestoneId }: OutlineInput): Promise<MilestoneOutline> {
      const milestone = await readPlanMilestone(blobs, planHash, milestoneId);
      const { on_quota: onQuota } = await readStoredPlan(blobs, planHash);
      const outline = outlineOf(milestone);
      const features = outline.features.map((feature, index) => ({
        ...feature,
        digest: digestOf(milestone.features[index]),
      }));
      return { ...outline, features, ...(onQuota === undefined ? {} : { onQuota }) };
    },

    /** The mode of a plan, and its milestones with the number of their features. Safe to repeat. */
    async readMilestones({ planHash }: { missionId: string; planHash: string }) {
      const { milestones, mode } = await readStoredPlan(blobs, planHash);
      return {
        mode,
        milestones: milestones.map(({ id, title, features }) => ({
          id,
          title,
          features: features.length,
        })),
      };
    },
  };
}

/** Tells a changed feature from an unchanged one when a new plan arrives. */
const digestOf = (feature: PlanFeature | undefined) =>
  createHash("sha256")
    .update(JSON.stringify(feature ?? null))
    .digest("hex")
    .slice(0, 12);

/**
 * The plan under a hash; parsed once, so callers must not change it.
 * @throws ApplicationFailure MissingRecord, not retried, when it is not there or damaged; other errors of the store as they are.
 */
export async function readStoredPlan(blobs: BlobPort, planHash: string): Promise<Plan> {
  const plans = keptPlans.get(blobs) ?? new Map<string, Promise<Plan>>();
  keptPlans.set(blobs, plans);
  const reading = plans.get(planHash) ?? loadPlan(blobs, planHash);
  plans.delete(planHash); // to the young end
  plans.set(planHash, reading);
  const [oldest] = plans.keys();
  if (plans.size > KEPT && oldest !== undefined) plans.delete(oldest);
  try {
    return await reading;
  } catch (error) {
    if (plans.get(planHash) === reading) plans.delete(planHash);
    throw error;
  }
}

/** @throws ApplicationFailure MissingRecord as `readStoredPlan`, and when the plan has no such milestone. */
export async function readPlanMilestone(
  blobs: BlobPort,
  planHash: string,
  milestoneId: string,
): Promise<PlanMilestone> {
  const plan = await readStoredPlan(blobs, planHash);
  const milestone = plan.milestones.find(({ id }) => id === milestoneId);
  if (milestone === undefined) throw missing(`The plan has no milestone ${milestoneId}`);
  return milestone;
}

/** @throws ApplicationFailure MissingRecord as `readStoredPlan`, and when the plan has no such feature. */
export async function readPlanFeature(
  blobs: BlobPort,
  planHash: string,
  milestoneId: string,
  featureId: string,
): Promise<PlanFeature> {
  const milestone = await readPlanMilestone(blobs, planHash, milestoneId);
  const feature = milestone.features.find(({ id }) => id === featureId);
  if (feature === undefined) throw missing(`The plan has no feature ${featureId}`);
  return feature;
}

async function loadPlan(blobs: BlobPort, planHash: string): Promise<Plan> {
  let content: Uint8Array;
  try {
    content = await blobs.get(planHash);
  } catch (error) {
    if (isMissing(error)) throw missing(`The plan ${planHash} is not in the store`, error);
    throw error;
  }
  if (createHash("sha256").update(content).digest("hex") !== planHash) {
    throw missing(`The plan ${planHash} is damaged in the store`);
  }
  return JSON.parse(Buffer.from(content).toString("utf8")) as Plan;
}

function missing(message: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: FAILURE.missingRecord,
    nonRetryable: true,
    ...(cause instanceof Error ? { cause } : {}),
  });
}
