/** What a validation looks at: a fresh checkout of the mission's branch, beside it the mission's other repositories. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PlanMilestone } from "../domain/plan.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { checkOut } from "./adapters/checkout.js";
import {
  branchHead,
  type EngineRepository,
  engineRepositoryPath,
  isThere,
  openEngineRepository,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import type { CheckDependencies } from "./checks.js";
import { milestoneBase } from "./milestone-base.js";
import { requireRecord } from "./mission-place.js";
import { removeFolder } from "./remove-folder.js";
import { workspaceName } from "./workspace.js";

/** Of one repository; `base` is left out where nothing of the milestone came onto its branch. */
export interface Stand {
  repository: EngineRepository;
  head: string;
  base?: string;
}

/** Where the mission's branches stand, before anything is checked out. Empty for plain folders. */
export async function readStands(
  deps: CheckDependencies,
  missionId: string,
  milestone: PlanMilestone,
): Promise<{ own?: Stand; others: Map<string, Stand> }> {
  const record = await requireRecord(deps.paths, missionId);
  const others = new Map<string, Stand>();
  if (record.workspace === "folder") return { others };
  const stand = async (name?: string): Promise<Stand> => {
    const place = repositoryPlace(record, name);
    const repository = await openEngineRepository(deps.git, deps.paths, place);
    const head = await branchHead(deps.git, repository);
    const features = milestone.features.filter((feature) => feature.repository === name);
    const of = { features };
    const base = await milestoneBase(deps.git, repository.gitDir, head, missionId, of);
    return { repository, head, ...(base === undefined ? {} : { base }) };
  };
  for (const name of Object.keys(record.repositories ?? {})) others.set(name, await stand(name));
  return { own: await stand(), others };
}

/** Nothing has been integrated yet, or it has no repository at all. */
export async function hasRepository(deps: CheckDependencies, missionId: string): Promise<boolean> {
  const { workspace } = await requireRecord(deps.paths, missionId);
  return workspace === "git" && (await isThere(engineRepositoryPath(deps.paths, missionId)));
}

/**
 * Makes the checkouts below `workspaces/<name>`.
 * @returns the folder to check (of plain folders the mission's common one, or an empty one) and what may be read beside it.
 */
export async function layOut(
  deps: CheckDependencies,
  missionId: string,
  name: string,
  { own, others }: Awaited<ReturnType<typeof readStands>>,
): Promise<{ dir: string; readable: string[] }> {
  const { git, paths } = deps;
  const { tree } = workspacePaths(paths.workspaces, name);
  await removeFolder(join(tree, ".."));
  const readable: string[] = [];
  for (const [other, { repository, head }] of others) {
    const folder = join(tree, "..", other);
    await checkOut(git, repository.gitDir, folder, head, "validation");
    readable.push(folder, join(repository.gitDir, "objects"));
  }
  if (own !== undefined) {
    await checkOut(git, own.repository.gitDir, tree, own.head, "validation");
    return { dir: tree, readable };
  }
  await mkdir(tree, { recursive: true });
  const common = workspacePaths(paths.workspaces, workspaceName(missionId, "", "poc")).tree;
  const isCommon = (await stat(common).catch(() => undefined)) !== undefined;
  return { dir: isCommon ? common : tree, readable };
}
