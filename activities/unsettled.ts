/** Pull requests of merged features that could not be told so: told after the next that can, and at the mission's end. */
import { join } from "node:path";
import { Problem } from "../domain/problem.js";
import type { PullRequestEnding } from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readTextIfThere, writeWhole } from "../store/files.js";
import { ForgeUnavailable } from "./adapters/forges/forge-errors.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";

const KEPT = 100;

type Settle = (ending: PullRequestEnding) => Promise<{ note?: string }>;

const pathOf = ({ features }: EnginePaths, missionId: string) =>
  join(features, missionId, "unsettled.json");

/** What `settle` throws is thrown, and the pull request is kept for `settleEarlier`. */
export async function settleOrKeep(
  paths: EnginePaths,
  ending: PullRequestEnding,
  settle: Settle,
): Promise<{ note?: string }> {
  const { missionId } = ending.feature;
  const others = (kept: PullRequestEnding[]) => kept.filter((each) => !isSame(each, ending));
  try {
    const outcome = await settle(ending);
    await change(paths, missionId, others);
    return outcome;
  } catch (error) {
    await change(paths, missionId, (kept) => [...others(kept), ending].slice(-KEPT));
    throw error;
  }
}

/** Safe to repeat; what still cannot be told stays kept. @returns ids of the features that are settled now. */
export async function settleEarlier(
  paths: EnginePaths,
  missionId: string,
  settle: Settle,
): Promise<string[]> {
  const settled: string[] = [];
  for (const ending of await readKept(paths, missionId)) {
    try {
      await settleOrKeep(paths, ending, settle);
      settled.push(ending.feature.featureId);
    } catch (error) {
      // A forge that is away is away for all of them.
      if (error instanceof ForgeUnavailable) break;
      if (!(error instanceof Problem)) throw error;
    }
  }
  return settled;
}

const isSame = (one: PullRequestEnding, other: PullRequestEnding) =>
  one.feature.featureId === other.feature.featureId && one.commit === other.commit;

async function readKept(paths: EnginePaths, missionId: string): Promise<PullRequestEnding[]> {
  const text = await readTextIfThere(pathOf(paths, missionId));
  return text === undefined ? [] : (JSON.parse(text) as PullRequestEnding[]);
}

/** Written only where something changes: most missions never have the file. */
async function change(
  paths: EnginePaths,
  missionId: string,
  edit: (kept: PullRequestEnding[]) => PullRequestEnding[],
): Promise<void> {
  await oneAtATime(`unsettled pull requests of ${missionId}`, async () => {
    const before = await readKept(paths, missionId);
    const after = edit(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    await writeWhole(pathOf(paths, missionId), `${JSON.stringify(after)}\n`);
  });
}
