/** TreePort: the files of a workspace as a git tree in the engine's repository, without a look at the workspace's own `.git`. */
import { randomBytes } from "node:crypto";
import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { EnginePaths } from "../../store/engine-paths.js";
import { commitDates, findObjects, type Git, GitFailure, gitLine } from "../../store/git.js";
import type { BlobFilePort } from "../hosts-ports.js";
import type { TreePort } from "../ports.js";
import { addAll } from "./add-all.js";
import { exportBundle, importBundle } from "./bundles.js";
import { copyIndex } from "./checkout.js";
import { engineRepositoryPath } from "./engine-repository.js";

/** Index of the workspace as it was made, kept by the engine beside the tree: adding needs to read only what changed since. */
export const baseIndex = (dir: string) => join(dir, "..", "attempt", "base.index");
const snapshotIndex = (dir: string) => join(dir, "..", "attempt", "snapshot.index");

/** Plain folders have no trees: there `snapshot` gives "" and `restore` does nothing. */
export function createTrees({
  git,
  paths,
  blobFiles,
}: {
  git: Git;
  paths: EnginePaths;
  /** Left out: no tree is packed for other hosts. */
  blobFiles?: BlobFilePort;
}): TreePort {
  /** Each run takes the index for itself: a run that was cut off, or still goes on, leaves no lock in its way. */
  const withIndex = async <T>(
    name: string,
    dir: string,
    run: (env: Record<string, string>) => Promise<T>,
  ): Promise<T | undefined> => {
    const gitDir = engineRepositoryPath(paths, name);
    if ((await stat(gitDir).catch(() => undefined)) === undefined) return undefined;
    const kept = snapshotIndex(dir);
    const own = `${kept}.${randomBytes(4).toString("hex")}`;
    await rename(kept, own).catch(() => copyIndex(baseIndex(dir), own));
    try {
      return await run({ GIT_DIR: gitDir, GIT_WORK_TREE: dir, GIT_INDEX_FILE: own });
    } finally {
      await rename(own, kept).catch(() => undefined); // without one, the next run takes the workspace's
    }
  };
  return {
    async snapshot(name, dir) {
      const tree = await withIndex(name, dir, async (env) => {
        await addEverything(git, dir, env);
        return gitLine(git, dir, ["write-tree"], { env });
      });
      return tree ?? "";
    },
    async restore(name, dir, tree) {
      if (tree === "") return;
      await withIndex(name, dir, async (env) => {
        await git(dir, ["read-tree", "--reset", "-u", tree], { env });
        await git(dir, ["clean", "-ffdq"], { env });
      });
    },
    async pack(name, tree, baseCommit) {
      if (blobFiles?.shared !== true || tree === "") return undefined;
      const gitDir = engineRepositoryPath(paths, name);
      const commit = await gitLine(git, gitDir, ["commit-tree", tree, "-p", baseCommit], {
        env: commitDates(PACKED_AT),
        input: "Checkpoint\n",
      });
      const { bundle } = await exportBundle(git, blobFiles, gitDir, commit, baseCommit);
      return { commit, bundle };
    },
    async unpack(name, { commit, bundle, tree, baseCommit }) {
      if (blobFiles === undefined) return false;
      const gitDir = engineRepositoryPath(paths, name);
      try {
        await importBundle(git, blobFiles, gitDir, { commit, bundle, onto: baseCommit });
        const [found] = await findObjects(git, gitDir, [`${commit}^{tree}`]);
        return found === tree;
      } catch {
        return false; // the work goes on without these files, and says so
      }
    },
  };
}

/** The same tree gives the same commit, whenever it is packed. */
const PACKED_AT = "2000-01-01T00:00:00Z";

/** Adds all that is not ignored; what git cannot take (a repository without commits, an unreadable file) is left out. */
async function addEverything(git: Git, dir: string, env: Record<string, string>): Promise<void> {
  try {
    await addAll(git, dir, env);
  } catch (error) {
    if (!(error instanceof GitFailure) || !isUntakable(error.stderr)) throw error;
    await addAll(git, dir, env, ["--ignore-errors"]).catch((again: unknown) => {
      if (!(again instanceof GitFailure) || !isUntakable(again.stderr)) throw again;
    });
  }
}

/** True when git refused a path for what it is, not because the repository failed. */
export const isUntakable = (stderr: string) =>
  /does not have a commit checked out|Permission denied|unable to index file/i.test(stderr) &&
  !/No space left/i.test(stderr);
