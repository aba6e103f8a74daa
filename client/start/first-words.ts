/** What is printed about a mission that was started and is not watched. */
import { join } from "node:path";
import type { Plan } from "../../domain/plan.js";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { webUiLink, type Context } from "../context.js";
import { featuresOf } from "../mission-plan.js";
import { cleanLine } from "../terminal/clean.js";

const statusOf = (approved: boolean) => (approved ? "active" : "planning");

/** NAME=value lines for scripts, or the same as JSON. */
export function sayHeadless(
  { output }: Context,
  record: MissionRecord,
  plan: Plan,
  approved: boolean,
): ExitCode {
  const values = {
    MISSION_ID: record.missionId,
    MISSION_DIR: record.folder,
    MISSION_MODE: record.mode,
    MISSION_MILESTONES: String(plan.milestones.length),
    MISSION_FEATURES: String(featuresOf(plan).length),
    MISSION_STATUS: statusOf(approved),
  };
  output.answer(
    values,
    Object.entries(values).map(([name, value]) => `${name}=${cleanLine(value)}`),
  );
  return EXIT.ok;
}

export async function sayStarted(
  context: Context,
  record: MissionRecord,
  approved: boolean,
): Promise<ExitCode> {
  const { missionId, folder } = record;
  const webUi = await webUiLink(context, missionId);
  const approve = `npx missions approve ${missionId}`;
  context.output.answer(
    {
      missionId,
      status: statusOf(approved),
      folder,
      repository: record.repo,
      branch: record.branch,
      webUi,
      ...(approved ? {} : { approve }),
    },
    [
      approved
        ? `Mission ${missionId} runs.`
        : `Mission ${missionId} waits for its plan to be approved.`,
      ...(approved ? [] : [`  approve ${approve}`]),
      `  watch   npx missions watch ${missionId}`,
      `  pause   npx missions pause ${missionId}`,
      `  cancel  npx missions cancel ${missionId}`,
      `Report ${join(folder, "mission.md")}`,
      ...(webUi === undefined ? [] : [`Web UI ${webUi}`]),
    ],
  );
  return EXIT.ok;
}
