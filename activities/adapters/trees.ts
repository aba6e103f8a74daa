/** TreePort: the files of a workspace as a git tree in the engine's repository, without a look at the workspace's own `.git`. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { EnginePaths } from "../../store/engine-paths.js";
import { type Git, GitFailure, gitLine } from "../../store/git.js";
import type { TreePort } from "../ports.js";
import { copyIndex } from "./checkout.js";
import { engineRepositoryPath } from "./engine-repository.js";

/** Index of the workspace as it was made, kept by the engine beside the tree: adding needs to read only what changed since. */
export const baseIndex = (dir: string) => join(dir, "..", "attempt", "base.index");
const snapshotIndex = (dir: string) => join(dir, "..", "attempt", "snapshot.index");

/** Plain folders have no trees: there `snapshot` gives "" and `restore` does nothing. */
export function createTrees({ git, paths }: { git: Git; paths: EnginePaths }): TreePort {
  const environment = async (missionId: string, dir: string) => {
    const gitDir = engineRepositoryPath(paths, missionId);
    const there = await stat(gitDir).catch(() => undefined);
    if (there === undefined) return undefined;
    const index = snapshotIndex(dir);
    if ((await stat(index).catch(() => undefined)) === undefined)
      await copyIndex(baseIndex(dir), index);
    return { GIT_DIR: gitDir, GIT_WORK_TREE: dir, GIT_INDEX_FILE: index };
  };
  return {
    async snapshot(missionId, dir) {
      const env = await environment(missionId, dir);
      if (env === undefined) return "";
      await addEverything(git, dir, env);
      return gitLine(git, dir, ["write-tree"], { env });
    },
    async restore(missionId, dir, tree) {
      const env = await environment(missionId, dir);
      if (env === undefined || tree === "") return;
      await git(dir, ["read-tree", "--reset", "-u", tree], { env });
      await git(dir, ["clean", "-ffdq"], { env });
    },
  };
}

/** Adds all that is not ignored; what git cannot take (a repository without commits, an unreadable file) is left out. */
async function addEverything(git: Git, dir: string, env: Record<string, string>): Promise<void> {
  try {
    await git(dir, ["add", "-A", "-v"], { env });
  } catch (error) {
    if (!(error instanceof GitFailure) || !isUntakable(error.stderr)) throw error;
    await git(dir, ["add", "-A", "-v", "--ignore-errors"], { env }).catch((again: unknown) => {
      if (!(again instanceof GitFailure) || !isUntakable(again.stderr)) throw again;
    });
  }
}

/** True when git refused a path for what it is, not because the repository failed. */
export const isUntakable = (stderr: string) =>
  /does not have a commit checked out|Permission denied|unable to index file/i.test(stderr) &&
  !/No space left/i.test(stderr);
