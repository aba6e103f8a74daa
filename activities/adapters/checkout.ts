/** Clones of the engine's repository for agents and checks: a `.git` of their own, objects shared and only read. */
import { copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git, GitOptions } from "../../store/git.js";
import { isMissing } from "../../store/files.js";

/**
 * Makes `dir` a clone that stands at `commit` on `branch`. A `.git` that is there is thrown away unread; files that are
 * there and ignored stay, all others go. Contract: may be repeated.
 */
export async function checkOut(
  git: Git,
  gitDir: string,
  dir: string,
  commit: string,
  branch: string,
): Promise<void> {
  const existed = await stat(dir).then(
    () => true,
    () => false,
  );
  const own = join(dir, ".git");
  await rm(own, { recursive: true, force: true });
  await layRepository(gitDir, own, branch);
  await git(dir, ["reset", "--hard", commit], environmentOf(own, dir));
  if (existed) await git(dir, ["clean", "-ffdq"], environmentOf(own, dir));
}

/** A repository as `git init` would make it, but with what the engine's own knows of disk and object format. */
export async function layRepository(gitDir: string, own: string, branch: string): Promise<void> {
  const objects = join(own, "objects", "info");
  await mkdir(objects, { recursive: true });
  await mkdir(join(own, "refs", "heads"), { recursive: true });
  await writeFile(join(objects, "alternates"), `${join(gitDir, "objects")}\n`);
  await copyIfThere(join(gitDir, "shallow"), join(own, "shallow"));
  const config = await readFile(join(gitDir, "config"), "utf8");
  // no remote: an agent's push must not reach the engine's repository
  const more =
    "[core]\n\tbare = false\n[user]\n\tname = missions\n\temail = missions@localhost\n[gc]\n\tauto = 0\n";
  await writeFile(join(own, "config"), `${config}${more}`);
  await writeFile(join(own, "HEAD"), `ref: refs/heads/${branch}\n`);
}

const environmentOf = (gitDir: string, tree: string): GitOptions => ({
  env: { GIT_DIR: gitDir, GIT_WORK_TREE: tree },
});

/** Changes the files of a clone just made to `tree`, as uncommitted work: its HEAD and index stay. */
export async function layOver(git: Git, dir: string, tree: string): Promise<void> {
  const own = join(dir, ".git");
  const index = join(own, "index.layover");
  await copyIndex(join(own, "index"), index);
  const env = { GIT_DIR: own, GIT_WORK_TREE: dir, GIT_INDEX_FILE: index };
  await git(dir, ["read-tree", "-m", "-u", "HEAD", tree], { env });
  await rm(index, { force: true });
}

/** Copies an index; its time must stay, because git doubts entries by it. @returns false when there is none. */
export async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    const { atime, mtimeMs } = await stat(from);
    await mkdir(join(to, ".."), { recursive: true });
    await copyFile(from, to);
    await utimes(to, atime, Math.floor(mtimeMs / 1000));
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

/** Copies a file; does nothing where there is none. */
export const copyIfThere = (from: string, to: string) => copyFile(from, to).catch(ignoreMissing);

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
