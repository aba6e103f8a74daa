/** What a validation looks at: a fresh checkout of the mission's branch, beside it the mission's other repositories. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../domain/findings.js";
import type { PlanMilestone } from "../domain/plan.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { checkOut } from "./adapters/checkout.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";
import { adoptUserCommits, isApart, readUserBranch } from "./adapters/publish.js";
import {
  branchHead,
  type EngineRepository,
  engineRepositoryPath,
  isThere,
  openEngineRepository,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import type { CheckDependencies } from "./checks.js";
import { milestoneStart } from "./milestone-base.js";
import { requireRecord } from "./mission-place.js";
import { removeFolder } from "./remove-folder.js";
import { workspaceName } from "./workspace.js";

/** Of one repository; `base` is left out where nothing of the milestone came onto its branch. */
export interface Stand {
  repository: EngineRepository;
  head: string;
  base?: string;
  /** Features whose work is on it. */
  merged: ReadonlySet<string>;
  /** A person's commits on the branch in their repository could not be taken over. */
  isApart: boolean;
}

/** Of the mission's own repository, and of the others by name. */
export interface Stands {
  own?: Stand;
  others: Map<string, Stand>;
}

/**
 * Where the mission's branches stand, before anything is checked out; what people committed on them in their own
 * repositories is taken over first. Empty for plain folders.
 */
export async function readStands(
  deps: CheckDependencies,
  missionId: string,
  milestone: PlanMilestone,
): Promise<Stands> {
  const record = await requireRecord(deps.paths, missionId);
  const others = new Map<string, Stand>();
  if (record.workspace === "folder") return { others };
  const stand = async (name?: string): Promise<Stand> => {
    const place = repositoryPlace(record, name);
    const repository = await openEngineRepository(deps.git, deps.paths, place);
    const { gitDir, ref } = repository;
    const theirs = await oneAtATime(gitDir, async () => {
      const theirs = await readUserBranch(deps.git, place, ref);
      const ours = await branchHead(deps.git, repository);
      await adoptUserCommits(deps.git, repository, place, theirs, ours);
      return theirs;
    });
    const head = await branchHead(deps.git, repository);
    const apart = await isApart(deps.git, repository, theirs, head);
    const features = milestone.features.filter((feature) => feature.repository === name);
    const of = { features };
    const start = await milestoneStart(deps.git, gitDir, head, missionId, of);
    return { repository, head, isApart: apart, ...start };
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
  { own, others }: Stands,
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

/** What a person committed and nobody looked at. */
export function apartFindings({ own, others }: Stands): Finding[] {
  const stands = own === undefined ? [...others.values()] : [own, ...others.values()];
  return stands.flatMap(({ isApart: apart, repository: { gitDir, ref } }): Finding[] => {
    const branch = ref.replace("refs/heads/", "");
    const what = `Commits on ${branch} in your repository were not looked at, because the engine's branch went on without them; there, "git pull --no-rebase ${gitDir} ${branch}" brings both together.`;
    const id = `branch-apart/${branch}`;
    return apart ? [{ id, severity: "minor", source: "engine", what }] : [];
  });
}
