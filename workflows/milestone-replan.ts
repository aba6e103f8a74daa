/** A new plan reaches a running milestone: finished work is untouched, running work that changed is ended and done anew. */
import { reads } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { featureStopSignal } from "./messages.js";
import { closeFeatureGate } from "./milestone-gates.js";
import { dropSlice } from "./milestone-slices.js";
import type { Milestone } from "./milestone-work.js";

const DROPPED = "dropped by a new plan";

/** Applies the plan that was asked for last. */
export async function applyReplan(milestone: Milestone): Promise<void> {
  const { input, state } = milestone;
  const planHash = state.replanTo;
  if (planHash === undefined) return;
  delete state.replanTo;
  let outline;
  try {
    outline = await reads(input.homeQueue, "outline of the new plan").readOutline({
      missionId: input.missionId,
      planHash,
      milestoneId: input.milestoneId,
    });
  } catch (error) {
    milestone.story("decision", `The new plan was not applied: ${explainFailure(error)}`);
    return;
  }
  const before = new Map(milestone.outline().features.map((feature) => [feature.id, feature]));
  const after = new Map(outline.features.map((feature) => [feature.id, feature]));
  const settled = ["done", "integrating"];
  const kept = [...before.values()].filter(
    ({ id }) => !after.has(id) && settled.includes(milestone.entry(id).status),
  );
  state.planHash = planHash;
  state.validated = false;
  milestone.replaceOutline({ ...outline, features: [...kept, ...outline.features] });
  for (const id of before.keys()) {
    const entry = milestone.entry(id);
    if (settled.includes(entry.status)) continue;
    const next = after.get(id);
    const isChanged = next !== undefined && next.digest !== entry.digest;
    if (next === undefined) {
      if (milestone.runningIds().includes(id)) stop(milestone, id, "drop");
      else {
        closeFeatureGate(milestone, id, DROPPED);
        dropSlice(milestone, id);
        milestone.setStatus(id, "skipped", DROPPED);
      }
    } else if (isChanged) {
      if (next.digest !== undefined) entry.digest = next.digest;
      if (milestone.runningIds().includes(id)) stop(milestone, id, "restart");
      else if (entry.status === "blocked" || entry.status === "skipped") {
        closeFeatureGate(milestone, id, "changed by a new plan");
        milestone.setStatus(id, "pending", "changed by a new plan");
      }
    }
  }
  for (const id of after.keys()) {
    const entry = milestone.entry(id);
    if (before.has(id) || entry.status !== "skipped") continue;
    milestone.setStatus(id, "pending", "back in the plan");
  }
  milestone.story(
    "decision",
    `Milestone ${input.milestoneId} goes on with plan ${planHash.slice(0, 12)}`,
  );
}

function stop(milestone: Milestone, id: string, after: "drop" | "restart"): void {
  milestone.entry(id).after = after;
  milestone.tellFeature(id, featureStopSignal, { why: "changed by a new plan" });
}
