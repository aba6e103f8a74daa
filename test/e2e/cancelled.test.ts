/** Cancelled in every phase, by the command and by the Web UI's button: a clean ending, everything settled. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { budget, describe as describeMission, sendCommand } from "../../client/missions.js";
import { missionWorkflowId } from "../../domain/ids.js";
import type { MissionSnapshot } from "../../domain/mission.js";
import { engineRepositoryPath } from "../../activities/adapters/engine-repository.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import { testAddress } from "../helpers/with-worker.js";
import { accountOf } from "./account.js";
import { announceModel, openEngine, processesIn, until, type Engine } from "./engine.js";
import {
  openWorkflows,
  recordOf,
  statusInFile,
  untilEnded,
  untilSeen,
  workspacesOf,
} from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine;
let model: ModelServer;
beforeAll(async () => {
  engine = await openEngine(testAddress());
  model = await startModelServer({ replies: {}, askForever: true, latencyMs: 300 });
  await announceModel(engine.paths, model.port);
  await engine.startWorker();
});
afterAll(async () => {
  await engine.close();
  await model.stop();
});

const WAYS = {
  "the command": async (missionId: string) => {
    const { client, context } = engine;
    await sendCommand(client, missionId, "cancel", { reason: "enough" }, { by: context.by });
  },
  "the Web UI's button": async (missionId: string) => {
    await engine.client.workflow.getHandle(missionWorkflowId(missionId)).cancel();
  },
};

interface Phase {
  name: string;
  feature: Record<string, unknown>;
  checks?: { sentence: string; verify: { method: string; run: string } }[];
  approved?: boolean;
  /** Brings the mission there, once it is started. */
  reach(missionId: string): Promise<void>;
  /** Lets go of what kept it there, once it is cancelled. */
  release?(missionId: string): Promise<void>;
}

const sees = async (missionId: string, holds: (seen: MissionSnapshot) => boolean, what: string) => {
  await untilSeen(engine, missionId, holds, what);
};
const isFeature = (status: string) => (seen: MissionSnapshot) =>
  seen.features.some((feature) => feature.status === status);
const LONG = { title: "Long", touches: ["a"], commands: ["echo a > a", "sleep 600"] };
const estimate = { usd: 0.5, hours: 0.1, tokens: 100_000 };
const AGENT = { title: "Agent", touches: ["a"], brief: "Go on.", estimate };
const QUICKLY = { title: "Quick", touches: ["a"], commands: ["echo a > a"] };
const lockOf = async (missionId: string) => {
  const { branch = "" } = await recordOf(engine, missionId);
  const repository = engineRepositoryPath(engine.paths, missionId);
  return `${join(repository, "refs", "heads", branch)}.lock`;
};

const PHASES: Phase[] = [
  {
    name: "the plan waits for approval",
    feature: QUICKLY,
    approved: false,
    reach: (id) => sees(id, ({ gates }) => gates.length > 0, "the plan gate"),
  },
  {
    name: "an agent works with a model",
    feature: AGENT,
    reach: async (missionId) => {
      const before = model.calls.length;
      await sees(missionId, isFeature("running"), "a feature at work");
      await until(
        async () => model.calls.length,
        (calls) => calls > before + 1,
        "two calls",
      );
    },
  },
  {
    name: "a script runs",
    feature: LONG,
    reach: async (missionId) => {
      const marker = join(engine.paths.workspaces, `${missionId}-1.1`, "tree");
      await until(
        async () => processesIn(marker).length,
        (running) => running > 0,
        "the command",
      );
    },
  },
  {
    name: "a feature is integrated",
    // Held there by a lock on the branch, as of another git.
    feature: {
      ...QUICKLY,
      commands: ["until test -e ~/go-on; do sleep 0.1; done", "echo a > a"],
    },
    reach: async (missionId) => {
      await sees(missionId, isFeature("running"), "a feature at work");
      const workspace = join(engine.paths.workspaces, `${missionId}-1.1`);
      const repository = engineRepositoryPath(engine.paths, missionId);
      await until(
        async () => processesIn(join(workspace, "tree")).length,
        (running) => running > 0,
        "the command",
      );
      const lock = await lockOf(missionId);
      await mkdir(dirname(lock), { recursive: true });
      await writeFile(lock, "");
      await writeFile(join(workspace, "home", "go-on"), "");
      await sees(missionId, isFeature("integrating"), `integration in ${repository}`);
    },
    release: async (missionId) => rm(await lockOf(missionId)),
  },
  {
    name: "a milestone is validated",
    feature: QUICKLY,
    checks: [{ sentence: "It holds.", verify: { method: "bash", run: "sleep 600" } }],
    reach: async (missionId) => {
      const place = join(engine.paths.workspaces, `${missionId}-validate-1`);
      await until(
        async () => processesIn(place).length,
        (running) => running > 0,
        "the validation's command",
      );
    },
  },
  {
    name: "it is paused",
    feature: LONG,
    reach: async (missionId) => {
      await sees(missionId, isFeature("running"), "a feature at work");
      const { client, context } = engine;
      await sendCommand(client, missionId, "pause", {}, { by: context.by });
      await sees(missionId, ({ status }) => status === "paused", "the pause");
    },
  },
];

describe.each(PHASES)("a mission cancelled while $name", (phase) => {
  it.each(Object.entries(WAYS))("by %s ends clean and settled", async (way, cancel) => {
    const { feature, checks = [], approved = true } = phase;
    const plan = {
      title: "Cancelled",
      goal: "Be cancelled.",
      budget: { money_usd: 5, time_hours: 1, token_limit: 1_000_000 },
      model_routing: { workers: "demo/canned" },
      milestones: [{ title: "One", checks, features: [feature as { title: string }] }],
    };
    const from = model.calls.length;
    const { missionId } = await startFromPlan(engine, plan, { approved });
    await phase.reach(missionId);
    await cancel(missionId);
    await phase.release?.(missionId);
    await untilEnded(engine, missionId, 60_000);

    const { state } = await describeMission(engine.client, missionId);
    expect(state).toBe(way === "the command" ? "completed" : "cancelled");
    const record = await recordOf(engine, missionId);
    expect([record.status, await statusInFile(record)]).toEqual(["cancelled", "cancelled"]);
    const { reserved } = await budget(engine.client, missionId);
    expect(reserved).toEqual({ microUsd: 0, tokens: 0 });
    const account = await accountOf(engine, missionId, model.calls.slice(from));
    expect(account.faults).toEqual([]);
    expect(account.spent).toEqual(account.journaled);
    // An agent ends after its call in flight, so nothing is cut.
    expect(account.spent).toEqual(account.billed);
    expect(await workspacesOf(engine, missionId)).toEqual([]);
    expect(await openWorkflows(engine, missionId)).toEqual([]);
    expect(processesIn(engine.paths.workspaces)).toEqual([]);
  });
});
