/** The plan that a mission follows or will follow, all its versions, and how far the mission is. */
import type { Client } from "@temporalio/client";
import type { MissionSnapshot } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import type { FeatureProgress, Progress } from "../../domain/planning/edit-begun.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { readPlanVersions, type PlanVersion } from "../../store/plan-history.js";
import type { Context } from "../context.js";
import { readMissionPlan } from "../mission-plan.js";
import { features, snapshot } from "../missions.js";

const PAGE = 100;

export interface CurrentPlan {
  record: MissionRecord;
  seen: MissionSnapshot;
  plan: Plan;
  planHash: string;
  versions: PlanVersion[];
  progress: Progress;
}

/** @throws Problem when the mission has ended, no worker answers, or this host has no record or plan of it. */
export async function readCurrentPlan(
  context: Context,
  client: Client,
  missionId: string,
): Promise<CurrentPlan> {
  const { paths } = context;
  const record = await needRecord(context, missionId);
  const seen = await snapshot(client, missionId);
  if (seen.endedAt !== undefined) {
    throw new Problem(
      EXIT.notNow,
      `Mission ${missionId} has ended as ${seen.status}; its plan does not change any more.`,
      `Start another from it: npx missions plan show ${missionId} --yaml`,
    );
  }
  const versions = await readPlanVersions(paths.plans, record);
  // A plan that was sent before the approval is taken up when the work begins.
  const pending = seen.startedAt === undefined ? versions.at(-1)?.planHash : undefined;
  const planHash = pending ?? seen.planHash;
  const plan = await readMissionPlan(paths, { ...record, planHash });
  return { record, seen, plan, planHash, versions, progress: await readProgress(client, seen) };
}

/** @throws Problem notFound. */
export async function needRecord({ paths }: Context, missionId: string): Promise<MissionRecord> {
  const record = await readMissionRecord(paths.state, missionId);
  if (record !== undefined) return record;
  throw new Problem(
    EXIT.notFound,
    `This host has no record of mission ${missionId}.`,
    "Run this on the host that started it.",
  );
}

/** Of milestones that are at work; what is done needs no list, and what has not begun has none. */
async function readProgress(client: Client, seen: MissionSnapshot): Promise<Progress> {
  const milestones = new Map(seen.milestones.map(({ id, status }) => [id, status]));
  const found = new Map<string, FeatureProgress>();
  const note = ({ id, status, attempts }: { id: string } & FeatureProgress) =>
    found.set(id, { status, attempts });
  seen.features.forEach(note);
  for (const { id, status, featuresTotal } of seen.milestones) {
    if (status === "pending" || status === "done" || status === "cancelled") continue;
    for (let offset = 0; offset < featuresTotal; offset += PAGE) {
      const page = await features(client, seen.missionId, id, offset);
      page.forEach(note);
      if (page.length < PAGE) break;
    }
  }
  return { milestones, features: found };
}

/** Ids of all versions, so that none comes to mean another feature. A version whose file is gone is left out. */
export async function everUsedIds(
  context: Context,
  record: MissionRecord,
  versions: readonly PlanVersion[],
): Promise<string[]> {
  const ids = new Set<string>();
  for (const planHash of new Set(versions.map((version) => version.planHash))) {
    const plan = await readMissionPlan(context.paths, { ...record, planHash }).catch(
      () => undefined,
    );
    for (const milestone of plan?.milestones ?? []) {
      ids.add(milestone.id);
      for (const { id } of milestone.features) ids.add(id);
    }
  }
  return [...ids];
}
