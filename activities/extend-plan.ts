/** New versions of the plan that the engine itself makes: fix features, and parts of a feature that was too large. */
import type { Plan } from "../domain/plan.js";
import { legal } from "../domain/planning/extend-plan.js";
import { withFix } from "../domain/planning/fix-feature.js";
import { withSplit } from "../domain/planning/split-feature.js";
import type { PlanExtension } from "../domain/planning/plan-extension.js";
import type { ExtendPlanInput, ExtendPlanOutcome } from "../domain/validation-work.js";
import { canonicalPlanJson } from "../store/plan-yaml.js";
import { readStoredPlan } from "./plan.js";
import type { BlobPort } from "./ports.js";
import { readReport } from "./validation-reports.js";

const WHY = 600;

export interface ExtendPlanDependencies {
  blobs: BlobPort;
}

export function createExtendPlanActivities({ blobs }: ExtendPlanDependencies) {
  return {
    /**
     * Keeps a new plan in the store. Safe to repeat: the same input gives the same plan.
     * @throws ApplicationFailure MissingRecord, not retried, when plan or report is not there.
     */
    async extendPlan({
      planHash,
      milestoneId,
      change,
    }: ExtendPlanInput): Promise<ExtendPlanOutcome> {
      const plan = await readStoredPlan(blobs, planHash);
      const extension = legal(await extended(blobs, plan, milestoneId, change));
      if (extension.kind === "impossible")
        return { kind: "impossible", why: extension.why.slice(0, WHY) };
      const stored = await blobs.put(canonicalPlanJson(extension.plan), "plan.json");
      const { added, removed } = extension;
      return { kind: "extended", planHash: stored.sha256, added, removed };
    },
  };
}

async function extended(
  blobs: BlobPort,
  plan: Plan,
  milestoneId: string,
  change: ExtendPlanInput["change"],
): Promise<PlanExtension> {
  switch (change.kind) {
    case "fix":
      return withFix(plan, milestoneId, await readReport(blobs, change.report));
    case "split":
      return withSplit(plan, change.featureId);
  }
}
