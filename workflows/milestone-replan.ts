/** A new plan reaches a running milestone: finished work is untouched, running work that changed is ended and done anew. */
import type { FeatureStatus, MilestoneOutline } from "../domain/mission.js";
import { reads } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { featureStopSignal } from "./messages.js";
import { closeFeatureGate } from "./milestone-gates.js";
import { dropSlice } from "./milestone-slices.js";
import { resetRounds } from "./milestone-rounds.js";
import type { MilestoneState } from "./milestone-state.js";
import { forgetRecovery, isResting } from "./milestone-stops.js";
import type { Milestone } from "./milestone-work.js";

const DROPPED = "dropped by a new plan";
const NOT_LOST: readonly FeatureStatus[] = ["done", "integrating", "skipped"];

/** Applies the plan that was asked for last, of a person or of the engine itself. */
export async function applyReplan(milestone: Milestone): Promise<void> {
  const { input, state } = milestone;
  const planHash = state.replanTo;
  if (planHash === undefined) return;
  const { extending } = state;
  delete state.replanTo;
  delete state.extending;
  state.reading = planHash;
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
  } finally {
    delete state.reading;
  }
  if (extending?.to === planHash) noteExtended(milestone, extending);
  else noteReplanned(milestone, outline, extending?.added ?? []);
  takeOutline(milestone, planHash, outline);
  if (extending?.to === planHash) return;
  milestone.story(
    "decision",
    `Milestone ${input.milestoneId} goes on with plan ${planHash.slice(0, 12)}`,
  );
}

/** The mission is told of all extensions together. */
function noteExtended(
  { state }: Milestone,
  { from, to, added }: NonNullable<MilestoneState["extending"]>,
): void {
  state.extended = { from: state.extended?.from ?? from, to };
  state.added = [...(state.added ?? []), ...added];
}

/** A person's plan answers the gate of validation, and is in the place of what the engine had added to the one before. */
function noteReplanned(
  milestone: Milestone,
  { features }: MilestoneOutline,
  overtaken: readonly string[],
): void {
  const { state, input } = milestone;
  if (input.validation === undefined) return;
  const known = new Set(features.map(({ id }) => id));
  const lost = [...(state.added ?? []), ...overtaken].filter(
    (id) => !known.has(id) && !NOT_LOST.includes(state.features[id]?.status ?? "pending"),
  );
  // Nobody decided that: the plan may have been made before.
  if (lost.length > 0)
    milestone.story(
      "decision",
      `The new plan has no ${lost.join(", ")}, which the engine had added: dropped; the next validation says what is still to be mended`,
    );
  delete state.extended;
  delete state.decision;
  resetRounds(milestone);
  if (state.milestoneGate === undefined) return;
  milestone.closeGate(state.milestoneGate, "a new plan came");
  delete state.milestoneGate;
}

/** Finished work is untouched; running work that changed is ended. */
function takeOutline(milestone: Milestone, planHash: string, outline: MilestoneOutline): void {
  const { state } = milestone;
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
        const { parts } = entry.recovery ?? {};
        forgetRecovery(state, id);
        const note = parts === undefined ? DROPPED : `became ${parts.join(" and ")}`;
        milestone.setStatus(id, "skipped", note);
      }
    } else if (isChanged) {
      if (next.digest !== undefined) entry.digest = next.digest;
      if (milestone.runningIds().includes(id)) stop(milestone, id, "restart");
      else if (entry.status === "blocked" || entry.status === "skipped" || isResting(entry)) {
        closeFeatureGate(milestone, id, "changed by a new plan");
        milestone.setStatus(id, "pending", "changed by a new plan");
      }
      forgetRecovery(state, id);
    }
  }
  for (const id of after.keys()) {
    const entry = milestone.entry(id);
    if (before.has(id) || entry.status !== "skipped") continue;
    milestone.setStatus(id, "pending", "back in the plan");
  }
}

function stop(milestone: Milestone, id: string, after: "drop" | "restart"): void {
  milestone.entry(id).after = after;
  milestone.tellFeature(id, featureStopSignal, { why: "changed by a new plan" });
}
