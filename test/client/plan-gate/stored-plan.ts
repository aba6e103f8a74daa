/** A recorded mission with its plan in the stores of a test context, as a start leaves it. */
import { join } from "node:path";
import type { Context } from "../../../client/context.js";
import type { Plan } from "../../../domain/plan.js";
import { putBlob } from "../../../store/blobs.js";
import { writeMissionRecord, type MissionRecord } from "../../../store/mission-record.js";
import { canonicalPlanJson } from "../../../store/plan-yaml.js";
import { aRecord } from "../../store/mission-builders.js";

export async function storePlan({ paths }: Context, plan: Plan): Promise<string> {
  return (await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json")).sha256;
}

export async function storeMission(
  context: Context,
  plan: Plan,
  fields: Partial<MissionRecord> = {},
): Promise<MissionRecord> {
  const planHash = await storePlan(context, plan);
  const folder = join(context.environment.home, "mission");
  const record = aRecord({ planHash, folder, mode: plan.mode, ...fields });
  await writeMissionRecord(context.paths.state, record);
  return record;
}
