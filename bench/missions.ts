/** Plans of script features, and missions made of them by the same code as `missions start`. */
import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { missionInputFrom } from "../client/start/mission-input.js";
import { readHomeQueue } from "../client/start/make-mission.js";
import { startMission } from "../client/missions.js";
import { packageRoot } from "../config/package-root.js";
import { missionBranch, missionIdFrom, missionWorkflowId } from "../domain/ids.js";
import { capsOf } from "../domain/outline.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import { readPlan } from "../domain/read-plan.js";
import { putBlob } from "../store/blobs.js";
import { createMissionFolder } from "../store/mission-folder.js";
import { canonicalPlanJson, planToYaml } from "../store/plan-yaml.js";
import type { MissionInput } from "../workflows/messages.js";
import type { Engine } from "./engine.js";

/** @param featureOf fields of the n-th feature of the whole plan, counted from 0, beside its title. */
export function aPlan(
  milestones: number,
  featuresEach: number,
  featureOf: (n: number) => Partial<PlanFeature> = () => ({ commands: ["true"] }),
  workspace: Plan["workspace"] = "folder",
): Plan {
  return readPlan({
    title: `Bench ${milestones} x ${featuresEach}`,
    goal: "Measure the engine, not the work.",
    mode: "full",
    workspace,
    budget: { money_usd: 1_000, time_hours: 100, token_limit: 1_000_000_000, on_alert: "continue" },
    milestones: Array.from({ length: milestones }, (_, m) => ({
      title: `Milestone ${m + 1}`,
      features: Array.from({ length: featuresEach }, (_, f) => ({
        title: `Feature ${f + 1}`,
        ...featureOf(m * featuresEach + f),
      })),
    })),
  });
}

const newMissionId = () =>
  missionIdFrom(new Date(), Array.from({ length: 6 }, () => randomInt(36).toString(36)).join(""));

/** Makes folder, record and stored plan of a new mission, as `missions start` does; nothing is started. */
export async function makeBenchMission(
  { context, environment, paths }: Engine,
  plan: Plan,
  options: { window: number; approved?: boolean; repo?: string },
): Promise<MissionInput> {
  const { by } = context;
  const { window, approved = true, repo } = options;
  const missionId = newMissionId();
  const at = new Date().toISOString();
  const { sha256: planHash } = await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json");
  await createMissionFolder({
    state: paths.state,
    record: {
      missionId,
      generation: 1,
      title: plan.title,
      mode: plan.mode,
      planHash,
      folder: join(environment.home, missionId),
      home: "homeless",
      workspace: plan.workspace,
      ...(repo === undefined ? {} : { repo, branch: missionBranch(missionId) }),
      caps: capsOf(plan.budget),
      approvals: approved ? [{ gate: "plan", choice: "approve", at, by }] : [],
      status: "planning",
      createdAt: at,
    },
    plan,
    template: await readFile(join(packageRoot(), "templates", "mission-template.md"), "utf8"),
    planYaml: planToYaml(plan),
    origin: { at, by, answers: [] },
  });
  const homeQueue = await readHomeQueue(paths);
  return missionInputFrom(plan, { missionId, planHash, approved, by, atOnce: window, homeQueue });
}

/** Starts it and waits for its end. @returns ms. @throws unless it completed. */
export async function timeMission({ client }: Engine, input: MissionInput): Promise<number> {
  const startedMs = performance.now();
  await startMission(client, input);
  await endOf(client, input.missionId);
  return performance.now() - startedMs;
}

/** @throws unless the mission completed. */
export async function endOf(client: Engine["client"], missionId: string): Promise<void> {
  const { status, summary } = (await client.workflow
    .getHandle(missionWorkflowId(missionId))
    .result()) as { status: string; summary: string };
  if (status !== "completed") throw new Error(`the mission did not complete: ${summary}`);
}
