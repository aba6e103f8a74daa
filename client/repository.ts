/** What a mission asks of a repository before it starts, and the repository that is made for a mission that has none. */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import { type Git, GitFailure, gitAnswer, subjectLine } from "../store/git.js";

/** `merge-tree --write-tree`, which merges without a work tree, came with it. */
const OLDEST_GIT = [2, 38] as const;

export interface RepositoryState {
  /** Top folder of the work tree; the repository itself when it is bare. */
  root: string;
  bare: boolean;
  /** Commit that is checked out; absent in a repository without commits. */
  head?: string;
  /** Short name of the branch that is checked out; absent when HEAD is detached. */
  branch?: string;
  /** True when tracked files are changed or staged; their changes are no part of the mission's start. */
  dirty: boolean;
  shallow: boolean;
  /** True when objects are fetched from elsewhere on demand. */
  partial: boolean;
}

/** @returns undefined when `path` does not lie in a repository. @throws Problem when the folder or git is missing, or git too old. */
export async function inspectRepository(
  git: Git,
  path: string,
): Promise<RepositoryState | undefined> {
  const folder = resolve(path);
  await requireFolder(folder);
  await requireGit(git, folder);
  const asked = ["rev-parse", "--is-bare-repository", "--is-shallow-repository", "--git-dir"];
  const answer = await ask(git, folder, asked);
  if (answer === undefined) return undefined;
  const [bare, shallow, gitDir = ""] = answer.split("\n");
  const top = await gitAnswer(git, folder, ["rev-parse", "--show-toplevel"]);
  const root = top ?? resolve(folder, gitDir);
  const [head, branch, partial, changes] = await Promise.all([
    gitAnswer(git, root, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]),
    gitAnswer(git, root, ["symbolic-ref", "-q", "--short", "HEAD"]),
    gitAnswer(git, root, ["config", "--get", "extensions.partialClone"]),
    top === undefined ? undefined : gitAnswer(git, root, ["status", "--porcelain", "-uno"]),
  ]);
  return {
    root,
    bare: bare === "true",
    ...(head === undefined ? {} : { head }),
    ...(branch === undefined ? {} : { branch }),
    dirty: changes !== undefined && changes !== "",
    shallow: shallow === "true",
    partial: partial !== undefined,
  };
}

/** The repository at `path`, when a mission can work on it. @throws Problem that says what is wrong and what to do. */
export async function requireUsableRepository(
  git: Git,
  path: string,
): Promise<RepositoryState & { head: string }> {
  const state = await inspectRepository(git, path);
  if (state === undefined)
    throw bad(
      `${path} is not inside a git repository.`,
      "Name a repository with --repo, or run `git init` and commit there first.",
    );
  const { root, head } = state;
  if (state.bare)
    throw bad(`${root} is a bare repository.`, "Clone it and name the clone with --repo.");
  if (head === undefined)
    throw bad(
      `${root} has no commits yet.`,
      `Make the first one: git -C ${quote(root)} commit --allow-empty -m "First commit"`,
    );
  if (state.partial)
    throw bad(
      `${root} is a partial clone, and the engine never fetches from elsewhere.`,
      "Name a full clone with --repo.",
    );
  if (
    (await gitAnswer(git, root, ["rev-parse", "-q", "--verify", "refs/heads/mission"])) !==
    undefined
  )
    throw bad(
      `${root} has a branch named "mission", so git cannot hold branches named "mission/<id>".`,
      `Rename it: git -C ${quote(root)} branch -m mission mission-old`,
    );
  return { ...state, head };
}

export interface DedicatedRepository {
  root: string;
  branch: "main";
  /** Removes what was made; a folder that was there before stays, empty. */
  undo(): Promise<void>;
}

/**
 * Makes a repository for one mission, with a first commit that names it.
 * @throws Problem when the folder is not empty or lies inside another repository; nothing is then made.
 */
export async function createDedicatedRepository(
  git: Git,
  path: string,
  title: string,
): Promise<DedicatedRepository> {
  const root = resolve(path);
  await requireEmpty(root);
  const parent = await nearestFolder(root);
  await requireGit(git, parent);
  const around = await ask(git, parent, ["rev-parse", "--git-dir"]);
  if (around !== undefined)
    throw bad(
      `${root} lies inside another git repository (${resolve(parent, around)}).`,
      "Name a folder outside of it, or name that repository itself with --repo.",
    );
  const madeFolder = await mkdir(root, { recursive: true });
  const undo = async () => {
    if (madeFolder !== undefined) await rm(madeFolder, { recursive: true, force: true });
    else
      for (const name of await readdir(root))
        await rm(join(root, name), { recursive: true, force: true });
  };
  try {
    const line = subjectLine(title);
    await git(root, ["init", "--template=", "-b", "main"]);
    await writeFile(join(root, "README.md"), `# ${line}\n\nMade for the mission "${line}".\n`);
    await git(root, ["add", "--", "README.md"]);
    await git(root, ["commit", "-m", subjectLine(`Start the mission "${line}"`)]);
  } catch (error) {
    await undo();
    throw new Problem(
      EXIT.environment,
      `No repository could be made in ${root}: ${String(error).slice(0, 300)}`,
      "Check that the folder can be written and the disk has room.",
      error,
    );
  }
  return { root, branch: "main", undo };
}

const bad = (message: string, remedy: string) => new Problem(EXIT.environment, message, remedy);
const quote = (path: string) => `'${path.replaceAll("'", `'\\''`)}'`;

async function requireFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats === undefined)
    throw bad(`${folder} does not exist.`, "Check the path given with --repo.");
  if (!stats.isDirectory())
    throw bad(`${folder} is a file, not a folder.`, "Name the repository's folder with --repo.");
}

/** @throws Problem when git is missing or too old. */
export async function requireGit(git: Git, folder: string): Promise<void> {
  const answer = await gitAnswer(git, folder, ["version"]);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(answer ?? "") ?? [];
  if (major === undefined)
    throw bad("git was not found.", "Install git 2.38 or newer and see that it is on PATH.");
  const isOld =
    Number(major) < OLDEST_GIT[0] ||
    (Number(major) === OLDEST_GIT[0] && Number(minor) < OLDEST_GIT[1]);
  if (isOld) throw bad(`${answer ?? ""} is too old.`, "Install git 2.38 or newer.");
}

/** Like `gitAnswer`, but a repository of another owner is a Problem and not "no repository". */
async function ask(git: Git, folder: string, args: string[]): Promise<string | undefined> {
  try {
    return (await git(folder, args)).trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (/dubious ownership/.test(error.stderr))
      throw bad(
        `The repository at ${folder} belongs to another user.`,
        "Run missions as its owner, or use a clone of your own.",
      );
    return undefined;
  }
}

async function requireEmpty(root: string): Promise<void> {
  const stats = await stat(root).catch(() => undefined);
  if (stats === undefined) return;
  if (!stats.isDirectory() || (await readdir(root)).length > 0)
    throw bad(
      `${root} is not an empty folder.`,
      "Name a new folder, or --repo with the repository that is there.",
    );
}

async function nearestFolder(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true ? path : nearestFolder(dirname(path));
}
