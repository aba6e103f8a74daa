/** The commit from which a milestone began, as the history of the mission's branch tells it. */
import type { PlanMilestone } from "../domain/plan.js";
import { type Git, gitLine } from "../store/git.js";

/** A milestone has at most 1,000 features, and the folder's commits lie between. */
const LOOKED_AT = 5_000;

const trailer = (key: string) => `%(trailers:key=${key},valueonly,separator=%x2C)`;
const FORMAT = `%P%x09${["Mission", "Merges-feature", "Completes-feature"].map(trailer).join("%x09")}`;

/**
 * Where the branch stood before the first feature of the milestone came onto it.
 * @returns undefined where none has, or where that commit is the first of all.
 */
export async function milestoneBase(
  git: Git,
  gitDir: string,
  head: string,
  missionId: string,
  { features }: Pick<PlanMilestone, "features">,
): Promise<string | undefined> {
  const own = new Set(features.map(({ id }) => id));
  const args = ["log", "--first-parent", `-n${LOOKED_AT}`, `--format=${FORMAT}`, head];
  const commits = (await gitLine(git, gitDir, args)).split("\n").map((line) => line.split("\t"));
  const first = commits.findLast(
    ([, mission, merged = "", completed = ""]) =>
      mission === missionId && (own.has(merged) || own.has(completed)),
  );
  const [parent] = (first?.[0] ?? "").split(" ");
  return parent === "" ? undefined : parent;
}
