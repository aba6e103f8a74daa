import { EXIT, type ExitCode } from "../../domain/problem.js";
import { readPlanVersions, type PlanVersion } from "../../store/plan-history.js";
import { planToYaml } from "../../store/plan-yaml.js";
import type { Context } from "../context.js";
import { findRecord } from "../find-mission.js";
import { readMissionPlan } from "../mission-plan.js";
import { versionOf, versionWords } from "../plan-gate/version-words.js";
import { planSummary } from "../start/plan-summary.js";
import { cleanText } from "../terminal/clean.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

/** All versions, then one of them whole; the last where none is named. */
export async function runPlanShow(
  context: Context,
  typed: string[],
  options: { yaml?: boolean | undefined },
): Promise<ExitCode> {
  const { output, paths } = context;
  const { mission, versions: named } = versionWords(typed, 1);
  const { record } = await findRecord(context, mission);
  const { missionId } = record;
  const versions = await readPlanVersions(paths.plans, record);
  const version = versionOf(versions, named[0] ?? versions.length);
  const plan = await readMissionPlan(paths, { ...record, planHash: version.planHash });
  if (options.yaml === true && !output.json) {
    const yaml = planToYaml(plan);
    // A terminal gets it cleaned; a file gets every byte.
    output.write(output.live ? cleanText(yaml) : yaml);
    return EXIT.ok;
  }
  output.answer({ missionId, inForce: record.planHash, versions, version: version.n, plan }, [
    ...versionLines(versions, record.planHash, tableColumns(output)),
    "",
    `Version ${version.n} of ${versions.length}:`,
    ...planSummary(plan, output.columns()),
  ]);
  return EXIT.ok;
}

function versionLines(versions: readonly PlanVersion[], inForce: string, width: number): string[] {
  const last = versions.findLast(({ planHash }) => planHash === inForce)?.n;
  const rows = versions.map(({ n, at, by, why, planHash }) => [
    n === last ? "*" : "",
    String(n),
    at.slice(0, 16).replace("T", " "),
    by === undefined ? "" : `${by.who} (${by.from})`,
    planHash.slice(0, 12),
    why ?? "",
  ]);
  return table(["", "n", "since (UTC)", "who", "plan", "why"], rows, { width });
}
