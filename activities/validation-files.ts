/** Files of a checkout by which others are judged: what a command did to them is undone before the next. */
import { join } from "node:path";
import type { Finding } from "../domain/findings.js";
import { isSnapshot, isTestPath } from "../domain/lies/changed-file.js";
import { names } from "../domain/lies/themes/scripts.js";
import type { Git } from "../store/git.js";
import { copyIndex } from "./adapters/checkout.js";

/** What builds make new is theirs, also where it is kept in git. */
const MADE = /(?:^|\/)(?:dist|build|out|lib|public|target|generated)\//;
const NAMED = 3;

/**
 * @param checkout just made; `index` is a file outside of it. @param commands that judge, and texts of scripts that name others.
 * @returns `putBack`, and a finding on what was put back so far.
 */
export async function holdFiles(
  git: Git,
  { gitDir, dir, index }: { gitDir: string; dir: string; index: string },
  commands: readonly string[],
) {
  await copyIndex(join(dir, ".git", "index"), index);
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: dir, GIT_INDEX_FILE: index };
  const judges = (path: string) =>
    isTestPath(path) ||
    isSnapshot(path) ||
    (!MADE.test(path) && commands.some((command) => names(command, path)));
  const seen = new Set<string>();
  const changed = async () => {
    // Git would run inside of submodules, by settings that a command may have laid there.
    const how = ["--ignore-submodules=all", "--no-ext-diff", "--no-textconv"];
    const list = ["diff", "--name-only", "-z", ...how];
    return (await git(dir, list, { env }))
      .split("\0")
      .filter((path) => path !== "" && judges(path));
  };
  return {
    async putBack(): Promise<void> {
      const paths = await changed();
      if (paths.length === 0) return;
      for (const path of paths) seen.add(path);
      const input = paths.map((path) => `${path}\0`).join("");
      await git(dir, ["checkout-index", "-f", "-u", "-z", "--stdin"], { env, input });
    },
    finding(): Finding[] {
      if (seen.size === 0) return [];
      const some = [...seen].slice(0, NAMED).join(", ");
      const more = seen.size > NAMED ? ` and ${seen.size - NAMED} more` : "";
      const what = `While commands ran, they changed ${some}${more}: it was put back before each of the next.`;
      return [{ id: "put-back", severity: "minor", source: "engine", what }];
    },
  };
}
