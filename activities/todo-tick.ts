/** Ticks a feature in the repository's TODO.md, as part of the commit in which it is merged. */
import { featureBranch } from "../domain/ids.js";
import { tickTodo } from "../domain/todo-file.js";
import type { FeatureRef } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { type Git, gitLine, refPart } from "../store/git.js";
import type { MissionRecord } from "../store/mission-record.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import type { BlobPort } from "./ports.js";
import { featureStory } from "./pull-request-order.js";

const FILE = "TODO.md";
const LARGEST_CHARACTERS = 1_000_000;

/**
 * Only a plain text file of that name at the top is touched. Same tree, plan and pull request give the same tree again.
 * @returns the tree with the tick, or `tree` where the repository keeps no TODO.md.
 */
export async function tickedTree(
  { git, blobs, paths }: { git: Git; blobs: BlobPort; paths: EnginePaths },
  record: MissionRecord,
  gitDir: string,
  feature: FeatureRef,
  tree: string,
): Promise<string> {
  const entries = (await git(gitDir, ["ls-tree", "-z", tree])).split("\0");
  const isFile = (entry: string) => /^100(?:644|755) blob /.test(entry) && nameOf(entry) === FILE;
  const found = entries.find(isFile);
  if (found === undefined) return tree;
  const text = await git(gitDir, ["cat-file", "blob", idOf(found)]);
  if (text.length > LARGEST_CHARACTERS || /[\0\uFFFD]/.test(text)) return tree;
  const { pullRequest } = await featureStory(paths, feature, feature.generation);
  const mission = await missionLines(blobs, record, feature);
  const tick = { id: feature.featureId, ...(pullRequest === undefined ? {} : { pullRequest }) };
  const next = tickTodo(text, mission, [tick]);
  if (next === text) return tree;
  const blob = await gitLine(git, gitDir, ["hash-object", "-w", "--stdin"], { input: next });
  const input = entries.map((entry) => (isFile(entry) ? entry.replace(idOf(entry), blob) : entry));
  return gitLine(git, gitDir, ["mktree", "-z"], { input: input.join("\0") });
}

const nameOf = (entry: string) => entry.slice(entry.indexOf("\t") + 1);
const idOf = (entry: string) => entry.split(/[ \t]/)[2] ?? "";

async function missionLines(blobs: BlobPort, record: MissionRecord, feature: FeatureRef) {
  const { missionId, home, title } = record;
  const { planHash, milestoneId, featureId } = feature;
  const plan = await readStoredPlan(blobs, planHash);
  const { repository } = await readPlanFeature(blobs, planHash, milestoneId, featureId);
  const here = plan.milestones
    .flatMap(({ features }) => features)
    .filter((each) => each.kind === "code" && each.repository === repository);
  return {
    missionId,
    title,
    features: here.map(({ id, title: what }) => ({
      id,
      title: what,
      branch: featureBranch(missionId, refPart(id)),
      // the folder is part of the mission's own repository only
      ...(home === "attached" && repository === undefined
        ? { brief: `todo/missions/${missionId}/briefs/${id}.md` }
        : {}),
    })),
  };
}
