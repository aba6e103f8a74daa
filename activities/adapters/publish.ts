/** Brings the integration branch into the user's repository: only forwards, hooks off, the user's index and branch unmoved. */
import { type Git, GitFailure, gitAnswer } from "../../store/git.js";
import type { MissionPlace } from "../../store/mission-place.js";
import {
  type EngineRepository,
  moveRef,
  type Relation,
  relate,
  swapRef,
} from "./engine-repository.js";
import { lockIn, lockRemedy } from "./locks.js";

const FETCH = [
  "fetch",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--no-prune",
];
const MISSION_FOLDERS = ":(exclude,top)todo/missions";
const APART = "the branch has commits of its own there";

/** The user's, as far as publishing goes. */
type UserRepository = Pick<MissionPlace, "repo" | "dedicated">;

/** The mission's branch in the user's repository, looked at once for one operation; empty where it cannot be read. */
export interface UserBranch {
  head?: string;
  /** Work tree that has it checked out. */
  worktree?: string;
}

export async function readUserBranch(
  git: Git,
  { repo }: UserRepository,
  ref: string,
): Promise<UserBranch> {
  if (repo === undefined) return {};
  const args = ["for-each-ref", "--format=%(refname) %(objectname) %(worktreepath)", ref];
  const answer = (await gitAnswer(git, repo, args)) ?? "";
  if (!answer.startsWith(`${ref} `)) return {};
  const [head = "", ...path] = answer.slice(ref.length + 1).split(" ");
  return { head, ...(path.length === 0 ? {} : { worktree: path.join(" ") }) };
}

/**
 * @returns why the user's repository could not take the branch, which stands at `head`; undefined when it has it.
 * Contract: may be repeated; a later call catches up.
 */
export async function publish(
  git: Git,
  repository: EngineRepository,
  record: UserRepository,
  theirs: UserBranch,
  head: string,
): Promise<string | undefined> {
  const { repo } = record;
  if (repo === undefined || theirs.head === head) return undefined;
  try {
    if (record.dedicated === true && theirs.head !== undefined && theirs.worktree !== undefined)
      return await advanceWorktree(git, repository, theirs.worktree, theirs.head, head);
    const refspec = `${repository.ref}:${repository.ref}`;
    await git(repo, [...FETCH, "--", repository.gitDir, refspec]);
    return undefined;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const lock = lockIn(error);
    if (lock !== undefined) return `a lock of git is in the way there; ${lockRemedy(lock)}`;
    if (/non-fast-forward/.test(error.stderr)) return APART;
    const place = /checked out at '(.+)'/.exec(error.stderr)?.[1];
    if (place !== undefined) return `the branch is checked out in ${place}`;
    return error.message.replace(/\s+/g, " ").slice(0, 300);
  }
}

/**
 * Takes over what a person added on the branch in the user's repository, as long as nothing of ours is missing there:
 * else the two would part for ever. @returns true when our branch has moved from `ours`.
 */
export async function adoptUserCommits(
  git: Git,
  repository: EngineRepository,
  { repo }: UserRepository,
  theirs: UserBranch,
  ours: string,
): Promise<boolean> {
  const { gitDir, ref } = repository;
  const added = theirs.head;
  if (repo === undefined || added === undefined || added === ours) return false;
  if ((await relateIfThere(git, gitDir, ours, added))?.base === added) return false;
  await git(gitDir, [...FETCH, "--", repo, ref]);
  if ((await relateIfThere(git, gitDir, ours, added))?.base !== ours) return false;
  return moveRef(git, gitDir, ref, added, ours);
}

/** True when the branch in the user's repository has commits that `ours` lacks, as after both went on by themselves. */
export async function isApart(
  git: Git,
  { gitDir }: EngineRepository,
  theirs: UserBranch,
  ours: string,
): Promise<boolean> {
  const { head } = theirs;
  if (head === undefined || head === ours) return false;
  return (await relateIfThere(git, gitDir, ours, head))?.base !== head;
}

/** Undefined when one of the commits is not there. */
async function relateIfThere(
  git: Git,
  dir: string,
  one: string,
  other: string,
): Promise<Relation | undefined> {
  try {
    return await relate(git, dir, one, other);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/**
 * Moves the checked-out branch of a dedicated repository forward with its files. The mission's folder may be ahead there,
 * because mission.md is written in place and committed later: its entries are set in the index first, so git leaves the files alone.
 */
async function advanceWorktree(
  git: Git,
  repository: EngineRepository,
  worktree: string,
  from: string,
  to: string,
): Promise<string | undefined> {
  await git(worktree, [...FETCH, "--", repository.gitDir, repository.ref]);
  if ((await relate(git, worktree, from, to)).base !== from) return APART;
  const outside = [".", MISSION_FOLDERS];
  const changed = await git(worktree, ["status", "--porcelain", "-uno", "--", ...outside]);
  if (changed === "") {
    await alignMissionFolder(git, worktree, to);
    await git(worktree, ["read-tree", "-m", "-u", from, to]);
  } else if (!(await isQuiet(git, worktree, ["diff-index", "--cached", "--quiet", to]))) {
    // an index that is there already was left between files and branch by a run before
    return `there are uncommitted changes in ${worktree}`;
  }
  const moved = await swapRef(git, worktree, repository.ref, to, from);
  return moved ? undefined : "the branch moved in the meantime";
}

async function alignMissionFolder(git: Git, worktree: string, to: string): Promise<void> {
  const args = ["--", "todo/missions"];
  const wanted = await git(worktree, ["ls-tree", "-r", "-z", "--full-tree", to, ...args]);
  if (wanted !== "") await git(worktree, ["update-index", "-z", "--index-info"], { input: wanted });
}

const isQuiet = (git: Git, cwd: string, args: string[]) =>
  git(cwd, args).then(
    () => true,
    () => false,
  );
