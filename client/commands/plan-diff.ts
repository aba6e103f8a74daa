import { diffLines, diffPlans } from "../../domain/planning/plan-diff.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readPlanVersions } from "../../store/plan-history.js";
import type { Context } from "../context.js";
import { findRecord } from "../find-mission.js";
import { readMissionPlan } from "../mission-plan.js";
import { versionOf, versionWords } from "../plan-gate/version-words.js";
import { cleanLine } from "../terminal/clean.js";

/** What the last version changed, or what one version changed of another. */
export async function runPlanDiff(context: Context, typed: string[]): Promise<ExitCode> {
  const { output, paths } = context;
  const { mission, versions: named } = versionWords(typed, 2);
  const { record } = await findRecord(context, mission);
  const { missionId } = record;
  const versions = await readPlanVersions(paths.plans, record);
  const last = versions.length;
  if (last === 1 && named.length === 0) {
    throw new Problem(
      EXIT.notFound,
      `The plan of mission ${missionId} has not changed.`,
      `See it with: npx missions plan show ${missionId}`,
    );
  }
  const from = versionOf(versions, named[0] ?? last - 1);
  const to = versionOf(versions, named[1] ?? last);
  const read = ({ planHash }: { planHash: string }) =>
    readMissionPlan(paths, { ...record, planHash });
  const diff = diffPlans(await read(from), await read(to));
  output.answer({ missionId, from: from.n, to: to.n, diff }, [
    `Version ${from.n} to version ${to.n} of ${missionId}:`,
    ...diffLines(diff).map(cleanLine),
  ]);
  return EXIT.ok;
}
