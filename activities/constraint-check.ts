/** The plan's checked constraints, held against what a feature changed: by the engine itself, after the feature's own checks. */
import { type ConstraintVerdict, judgeConstraints } from "../domain/constraints.js";
import type { CheckedConstraints } from "../domain/plan.js";
import type { FeatureRef, Workspace } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import type { Git } from "../store/git.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { engineRepositoryName } from "./adapters/engine-repository.js";
import { createTrees } from "./adapters/trees.js";
import { readCheckedChange } from "./checked-change.js";
import { openFeatureRepository, repositoryOf } from "./mission-place.js";
import type { BlobPort } from "./ports.js";

/** May be repeated; the workspace stays as it is. @throws GitFailure */
export async function checkConstraints(
  { git, paths, blobs }: { git: Git; paths: EnginePaths; blobs: BlobPort },
  feature: FeatureRef,
  workspace: Workspace,
  checked: CheckedConstraints,
): Promise<ConstraintVerdict[]> {
  const base = workspace.baseCommit;
  if (base === "") return judgeConstraints(checked, undefined);
  const { gitDir } = await openFeatureRepository({ git, paths, blobs }, feature);
  const name = engineRepositoryName(feature.missionId, await repositoryOf(blobs, feature));
  const dir = workspacePaths(paths.workspaces, workspace.name).tree;
  const tree = await createTrees({ git, paths }).snapshot(name, dir);
  const change = await readCheckedChange({ git, gitDir, dir, base, tree }, checked);
  return judgeConstraints(checked, change);
}
