/** Makes what a mission stands on: repository, stored plan, folder and record. Each step can be taken back. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.js";
import { hostQueue } from "../../domain/ids.js";
import { capsOf } from "../../domain/outline.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { getBlob, putBlob, removeBlob } from "../../store/blobs.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { createMissionFolder } from "../../store/mission-folder.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { canonicalPlanJson, planToYaml } from "../../store/plan-yaml.js";
import type { Context } from "../context.js";
import type { ChosenForges } from "./choose-forges.js";
import { makePlaces, type Places } from "./places.js";
import type { Undo } from "./undo.js";

export interface NewMission {
  missionId: string;
  plan: Plan;
  places: Places | undefined;
  forges?: ChosenForges | undefined;
  approved: boolean;
  isDemo: boolean;
  unsandboxed: boolean;
  /** Questions of the interview with their answers. */
  answers: Scope["answers"];
}

/** @throws Problem; the caller then takes back what `undo` holds. */
export async function makeMission(
  context: Context,
  { missionId, plan, places, forges, approved, isDemo, unsandboxed, answers }: NewMission,
  undo: Undo,
): Promise<MissionRecord> {
  const { paths, by } = context;
  if (places === undefined) throw new Error("a new mission has no place to live");
  const at = new Date().toISOString();
  const made = await makePlaces(context, places, plan, missionId, undo);
  const planHash = await storePlan(paths, plan, undo);
  const record: MissionRecord = {
    missionId,
    generation: 1,
    title: plan.title,
    mode: plan.mode,
    planHash,
    workspace: plan.workspace,
    ...made,
    ...(forges?.place === undefined ? {} : { forge: forges.place }),
    ...(forges?.others === undefined ? {} : { otherForges: forges.others }),
    ...(isDemo ? { demo: true } : {}),
    ...(unsandboxed ? { unsandboxed: true } : {}),
    caps: capsOf(plan.budget),
    approvals: approved ? [{ gate: "plan", choice: "approve", at, by }] : [],
    status: "planning",
    createdAt: at,
  };
  const folder = await createMissionFolder({
    state: paths.state,
    record,
    plan,
    template: await readFile(join(packageRoot(), "templates", "mission-template.md"), "utf8"),
    planYaml: planToYaml(plan),
    origin: { at, by, answers },
  });
  undo.add(() => folder.undo());
  return folder.record;
}

async function storePlan(paths: EnginePaths, plan: Plan, undo: Undo): Promise<string> {
  const content = canonicalPlanJson(plan);
  const { sha256 } = await putBlob(paths.blobs, content, "plan.json");
  // Another mission may have the same plan, so a blob is taken back only by the start that wrote it first.
  const others = await usedByOthers(paths, sha256);
  if (!others) undo.add(() => removeBlob(paths.blobs, sha256));
  const stored = await getBlob(paths.blobs, sha256);
  if (stored.toString("utf8") === content) return sha256;
  throw new Problem(
    EXIT.environment,
    `The stored plan in ${paths.blobs} is damaged.`,
    "Check the disk, remove the damaged file and try again.",
  );
}

async function usedByOthers(paths: EnginePaths, planHash: string): Promise<boolean> {
  const { readRecords } = await import("../mission-list.js");
  return (await readRecords(paths.state)).some((record) => record.planHash === planHash);
}

/** The host that has the mission folder writes it. @returns undefined where no worker of this host has run yet. */
export async function readHomeQueue(paths: EnginePaths): Promise<string | undefined> {
  const id = (await readFile(paths.hostId, "utf8").catch(() => "")).trim();
  return id === "" ? undefined : hostQueue(id);
}
