/** The folder in which merged commits are tested, one after the other: only files that differ are written, ignored ones stay. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "../../store/git.js";
import type { WorkspacePaths } from "../../store/workspace-paths.js";
import { removeFolder } from "../remove-folder.js";
import { checkOut, copyIndex, layRepository } from "./checkout.js";

const BRANCH = "merge";

/**
 * Makes the folder stand at `commit`. The index is the engine's own and lies apart, so that nothing that a test left is
 * trusted. A run that was cut off takes it along: the next one begins anew. Contract: may be repeated, one run at a time.
 */
export async function standAt(
  git: Git,
  gitDir: string,
  { tree, attempt, home }: WorkspacePaths,
  commit: string,
): Promise<void> {
  const kept = join(attempt, "merge.index");
  const index = `${kept}.${randomBytes(4).toString("hex")}`;
  await Promise.all([attempt, home].map((folder) => mkdir(folder, { recursive: true })));
  const isThere = await rename(kept, index).then(
    () => true,
    () => false,
  );
  const own = join(tree, ".git");
  if (isThere) {
    const env = { GIT_DIR: gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: index };
    await git(tree, ["read-tree", "--reset", "-u", commit], { env });
    await git(tree, ["clean", "-ffdq"], { env });
    await rm(own, { recursive: true, force: true });
    await layRepository(gitDir, own, BRANCH);
    await writeFile(join(own, "refs", "heads", BRANCH), `${commit}\n`);
    await copyIndex(index, join(own, "index"));
  } else {
    await removeFolder(tree);
    await checkOut(git, gitDir, tree, commit, BRANCH);
    await copyIndex(join(own, "index"), index);
  }
  await rename(index, kept);
}
