/** Negative control: a check that passes before the work is done says nothing about the work. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../domain/plan.js";
import { partBefore } from "../domain/planning/part-ids.js";
import type { FeatureRef, Workspace } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { isMissing } from "../store/files.js";
import type { Git } from "../store/git.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { checkOut } from "./adapters/checkout.js";
import { type CheckPlace, runCheck } from "./check-run.js";
import { milestoneBase } from "./milestone-base.js";
import { openFeatureRepository } from "./mission-place.js";
import { readPlanMilestone } from "./plan.js";
import type { BlobPort } from "./ports.js";
import { removeFolder } from "./remove-folder.js";

/**
 * Controls of one workspace: the base commit is checked out when first needed; each answer is kept beside the workspace. The
 * later part of a split is held against the base of the part before, which may have done more than its own.
 */
export async function openControls(
  deps: { paths: EnginePaths; git: Git; blobs: BlobPort },
  feature: FeatureRef,
  workspace: Workspace,
  here: CheckPlace,
) {
  const { paths, git } = deps;
  const place = workspacePaths(paths.workspaces, workspace.name);
  const file = join(place.attempt, "controls.json");
  const known = await readKnown(file);
  const dir = join(place.attempt, "..", "control");
  let base: { commit?: string } | undefined;
  let checkedOut = false;

  return {
    async passesOnBase(check: Check): Promise<boolean> {
      base ??= await controlBase(deps, feature, workspace);
      const { commit } = base;
      if (commit === undefined) return false;
      const key = keyOf(commit, check);
      const answer = known[key];
      if (answer !== undefined) return answer;
      if (!checkedOut) {
        await removeFolder(dir);
        const { gitDir } = await openFeatureRepository(deps, feature);
        await checkOut(git, gitDir, dir, commit, "control");
        checkedOut = true;
      }
      const { passed } = await runCheck(check, { ...here, dir });
      known[key] = passed;
      await writeFile(file, JSON.stringify(known));
      return passed;
    },
    close: () => (checkedOut ? removeFolder(dir) : Promise.resolve()),
  };
}

/** No commit where the part before left none: then there is nothing to hold a check against. */
async function controlBase(
  deps: { paths: EnginePaths; git: Git; blobs: BlobPort },
  feature: FeatureRef,
  { baseCommit }: Workspace,
): Promise<{ commit?: string }> {
  const { missionId, planHash, milestoneId, featureId } = feature;
  const { features } = await readPlanMilestone(deps.blobs, planHash, milestoneId);
  const before = partBefore(featureId, new Set(features.map(({ id }) => id)));
  const first = features.filter(({ id }) => id === before);
  if (first.length === 0) return { commit: baseCommit };
  const { gitDir } = await openFeatureRepository(deps, feature);
  const commit = await milestoneBase(deps.git, gitDir, baseCommit, missionId, { features: first });
  return commit === undefined ? {} : { commit };
}

const keyOf = (baseCommit: string, { verify }: Check) =>
  createHash("sha256")
    .update(JSON.stringify([baseCommit, verify]))
    .digest("hex");

async function readKnown(file: string): Promise<Record<string, boolean>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, boolean>;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}
