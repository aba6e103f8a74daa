/** What of a running mission's plan cannot change any more. */
import type { FeatureStatus, MilestoneStatus } from "../mission.js";
import type { Plan } from "../plan.js";
import type { Violation } from "../plan-issues.js";
import { diffPlans } from "./plan-diff.js";

export interface FeatureProgress {
  status: FeatureStatus;
  attempts: number;
}

/** How far a mission is; what is not in the maps has not begun. */
export interface Progress {
  milestones: ReadonlyMap<string, MilestoneStatus>;
  features: ReadonlyMap<string, FeatureProgress>;
}

export const NOTHING_BEGUN: Progress = { milestones: new Map(), features: new Map() };

/** Its work is in the result: no plan changes it. */
export const isFinished = (feature: FeatureProgress | undefined): boolean =>
  feature !== undefined && (feature.status === "done" || feature.status === "integrating");

/** Work on it has begun and can be lost. What is blocked, skipped or cancelled waits for just such a change. */
export function isUnderway(feature: FeatureProgress | undefined): boolean {
  if (feature === undefined) return false;
  if (feature.status === "running" || feature.status === "waiting") return true;
  return feature.attempts > 0 && (feature.status === "queued" || feature.status === "pending");
}

export interface StoppedFeature {
  id: string;
  title: string;
  /** `drop`: it is in the new plan no more; `restart`: it begins anew as the new plan says. */
  then: "drop" | "restart";
}

/** Features at work that the new plan ends. */
export function stoppedFeatures(before: Plan, after: Plan, progress: Progress): StoppedFeature[] {
  const { changed, dropped } = diffPlans(before, after).features;
  return [
    ...dropped.map(({ id, title }) => ({ id, title, then: "drop" as const })),
    ...changed.map(({ id, title }) => ({ id, title, then: "restart" as const })),
  ].filter(({ id }) => isUnderway(progress.features.get(id)));
}

/**
 * Why a mission that is this far cannot go on with the new plan.
 * @param mayStop true: what runs may be stopped and done anew; false: it counts like what is finished.
 */
export function begunViolations(
  before: Plan,
  after: Plan,
  progress: Progress,
  mayStop: boolean,
): Violation[] {
  const violations = before.milestones.flatMap(({ id }, index): Violation[] => {
    const status = progress.milestones.get(id) ?? "pending";
    if (status === "pending" || after.milestones[index]?.id === id) return [];
    const sentence = `Milestone ${id} has begun and must stay where it is.`;
    return [{ sentence, remedy: "Change only milestones that come later." }];
  });
  const { milestones, features } = diffPlans(before, after);
  const over = (id: string) => {
    const status = progress.milestones.get(id);
    return status === "done" || status === "cancelled";
  };
  for (const { id, changes } of milestones.changed) {
    if (!over(id) || changes.every(({ field }) => field === "title" || field === "order")) continue;
    violations.push({
      sentence: `Milestone ${id} is done and its checks have been run.`,
      remedy: "Add the check to a milestone that is not done yet.",
    });
  }
  for (const { id, milestone } of features.added) {
    if (!over(milestone)) continue;
    violations.push({
      sentence: `Milestone ${milestone} is done, so that feature ${id} would never start.`,
      remedy: "Put it into a milestone that is not done yet.",
    });
  }
  const touched = [...features.changed, ...features.dropped];
  const fixed = touched.filter(({ id, milestone }) => {
    const feature = progress.features.get(id);
    return over(milestone) || isFinished(feature) || (!mayStop && isUnderway(feature));
  });
  if (fixed.length > 0) violations.push(fixedViolation(fixed, progress));
  return violations;
}

function fixedViolation(
  fixed: readonly { id: string; title: string }[],
  { features }: Progress,
): Violation {
  const named = fixed
    .slice(0, 10)
    .map(({ id, title }) => `${id} ${title} (${features.get(id)?.status ?? "done"})`);
  const more = fixed.length > named.length ? ` and ${fixed.length - named.length} more` : "";
  return {
    sentence: `The change touches what has begun or is done: ${named.join(", ")}${more}.`,
    remedy: "Leave these as they are, and add a feature that changes what they made.",
  };
}
