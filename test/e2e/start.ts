/** Starts missions as the command line does, with timings that suit a test. */
import { randomInt } from "node:crypto";
import { makeMission, readHomeQueue } from "../../client/start/make-mission.js";
import { missionInputFrom } from "../../client/start/mission-input.js";
import { choosePlaces } from "../../client/start/places.js";
import { createUndo } from "../../client/start/undo.js";
import { startMission } from "../../client/missions.js";
import { missionIdFrom } from "../../domain/ids.js";
import type { AtOnce, Timings } from "../../domain/mission.js";
import { readPlanText } from "../../store/plan-file.js";
import type { MissionRecord } from "../../store/mission-record.js";
import type { Written } from "../helpers/plans.js";
import type { Engine } from "./engine.js";

/** A dead worker is noticed after three seconds, which a busy machine still keeps alive. */
export const QUICK: Partial<Timings> = { heartbeatMs: 3_000, retryMs: 200, progressMs: 100 };

export const newMissionId = () =>
  missionIdFrom(new Date(), Array.from({ length: 6 }, () => randomInt(36).toString(36)).join(""));

export interface StartedMission {
  missionId: string;
  record: MissionRecord;
}

/** A worker must have run on the engine before, as after `missions up`. */
export async function startFromPlan(
  engine: Engine,
  written: Partial<Written>,
  options: {
    missionId?: string;
    approved?: boolean;
    atOnce?: AtOnce;
    timings?: Partial<Timings>;
    /** An existing repository. */
    repo?: string;
    unsandboxed?: boolean;
  } = {},
): Promise<StartedMission> {
  const { context, paths, client } = engine;
  const missionId = options.missionId ?? newMissionId();
  const approved = options.approved ?? true;
  const plan = readPlanText(JSON.stringify(written), "plan.yaml");
  const asked = options.repo === undefined ? { homeless: true } : { repo: options.repo };
  const places = await choosePlaces(context, plan, missionId, asked);
  const unsandboxed = options.unsandboxed ?? false;
  const made = { missionId, plan, places, approved, isDemo: false, unsandboxed, answers: [] };
  const record = await makeMission(context, made, createUndo());
  const homeQueue = await readHomeQueue(paths);
  const { planHash } = record;
  const given = { missionId, planHash, approved, by: context.by, homeQueue };
  const input = missionInputFrom(plan, given);
  await startMission(client, {
    ...input,
    atOnce: options.atOnce ?? input.atOnce,
    timings: { ...QUICK, ...options.timings },
  });
  return { missionId, record };
}
