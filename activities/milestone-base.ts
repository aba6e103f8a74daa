/** The commit from which a milestone began, as the history of the mission's branch tells it. */
import type { PlanMilestone } from "../domain/plan.js";
import { type Git, gitLine } from "../store/git.js";

/** A milestone has at most 1,000 features, and the folder's commits lie between. */
const LOOKED_AT = 5_000;

const trailer = (key: string) => `%(trailers:key=${key},valueonly,separator=%x2C)`;
const FORMAT = `%P%x09${["Mission", "Merges-feature", "Completes-feature"].map(trailer).join("%x09")}`;

type Features = Pick<PlanMilestone, "features">;

/**
 * Where the branch stood before the first feature of the milestone came onto it.
 * @returns undefined where none has, or where that commit is the first of all.
 */
export async function milestoneBase(
  ...of: Parameters<typeof milestoneStart>
): Promise<string | undefined> {
  return (await milestoneStart(...of)).base;
}

/** As `milestoneBase`, with the features whose work is on the branch. */
export async function milestoneStart(
  git: Git,
  gitDir: string,
  head: string,
  missionId: string,
  { features }: Features,
): Promise<{ base?: string; merged: ReadonlySet<string> }> {
  const own = new Set(features.map(({ id }) => id));
  const args = ["log", "--first-parent", `-n${LOOKED_AT}`, `--format=${FORMAT}`, head];
  const commits = (await gitLine(git, gitDir, args)).split("\n").map((line) => line.split("\t"));
  const ours = commits.flatMap(([parents = "", mission, merged = "", completed = ""]) => {
    const ids = mission === missionId ? [merged, completed].filter((id) => own.has(id)) : [];
    return ids.length === 0 ? [] : [{ ids, parent: parents.split(" ")[0] ?? "" }];
  });
  const base = ours.at(-1)?.parent ?? "";
  const merged = new Set(ours.flatMap(({ ids }) => ids));
  return { ...(base === "" ? {} : { base }), merged };
}
