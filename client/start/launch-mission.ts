/** Makes what a settled mission stands on and starts it; what was made is taken back when a step fails. */
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { withLock } from "../../config/lock.js";
import type { Plan } from "../../domain/plan.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { bringUp } from "../bring-up.js";
import { withClient, type Context } from "../context.js";
import type { Approval } from "./approval.js";
import { makeMission, readHomeQueue } from "./make-mission.js";
import { missionInputFrom } from "./mission-input.js";
import type { StartOptions } from "./options.js";
import { requireSamePlan, type ReadyMission } from "./ready.js";
import type { Undo } from "./undo.js";

export interface Started {
  record: MissionRecord;
  approval: Approval;
  plan: Plan;
}

export async function launchMission(
  context: Context,
  ready: ReadyMission,
  options: StartOptions,
  undo: Undo,
): Promise<Started> {
  const { output } = context;
  for (const note of ready.places?.existing?.notes ?? []) output.note(note);
  for (const line of ready.forges?.lines ?? []) output.note(`Pull requests: ${line}`);
  // From here on a server is needed.
  await bringUp(context);
  return withClient(context, (client) =>
    oneAtATime(context, ready.missionId, undo, () => start(context, client, ready, options, undo)),
  );
}

/** Two starts of one id come one after the other, so that the second finds what the first made, or all of it taken back. */
function oneAtATime<T>(
  context: Context,
  missionId: string,
  undo: Undo,
  make: () => Promise<T>,
): Promise<T> {
  const lock = join(context.paths.run, `start-${missionId}.lock`);
  const onWait = ({ pid }: { pid: number }) => {
    context.output.note(`Process ${pid} is starting mission ${missionId}; waiting for it.`);
  };
  return withLock(lock, { waitMs: 60_000, onWait }, async () => {
    try {
      return await make();
    } catch (error) {
      await takeBack(context, undo);
      throw error;
    }
  });
}

export async function takeBack(context: Context, undo: Undo): Promise<void> {
  const failure = await undo.all();
  if (failure !== undefined) context.output.note(`Not everything could be taken back: ${failure}`);
}

async function start(
  context: Context,
  client: Client,
  ready: ReadyMission,
  { atOnce }: StartOptions,
  undo: Undo,
): Promise<Started> {
  const { environment, paths, by, output } = context;
  const { missionId, plan, deadlineSpanMs, approval } = ready;
  const [{ describe, startMission }, { ensurePulse }] = await Promise.all([
    import("../missions.js"),
    import("../queue/pulse-schedule.js"),
  ]);
  const found = await readMissionRecord(paths.state, missionId);
  if (found !== undefined) requireSamePlan(found, plan);
  const approved = approval !== "waits";
  const record = found ?? (await makeMission(context, { ...ready, approved }, undo));
  const { planHash } = record;
  const homeQueue = environment.workersElsewhere ? undefined : await readHomeQueue(paths);
  const queued = approval === "queued";
  const given = { missionId, planHash, approved, by, atOnce, homeQueue, deadlineSpanMs, queued };
  const { started } = await startMission(client, missionInputFrom(plan, given)).catch(
    async (error: unknown) => {
      // An answer that got lost is no failure: what the mission stands on must not be taken back under it.
      const run = await describe(client, missionId).catch(() => undefined);
      if (run === undefined) throw error;
      return { started: true };
    },
  );
  undo.keep();
  if (queued) await ensurePulse(client);
  if (started) return { record, approval, plan };
  output.note(`Mission ${missionId} was started before; this shows it.`);
  const before = approvalOf(record.status);
  return { record, approval: before === "waits" ? approval : before, plan };
}

/** Of a mission that was started before. */
const approvalOf = (status: MissionRecord["status"]): Approval =>
  status === "planning" ? "waits" : status === "queued" ? "queued" : "approved";
