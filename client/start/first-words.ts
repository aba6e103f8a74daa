/** What is printed about a mission that was started and is not watched. */
import { join } from "node:path";
import type { Plan } from "../../domain/plan.js";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { webUiLink, type Context } from "../context.js";
import { featuresOf } from "../mission-plan.js";
import { cleanLine } from "../terminal/clean.js";
import type { Approval } from "./approval.js";

const STATUS = { approved: "active", queued: "queued", waits: "planning" } as const;
const SAYS = {
  approved: "runs.",
  queued: "waits in the queue: npx missions queue shows its place.",
  waits: "waits for its plan to be approved.",
} as const;

/** NAME=value lines for scripts, or the same as JSON. */
export function sayHeadless(
  { output }: Context,
  record: MissionRecord,
  plan: Plan,
  approval: Approval,
): ExitCode {
  const values = {
    MISSION_ID: record.missionId,
    MISSION_DIR: record.folder,
    MISSION_MODE: record.mode,
    MISSION_MILESTONES: String(plan.milestones.length),
    MISSION_FEATURES: String(featuresOf(plan).length),
    MISSION_STATUS: STATUS[approval],
  };
  const byHand = featuresOf(plan).filter(({ feature }) => feature.agent === "manual").length;
  if (byHand > 0)
    output.note(`Features that a person does: ${byHand} of ${featuresOf(plan).length}.`);
  if (approval === "waits")
    output.note(`It waits for your approval: npx missions approve ${record.missionId}`);
  output.answer(
    values,
    Object.entries(values).map(([name, value]) => `${name}=${cleanLine(value)}`),
  );
  return EXIT.ok;
}

export async function sayStarted(
  context: Context,
  record: MissionRecord,
  approval: Approval,
): Promise<ExitCode> {
  const { missionId, folder } = record;
  const webUi = await webUiLink(context, missionId);
  const approve = `npx missions approve ${missionId}`;
  const begin = `npx missions resume ${missionId}`;
  const isWaiting = approval === "waits";
  context.output.answer(
    {
      missionId,
      status: STATUS[approval],
      folder,
      repository: record.repo,
      branch: record.branch,
      webUi,
      ...(isWaiting ? { approve } : {}),
    },
    [
      `Mission ${missionId} ${SAYS[approval]}`,
      ...(isWaiting ? [`  approve ${approve}`] : []),
      ...(approval === "queued" ? [`  start   ${begin}`] : []),
      `  watch   npx missions watch ${missionId}`,
      `  pause   npx missions pause ${missionId}`,
      `  cancel  npx missions cancel ${missionId}`,
      `Report ${join(folder, "mission.md")}`,
      ...(webUi === undefined ? [] : [`Web UI ${webUi}`]),
    ],
  );
  return EXIT.ok;
}
