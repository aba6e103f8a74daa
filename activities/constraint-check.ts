/** The plan's checked constraints, and what a feature did to the repository's own checks: held against its change by the engine itself. */
import { type ConstraintVerdict, judgeConstraints } from "../domain/constraints.js";
import { blocks, type Finding } from "../domain/findings.js";
import { remedyOf } from "../domain/lies/lies.js";
import type { CheckedConstraints, PlanFeature } from "../domain/plan.js";
import type { FeatureRef, Workspace } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import type { Git } from "../store/git.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { engineRepositoryName } from "./adapters/engine-repository.js";
import { createTrees } from "./adapters/trees.js";
import type { CheckedRun } from "./check-report.js";
import { type ChangePlace, readCheckedChange } from "./checked-change.js";
import { findLies } from "./lies.js";
import { openFeatureRepository, repositoryOf } from "./mission-place.js";
import type { BlobPort } from "./ports.js";

/** The workspace's files as a tree in the engine's repository; undefined for plain folders. @throws GitFailure */
export async function openFeatureChange(
  { git, paths, blobs }: { git: Git; paths: EnginePaths; blobs: BlobPort },
  feature: FeatureRef,
  workspace: Workspace,
): Promise<ChangePlace | undefined> {
  const base = workspace.baseCommit;
  if (base === "") return undefined;
  const { gitDir } = await openFeatureRepository({ git, paths, blobs }, feature);
  const name = engineRepositoryName(feature.missionId, await repositoryOf(blobs, feature));
  const dir = workspacePaths(paths.workspaces, workspace.name).tree;
  const tree = await createTrees({ git, paths }).snapshot(name, dir);
  return { git, gitDir, dir, base, tree };
}

/** May be repeated; the workspace stays as it is. @throws GitFailure */
export async function checkConstraints(
  change: ChangePlace | undefined,
  checked: CheckedConstraints,
): Promise<ConstraintVerdict[]> {
  return judgeConstraints(
    checked,
    change === undefined ? undefined : await readCheckedChange(change, checked),
  );
}

/** What the change weakens, each as a check: one that blocks has failed, and says what mends it. May be repeated. @throws GitFailure */
export async function checkLies(
  change: ChangePlace | undefined,
  { checks, rewrites = [] }: Pick<PlanFeature, "checks" | "rewrites">,
  tests: readonly string[] | undefined,
): Promise<CheckedRun[]> {
  if (change === undefined) return [];
  const { git, gitDir, base, tree: head } = change;
  const found = await findLies({ git }, { gitDir, base, head, rewrites, checks, tests });
  return found.map(asRun);
}

function asRun(finding: Finding): CheckedRun {
  const remedy = remedyOf(finding) ?? "";
  const how = blocks(finding)
    ? ["compared with the base by the engine", remedy]
    : ["shown, not counted"];
  return {
    check: { id: finding.id, sentence: finding.what },
    passed: !blocks(finding),
    ms: 0,
    how: how.join("\n"),
    output: "",
  };
}
