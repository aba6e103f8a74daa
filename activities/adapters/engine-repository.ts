/** The engine's own bare repository of a mission: the only one that engine commits and merges are made in. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { missionBranch } from "../../domain/ids.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { findObjects, type Git, GitFailure, gitAnswer, gitLine, refPart } from "../../store/git.js";
import type { MissionPlace } from "../../store/mission-place.js";
import { lockIn, withoutStaleLock } from "./locks.js";
import { oneAtATime } from "./one-at-a-time.js";

export interface EngineRepository {
  gitDir: string;
  /** Full name of the integration branch, `refs/heads/mission/<id>` or `refs/heads/main`. */
  ref: string;
}

/** Where a mission's bare repository is, whether or not it is there yet. @param name of `engineRepositoryName`. */
export const engineRepositoryPath = (paths: EnginePaths, name: string) =>
  join(paths.repositories, `${name}.git`);

/** A mission has one bare repository for its own, and one for each other that its plan names. */
export const engineRepositoryName = (missionId: string, repository?: string) =>
  repository === undefined ? missionId : `${missionId}~${repository}`;

/** Which of a mission's repositories: `name` is that of the engine's, the rest is of the user's. */
export interface RepositoryPlace extends Pick<
  MissionPlace,
  "missionId" | "branch" | "repo" | "dedicated"
> {
  name: string;
}

/**
 * The repository that a feature is done in. @param repository as the feature names it; default: the mission's own.
 * @throws Problem when the mission has none of that name.
 */
export function repositoryPlace(
  place: MissionPlace & { isHome?: boolean },
  repository?: string,
): RepositoryPlace {
  const { missionId, branch, repo, dedicated } = place;
  const name = engineRepositoryName(missionId, repository);
  if (repository === undefined) {
    return {
      missionId,
      name,
      ...(branch === undefined ? {} : { branch }),
      ...(repo === undefined ? {} : { repo }),
      ...(dedicated === undefined ? {} : { dedicated }),
    };
  }
  const other = { missionId, name, branch: missionBranch(missionId) };
  if (place.isHome === false) return other;
  const path = place.repositories?.[repository];
  if (path !== undefined) return { ...other, repo: path };
  throw new Problem(
    EXIT.environment,
    `Mission ${missionId} began without a repository named ${repository}.`,
    "Start a new mission with a plan that names it: repositories are looked at when a mission starts.",
  );
}

/** Ref that holds a feature's commit, so that a second commit of the feature is found and nothing is pruned. */
export const featureRef = (generation: number, featureId: string) =>
  `refs/missions/${generation}/${refPart(featureId)}`;

/**
 * Opens the mission's bare repository and makes it on first use from the user's repository.
 * Contract: may run at once and be repeated. @throws Problem when the user's repository cannot be used.
 */
export async function openEngineRepository(
  git: Git,
  paths: EnginePaths,
  place: Pick<MissionPlace, "missionId" | "branch" | "repo"> & { name?: string },
): Promise<EngineRepository> {
  const { missionId, repo, branch } = place;
  if (branch === undefined) throw unusable(`Mission ${missionId} has no repository.`);
  const gitDir = engineRepositoryPath(paths, place.name ?? missionId);
  const ref = `refs/heads/${branch}`;
  if (!(await isThere(gitDir))) {
    if (repo === undefined) throw unusable(`This host has no repository of mission ${missionId}.`);
    await oneAtATime(gitDir, async () => {
      if (!(await isThere(gitDir))) await makeEngineRepository(git, gitDir, repo, ref);
    });
  }
  return { gitDir, ref };
}

export const isThere = (gitDir: string) =>
  stat(join(gitDir, "HEAD")).then(
    () => true,
    () => false,
  );

async function makeEngineRepository(git: Git, gitDir: string, repo: string, ref: string) {
  const folder = join(gitDir, "..");
  await mkdir(folder, { recursive: true });
  const fresh = `${gitDir}.${randomBytes(4).toString("hex")}.new`;
  try {
    const start = await startCommit(git, repo, ref);
    // a clone from a path links the objects instead of copying them, and knows what to do with a shallow source
    await git(folder, ["clone", "--bare", "--no-tags", "--template=", "--", repo, fresh]);
    const taken = await git(fresh, ["for-each-ref", "--format=delete %(refname)"]);
    // two transactions, because a name may be taken that the branch's own name needs as a folder
    const input = `start\n${taken}commit\nstart\ncreate ${ref} ${start}\ncommit\n`;
    await git(fresh, ["update-ref", "--stdin"], { input });
    await git(fresh, ["remote", "remove", "origin"]);
    await writeFile(join(fresh, "HEAD"), `ref: ${ref}\n`);
    await rename(fresh, gitDir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (await isThere(gitDir)) return; // another process was first
    if (error instanceof GitFailure)
      throw unusable(`The repository ${repo} cannot be read: ${error.message}`, error);
    throw error;
  }
}

/** The mission's branch where it exists already (a restored mission), else what is checked out. */
async function startCommit(git: Git, repo: string, ref: string): Promise<string> {
  const names = [ref, "HEAD"].map((name) => `${name}^{commit}`);
  const start = (await findObjects(git, repo, names)).find((commit) => commit !== undefined);
  if (start === undefined) throw unusable(`The repository ${repo} has no commits.`);
  return start;
}

function unusable(message: string, cause?: unknown) {
  return new Problem(
    EXIT.environment,
    message,
    "Check the path with `git -C <path> log -1`, then retry the feature.",
    cause,
  );
}

/** Commit that the integration branch stands at. */
export const branchHead = (git: Git, { gitDir, ref }: EngineRepository) =>
  gitLine(git, gitDir, ["rev-parse", "--verify", `${ref}^{commit}`]);

/** Two commits, and the youngest that is part of both; absent where they share no history. */
export interface Relation {
  one: string;
  other: string;
  base?: string;
}

/** @param one,other names of commits. @throws GitFailure when one of them is missing. */
export async function relate(git: Git, dir: string, one: string, other: string): Promise<Relation> {
  const answer = await gitLine(git, dir, ["rev-parse", `${one}...${other}`]);
  const [second = "", first = "", base] = answer.split("\n");
  return { one: first, other: second, ...(base === undefined ? {} : { base: base.slice(1) }) };
}

/** Moves a ref of ours from `old` to `next`; false when it did not stand at `old` any more, or another process moves it just now. */
export async function moveRef(
  git: Git,
  gitDir: string,
  ref: string,
  next: string,
  old?: string,
): Promise<boolean> {
  try {
    return await withoutStaleLock(gitDir, () => swapRef(git, gitDir, ref, next, old));
  } catch (error) {
    if (old === undefined || lockIn(error) === undefined) throw error;
    return false;
  }
}

/** Like `moveRef`, in anybody's repository: a lock is left alone. @throws GitFailure */
export async function swapRef(
  git: Git,
  dir: string,
  ref: string,
  next: string,
  old?: string,
): Promise<boolean> {
  // with start and commit git answers, and simple-git does not wait for words that never come
  const update = `update ${ref} ${next}${old === undefined ? "" : ` ${old}`}`;
  try {
    await git(dir, ["update-ref", "--stdin"], { input: `start\n${update}\ncommit\n` });
    return true;
  } catch (error) {
    if (!(error instanceof GitFailure) || old === undefined || lockIn(error) !== undefined)
      throw error;
    const stands = await gitAnswer(git, dir, ["rev-parse", "-q", "--verify", ref]);
    if (stands !== old) return false;
    throw error;
  }
}
