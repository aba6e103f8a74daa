/** Keeps mission folders out of the user's `git status`, in the one file for that which is not committed. */
import { resolve } from "node:path";
import { readTextIfThere, writeWhole } from "../../store/files.js";
import { type Git, gitLine } from "../../store/git.js";

/** The mission's branch holds the folder; ignored in the work tree, it is in nobody's way when that branch is merged. */
const LINE = "/todo/missions/";

/** Adds the line to `.git/info/exclude` once. @returns what takes it back. */
export async function excludeMissions(git: Git, root: string): Promise<() => Promise<void>> {
  const path = resolve(root, await gitLine(git, root, ["rev-parse", "--git-path", "info/exclude"]));
  const before = (await readTextIfThere(path)) ?? "";
  if (before.split(/\r?\n/).includes(LINE)) return () => Promise.resolve();
  const start = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  await writeWhole(path, `${start}${LINE}\n`);
  return () => writeWhole(path, before);
}
