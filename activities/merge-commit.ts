/** Makes the commit in which a feature's work is merged with the mission's branch, without a work tree and without moving it. */
import type { IntegrateInput, IntegrateOutcome } from "../domain/shipping-work.js";
import { commitDates, findObjects, type Git, GitFailure, gitLine } from "../store/git.js";
import { type EngineRepository, type Relation, relate } from "./adapters/engine-repository.js";
import { missing } from "./heartbeat.js";

const NAMED_CONFLICTS = 20;

/** `there`: the branch has the commit; `made`: it stands ready, and the branch still stands at `head`. */
export type Merge =
  | { kind: "there"; head: string }
  | { kind: "moved" }
  | { kind: "made"; head: string; next: string }
  | Extract<IntegrateOutcome, { kind: "conflict" }>;

/**
 * Same commits and date give the same merge, so a second run makes the same one.
 * @param adopt takes over what people added to the branch; true when it has moved.
 * @param mayForward false: also a commit that stands on the head gets a merge commit of its own.
 * @param dress what the merge has beside the work, as a tick in TODO.md; the same for the same tree.
 */
export async function makeMerge(
  git: Git,
  repository: EngineRepository,
  { feature, commit, at }: IntegrateInput,
  options: {
    adopt: (head: string) => Promise<boolean>;
    mayForward: boolean;
    dress?: (tree: string) => Promise<string>;
  },
): Promise<Merge> {
  const { gitDir } = repository;
  const { adopt, mayForward, dress } = options;
  const { one: head, base } = await relateToBranch(git, repository, commit);
  if (await adopt(head)) return { kind: "moved" };
  if (base === commit || commit === "") return { kind: "there", head };
  if (base === head && mayForward) return { kind: "made", head, next: commit };
  const tree = base === head ? `${commit}^{tree}` : await mergeTrees(git, gitDir, head, commit);
  if (typeof tree !== "string") return tree;
  const dressed = dress === undefined ? tree : await dress(tree);
  const next = await gitLine(git, gitDir, ["commit-tree", dressed, "-p", head, "-p", commit], {
    env: commitDates(at),
    input: `Merge feature ${feature.featureId}\n\nMission: ${feature.missionId}\nMerges-feature: ${feature.featureId}\n`,
  });
  return { kind: "made", head, next };
}

/** How the branch stands to a commit, or to itself where there is none. */
async function relateToBranch(
  git: Git,
  { gitDir, ref }: EngineRepository,
  commit: string,
): Promise<Relation> {
  try {
    return await relate(git, gitDir, ref, commit || ref);
  } catch (error) {
    if (!(error instanceof GitFailure) || commit === "") throw error;
    const [there] = await findObjects(git, gitDir, [`${commit}^{commit}`]);
    throw there === undefined ? missing(`Commit ${commit.slice(0, 12)}`) : error;
  }
}

/** @returns the merged tree, or the files that both sides changed. */
async function mergeTrees(git: Git, gitDir: string, head: string, commit: string) {
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", head, commit];
  try {
    const [tree = ""] = (await git(gitDir, args)).split("\0");
    return tree;
  } catch (error) {
    if (!(error instanceof GitFailure) || error.exitCode !== 1 || error.stdout === "") throw error;
    const [, ...files] = error.stdout.split("\0");
    const named = [...new Set(files.filter((file) => file !== ""))];
    return {
      kind: "conflict" as const,
      files: named.slice(0, NAMED_CONFLICTS).map((file) => file.slice(0, 80)),
    };
  }
}
