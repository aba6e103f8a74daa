import { resolve } from "node:path";
import { putBlob } from "../../store/blobs.js";
import { readPlanFile } from "../../store/plan-file.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { sendCommand } from "../missions.js";
import { sayAnswer } from "../send.js";
import { needModels } from "../start/models.js";

/** The new plan is read and stored first: a mission is never pointed at a plan that cannot be read. */
export async function runReplan(
  context: Context,
  typed: string[],
  options: { plan: string; reason?: string | undefined },
) {
  const { environment, paths, by } = context;
  const { plan } = await readPlanFile(resolve(environment.callerFolder, options.plan));
  await needModels(context, plan);
  return withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const blob = await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json");
    const reason = options.reason === undefined ? {} : { reason: options.reason };
    const payload = { planHash: blob.sha256, ...reason };
    const answer = await sendCommand(client, missionId, "replan", payload, { by });
    return sayAnswer(context, missionId, answer);
  });
}
