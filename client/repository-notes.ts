/** What a person should know of a repository before a mission works in it; none of it stops the mission. */
import { findObjects, gitAnswer, type Git } from "../store/git.js";

/** @param state of the repository as it was looked at. */
export async function repositoryNotes(
  git: Git,
  { root, dirty }: { root: string; dirty: boolean },
): Promise<string[]> {
  const [[modules, attributes], signs] = await Promise.all([
    findObjects(git, root, ["HEAD:.gitmodules", "HEAD:.gitattributes"]),
    gitAnswer(git, root, ["config", "--local", "--type=bool", "--get", "commit.gpgsign"]),
  ]);
  const filters =
    attributes === undefined
      ? undefined
      : await gitAnswer(git, root, ["cat-file", "blob", attributes]);
  const notes: [boolean, string][] = [
    [dirty, "has uncommitted changes; the mission starts from its last commit."],
    [
      modules !== undefined,
      "has submodules; their folders stay empty in workspaces, so checks must not need them.",
    ],
    [
      filters?.includes("filter=lfs") === true,
      "keeps files in Git LFS; workspaces have their pointers, and a new file for LFS is refused.",
    ],
    [
      signs === "true",
      "signs its commits; the engine has no key and commits unsigned, so sign the merge of the mission's branch.",
    ],
  ];
  return notes.filter(([applies]) => applies).map(([, note]) => `${root} ${note}`);
}
