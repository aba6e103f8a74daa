/** The plan as a person has changed it so far, kept among the interview's files until the mission starts. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "../../domain/plan.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { writeWhole } from "../../store/files.js";
import { planToYaml } from "../../store/plan-yaml.js";

export const planInWorkPath = (
  { interviews }: Pick<EnginePaths, "interviews">,
  missionId: string,
) => join(interviews, `${missionId}.plan.yaml`);

/** @returns its path. */
export async function savePlanInWork(
  paths: Pick<EnginePaths, "interviews">,
  missionId: string,
  plan: Plan,
): Promise<string> {
  const path = planInWorkPath(paths, missionId);
  await writeWhole(path, planToYaml(plan), 0o600);
  return path;
}

/** Once the mission has its plan, or nobody wants it. */
export async function removePlanInWork(
  paths: Pick<EnginePaths, "interviews">,
  missionId: string,
): Promise<void> {
  await rm(planInWorkPath(paths, missionId), { force: true });
}
