/** Brings the integration branch into the user's repository: only forwards, hooks off, the user's index and branch unmoved. */
import { realpath } from "node:fs/promises";
import { type Git, GitFailure, gitAnswer } from "../../store/git.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { branchHead, contains, type EngineRepository, moveRef } from "./engine-repository.js";

const FETCH = [
  "fetch",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--no-prune",
];
const MISSION_FOLDERS = ":(exclude,top)todo/missions";

/**
 * @returns why the user's repository could not take the branch; undefined when it has it.
 * Contract: may be repeated; a later call catches up.
 */
export async function publish(
  git: Git,
  repository: EngineRepository,
  record: MissionRecord,
): Promise<string | undefined> {
  const { repo } = record;
  if (repo === undefined) return undefined;
  try {
    const head = await branchHead(git, repository);
    const standsAt = await userHead(git, repo, repository.ref);
    if (standsAt === head) return undefined;
    if (standsAt !== undefined && (await contains(git, repo, standsAt, head))) return undefined;
    const worktree = await worktreeOn(git, repo, repository.ref);
    if (worktree === undefined) {
      const refspec = `${repository.ref}:${repository.ref}`;
      await git(repo, [...FETCH, "--", repository.gitDir, refspec]);
      return undefined;
    }
    if (record.dedicated !== true) return `the branch is checked out in ${worktree}`;
    if (standsAt === undefined) return "the branch is checked out and has no commit";
    return await advanceWorktree(git, repository, worktree, standsAt, head);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (/non-fast-forward/.test(error.stderr)) return "the branch has commits of its own there";
    return error.message.replace(/\s+/g, " ").slice(0, 300);
  }
}

/**
 * Takes over what a person added on the branch in the user's repository, as long as nothing of ours is missing there:
 * else the two would part for ever.
 */
export async function adoptUserCommits(
  git: Git,
  repository: EngineRepository,
  record: MissionRecord,
): Promise<void> {
  if (record.repo === undefined) return;
  const theirs = await userHead(git, record.repo, repository.ref);
  const ours = await branchHead(git, repository);
  if (theirs === undefined || theirs === ours) return;
  if (await contains(git, repository.gitDir, ours, theirs)) return;
  await git(repository.gitDir, [...FETCH, "--", record.repo, repository.ref]);
  if (await contains(git, repository.gitDir, theirs, ours))
    await moveRef(git, repository.gitDir, repository.ref, theirs, ours);
}

const userHead = (git: Git, repo: string, ref: string) =>
  gitAnswer(git, repo, ["rev-parse", "-q", "--verify", `${ref}^{commit}`]);

/** The work tree of the user's repository that has `ref` checked out. */
async function worktreeOn(git: Git, repo: string, ref: string): Promise<string | undefined> {
  const list = await git(repo, ["worktree", "list", "--porcelain", "-z"]);
  for (const entry of list.split("\0\0")) {
    const fields = entry.split("\0");
    if (!fields.includes(`branch ${ref}`)) continue;
    const path = fields.find((field) => field.startsWith("worktree "))?.slice("worktree ".length);
    if (path !== undefined && !fields.includes("bare")) return realpath(path);
  }
  return undefined;
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
  if (!(await contains(git, worktree, to, from))) return "the branch has commits of its own there";
  const resumed = await isQuiet(git, worktree, ["diff-index", "--cached", "--quiet", to]);
  if (!resumed) {
    const outside = [".", MISSION_FOLDERS];
    const status = await git(worktree, ["status", "--porcelain", "-uno", "--", ...outside]);
    if (status !== "") return `there are uncommitted changes in ${worktree}`;
    await alignMissionFolder(git, worktree, to);
    await git(worktree, ["read-tree", "-m", "-u", from, to]);
  }
  const moved = await moveRef(git, worktree, repository.ref, to, from);
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
