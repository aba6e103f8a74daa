/** The folder in which merged commits are tested, one after the other: only files that differ are written, ignored ones stay. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../store/files.js";
import type { Git } from "../../store/git.js";
import type { WorkspacePaths } from "../../store/workspace-paths.js";
import { removeFolder } from "../remove-folder.js";
import { checkOut, copyIndex, layRepository } from "./checkout.js";

const BRANCH = "merge";

/** Names of the engine's own index of the folder: after tests, and when what they left is gone. */
const USED = "merge.used.index";
const CLEAN = "merge.clean.index";

/**
 * Makes the folder stand at `commit`. The index lies apart, so that nothing that a test left is trusted. A run that was cut
 * off takes it along: the next one begins anew. Contract: may be repeated, one run at a time.
 */
export async function standAt(
  git: Git,
  gitDir: string,
  place: WorkspacePaths,
  commit: string,
): Promise<void> {
  const { tree, attempt, home } = place;
  await Promise.all([attempt, home].map((folder) => mkdir(folder, { recursive: true })));
  const taken = await takeIndex(place);
  const own = join(tree, ".git");
  const index = taken?.index ?? join(attempt, `merge.${randomBytes(4).toString("hex")}`);
  if (taken !== undefined) {
    const env = { GIT_DIR: gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: index };
    await git(tree, ["read-tree", "--reset", "-u", commit], { env });
    if (!taken.isClean) await git(tree, ["clean", "-ffdq"], { env });
    await rm(own, { recursive: true, force: true });
    await layRepository(gitDir, own, BRANCH);
    await writeFile(join(own, "refs", "heads", BRANCH), `${commit}\n`);
    await copyIndex(index, join(own, "index"));
  } else {
    await removeFolder(tree);
    await checkOut(git, gitDir, tree, commit, BRANCH);
    await copyIndex(join(own, "index"), index);
  }
  await rename(index, join(attempt, USED));
}

/** Takes away what tests left, while something else goes on; the next commit then waits for one thing less. */
export async function tidyUp(git: Git, gitDir: string, place: WorkspacePaths): Promise<void> {
  const taken = await takeIndex(place);
  if (taken === undefined) return;
  const { tree, attempt } = place;
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: taken.index };
  if (!taken.isClean) await git(tree, ["clean", "-ffdq"], { env });
  await rename(taken.index, join(attempt, CLEAN));
}

/** For itself: a run that was cut off, or still goes on, leaves neither a lock nor a half-read index in the way. */
async function takeIndex({ attempt }: WorkspacePaths) {
  const index = join(attempt, `merge.${randomBytes(4).toString("hex")}`);
  for (const kept of [CLEAN, USED]) {
    try {
      await rename(join(attempt, kept), index);
      return { index, isClean: kept === CLEAN };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}
