/** Reads a feature's text from the plan's blob. Plans are large and never change, so the last few are kept parsed. */
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import type { FeatureRef } from "../domain/work.js";
import type { BlobPort } from "./ports.js";

const KEPT = 4;

export function createPlanReader(blobs: BlobPort) {
  const kept = new Map<string, Promise<Plan>>();

  const readPlan = (hash: string): Promise<Plan> => {
    const known = kept.get(hash);
    if (known !== undefined) return known;
    const read = blobs.get(hash).then((bytes) => JSON.parse(Buffer.from(bytes).toString()) as Plan);
    kept.set(hash, read);
    read.catch(() => kept.delete(hash));
    for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
    return read;
  };

  /** @throws MissingRecord when plan or feature is not there. */
  return async (ref: FeatureRef): Promise<{ plan: Plan; feature: PlanFeature }> => {
    const plan = await readPlan(ref.planHash).catch((cause: unknown) => {
      throw missing(`The plan ${ref.planHash.slice(0, 12)} is not in this host's store.`, cause);
    });
    const milestone = plan.milestones.find(({ id }) => id === ref.milestoneId);
    const feature = milestone?.features.find(({ id }) => id === ref.featureId);
    if (feature === undefined) throw missing(`The plan has no feature ${ref.featureId}.`);
    return { plan, feature };
  };
}

function missing(message: string, cause?: unknown) {
  return ApplicationFailure.create({
    message,
    type: FAILURE.missingRecord,
    nonRetryable: true,
    ...(cause instanceof Error ? { cause } : {}),
  });
}
