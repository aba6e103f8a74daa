/** One commit that replaces one folder, and the move of its ref: all in one process, however large the rest of the tree is. */
import { type Git, gitDate, GitFailure, IDENTITY } from "../../store/git.js";
import { lockIn } from "./locks.js";

export interface ImportedCommit {
  ref: string;
  /** Where `ref` stands; absent when it is not there yet. */
  parent?: string;
  path: string;
  /** What stands at `path` in the commit; all else is as in the parent. */
  tree: string;
  message: string;
  /** ISO 8601. */
  at: string;
}

/**
 * @returns the commit; undefined when `ref` has moved from the parent meanwhile.
 * Contract: the same input makes the same commit. @throws GitFailure
 */
export async function importCommit(
  git: Git,
  gitDir: string,
  { ref, parent, path, tree, message, at }: ImportedCommit,
): Promise<string | undefined> {
  const input = [
    "feature done", // so that a stream that breaks off commits nothing
    `commit ${ref}`,
    "mark :1",
    `committer ${IDENTITY.name} <${IDENTITY.email}> ${gitDate(at)}`,
    `data ${Buffer.byteLength(message)}`,
    message,
    ...(parent === undefined ? [] : [`from ${parent}`]),
    `M 040000 ${tree} ${path}`,
    "get-mark :1",
    "done\n",
  ].join("\n");
  try {
    return (
      await git(gitDir, ["fast-import", "--quiet"], { env: { GIT_DIR: gitDir }, input })
    ).trim();
  } catch (error) {
    const isGit = error instanceof GitFailure && lockIn(error) === undefined;
    if (isGit && /Not updating|cannot lock ref/.test(error.stderr)) return undefined;
    throw error;
  }
}
