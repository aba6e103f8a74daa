/**
 * Takes all files of a folder into an index. Git would ask inside of each submodule that the index names whether it changed,
 * by settings that whoever worked there may have laid: here only where such a one stands is read.
 */
import type { Git, GitOptions } from "../../store/git.js";

/** @throws GitFailure */
export async function addAll(
  git: Git,
  folder: string,
  env: NonNullable<GitOptions["env"]>,
  flags: readonly string[] = [],
): Promise<void> {
  const links = await linksIn(git, folder, env);
  const paths = [".", ...links.map((path) => `:(exclude,literal)${path}`)];
  const given = ["--pathspec-from-file=-", "--pathspec-file-nul"];
  await git(folder, ["add", "-A", "-v", ...flags, ...given], { env, input: listOf(paths) });
  if (links.length === 0) return;
  await git(folder, ["update-index", "--remove", "-z", "--stdin"], { env, input: listOf(links) });
}

async function linksIn(git: Git, folder: string, env: NonNullable<GitOptions["env"]>) {
  const entries = (await git(folder, ["ls-files", "--stage", "-z"], { env })).split("\0");
  return entries.flatMap((entry) => /^160000 [^\t]*\t(.*)$/s.exec(entry)?.[1] ?? []);
}

const listOf = (paths: readonly string[]) => paths.map((path) => `${path}\0`).join("");
