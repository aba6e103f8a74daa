/** The plan of a recorded mission, from the blob store of this host. */
import type { Check, Plan, PlanFeature, PlanMilestone } from "../domain/plan.js";
import { EXIT, Problem } from "../domain/problem.js";
import { getBlob } from "../store/blobs.js";
import type { EnginePaths } from "../store/engine-paths.js";
import type { MissionRecord } from "../store/mission-record.js";
import { unknownFeature } from "./find-mission.js";

/** @throws Problem when the plan's file is not on this host. */
export async function readMissionPlan(paths: EnginePaths, record: MissionRecord): Promise<Plan> {
  try {
    const content = await getBlob(paths.blobs, record.planHash);
    return JSON.parse(content.toString("utf8")) as Plan;
  } catch (error) {
    throw new Problem(
      EXIT.notFound,
      `The plan of mission ${record.missionId} is not on this host.`,
      `Run this on the host that started it; ${record.folder}/mission.md has its outline.`,
      error,
    );
  }
}

export interface PlannedFeature {
  milestone: PlanMilestone;
  feature: PlanFeature;
  /** From 1. */
  position: number;
}

export const featuresOf = (plan: Plan): PlannedFeature[] =>
  plan.milestones.flatMap((milestone) =>
    milestone.features.map((feature, at) => ({ milestone, feature, position: at + 1 })),
  );

/** @throws Problem notFound when the plan has no such feature. */
export function findFeature(plan: Plan, missionId: string, id: string): PlannedFeature {
  const found = featuresOf(plan).find(({ feature }) => feature.id === id);
  if (found === undefined) throw unknownFeature(missionId, id);
  return found;
}

/** Between slashes it is an expression already; any other is plain text. */
const patternShown = (pattern: string) =>
  /^\/.+\/[imsu]*$/s.test(pattern) ? pattern : JSON.stringify(pattern);

/** How a check is verified, in one line. */
export function describeCheck({ verify }: Check): string {
  switch (verify.method) {
    case "bash":
      return `bash: ${verify.run}`;
    case "codebase":
      return `codebase: ${patternShown(verify.pattern)} in ${verify.path ?? "the repository"}`;
    case "browser":
      return `browser: ${verify.flow}`;
    case "person":
      return "a person (not seen by the engine)";
    case "citation":
    case "reply":
    case "receipt":
      return verify.method;
  }
}
