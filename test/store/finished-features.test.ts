import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Plan, PlanFeature } from "../../domain/plan.js";
import { putBlob } from "../../store/blobs.js";
import { enginePaths, type EnginePaths } from "../../store/engine-paths.js";
import { appendFeatureEvent } from "../../store/feature-record.js";
import { readFinishedFeatures, readUsedFeatures } from "../../store/finished-features.js";
import { appendJournal, createJournal, journalPath } from "../../store/journal.js";
import {
  readMissionRecord,
  writeMissionRecord,
  type MissionRecord,
} from "../../store/mission-record.js";
import { aPlan, aPlanFeature } from "./mission-builders.js";

const mission = "m-20260102-abc123";
let paths: EnginePaths;
beforeEach(async () => {
  paths = enginePaths(await mkdtemp(join(tmpdir(), "finished-")));
});
afterEach(async () => {
  await rm(paths.root, { recursive: true });
});

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 2, 10, minutes)).toISOString();
const builtin = (id: string, fields: Partial<PlanFeature> = {}) =>
  aPlanFeature(id, {
    agent: "builtin",
    title: `Add ${id}`,
    brief: "Do it.",
    size: "small",
    ...fields,
  });
const planOf = (features: PlanFeature[], fields: Partial<Plan> = {}) =>
  aPlan({ milestones: [{ id: "1", title: "Ground", checks: [], features }], ...fields });

async function writeMission(plan: Plan, fields: Partial<MissionRecord> = {}) {
  const { sha256 } = await putBlob(paths.blobs, JSON.stringify(plan), "plan.json");
  await writeMissionRecord(paths.state, {
    missionId: mission,
    generation: 1,
    title: plan.title,
    mode: "full",
    planHash: sha256,
    folder: "/nowhere",
    home: "homeless",
    workspace: "git",
    caps: { microUsd: 1, tokens: 1, activeMs: 1 },
    approvals: [],
    status: "completed",
    createdAt: at(0),
    ...fields,
  });
}

interface Call {
  from: number;
  to?: number;
  model?: string;
  input?: number;
  cacheRead?: number;
  output?: number;
  worstCase?: boolean;
}

/** A journal opened at the first call. */
async function writeSlice(featureId: string, n: number, calls: Call[], missionId = mission) {
  const key = `1/1/${featureId}/${n}`;
  const path = journalPath(paths.journals, missionId, key);
  const amount = { microUsd: 1_000_000, tokens: 100_000 };
  const opened = at(calls[0]?.from ?? 0);
  await createJournal(path, {
    state: "slice",
    key,
    amount,
    at: opened,
    featureId,
    milestoneId: "1",
  });
  for (const [index, call] of calls.entries()) {
    const { from, to, model = "acme/large", input = 1_000, cacheRead = 400, output = 200 } = call;
    const id = `call-${index}`;
    const worst = { microUsd: 90_000, tokens: 9_000 };
    await appendJournal(path, {
      state: "open",
      call: id,
      at: at(from),
      attempt: 1,
      role: "worker",
      model,
      worst,
    });
    if (to === undefined) continue;
    const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
    await appendJournal(path, {
      state: "closed",
      call: id,
      at: at(to),
      cost: call.worstCase === true ? worst : { microUsd: 10_000, tokens: input + output },
      tokens: call.worstCase === true ? none : { ...none, input, cacheRead, output },
      priceSource: "test",
      ...(call.worstCase === true ? { worstCase: true } : {}),
    });
  }
}

const integrated = (featureId: string) =>
  appendFeatureEvent(paths.features, mission, featureId, {
    key: "integrated/1/abc",
    at: at(30),
    kind: "integrated",
    head: "abc",
  });

describe("finished features", () => {
  it("are what plan, journals and events say: tokens by class, money, time and model", async () => {
    await writeMission(planOf([builtin("1.1", { tier: "thinking" })]));
    await writeSlice("1.1", 1, [
      { from: 0, to: 2 },
      { from: 3, to: 5, model: "acme/small" },
      { from: 5, to: 6 },
    ]);
    await integrated("1.1");
    expect(await readFinishedFeatures(paths)).toEqual([
      {
        missionId: mission,
        featureId: "1.1",
        title: "Add 1.1",
        kind: "code",
        size: "small",
        tier: "thinking",
        model: "acme/large",
        tokens: { input: 1_800, cacheRead: 1_200, output: 600 },
        microUsd: 30_000,
        activeMs: 6 * 60_000,
        endedAt: at(6),
      },
    ]);
  });

  it("take a size from their texts where the plan has none, and the tier whose model did the work", async () => {
    const tiers = { simple: "acme/tiny" };
    const feature = builtin("1.1", { size: undefined, title: "Fix a typo", tier: "standard" });
    await writeMission(planOf([feature], { model_routing: { tiers } }));
    await writeSlice("1.1", 1, [{ from: 0, to: 1, model: "acme/tiny" }]);
    await integrated("1.1");
    expect(await readFinishedFeatures(paths)).toMatchObject([{ size: "trivial", tier: "simple" }]);
  });

  it("count calls without usage at the worst case that was charged, as input", async () => {
    await writeMission(planOf([builtin("1.1")]));
    await writeSlice("1.1", 1, [
      { from: 0, to: 1 },
      { from: 1, to: 2, worstCase: true },
      { from: 2 },
    ]);
    await integrated("1.1");
    expect(await readFinishedFeatures(paths)).toMatchObject([
      { tokens: { input: 600 + 2 * 9_000, cacheRead: 400, output: 200 }, microUsd: 190_000 },
    ]);
  });

  it("worked while a slice was worked on: waits between slices, and long silences, are none", async () => {
    await writeMission(planOf([builtin("1.1")]));
    await writeSlice("1.1", 1, [
      { from: 0, to: 4 },
      { from: 120, to: 125 },
    ]);
    await writeSlice("1.1", 2, [{ from: 140, to: 142 }]);
    const attempt = { kind: "attempt", agent: "builtin", calls: 1 } as const;
    const spent = { microUsd: 1, tokens: 1 };
    await appendFeatureEvent(paths.features, mission, "1.1", {
      ...attempt,
      key: "attempt/1/1/1.1/2/7/1",
      at: at(145),
      outcome: "done",
      spent,
    });
    await appendFeatureEvent(paths.features, mission, "1.1", {
      key: "checks/1/none",
      at: at(149),
      kind: "checks",
      passed: true,
      summary: "1 of 1 passed",
    });
    await integrated("1.1");
    const [feature] = await readFinishedFeatures(paths);
    expect(feature?.activeMs).toBe((4 + 5 + 9) * 60_000);
    expect(feature?.endedAt).toBe(at(149));
  });

  it("are only those that ended done, on which a model worked", async () => {
    await writeMission(planOf(["1.1", "1.2", "1.3", "1.4"].map((id) => builtin(id))), {
      projected: { "feature 1.1 status": "done", "feature 1.2 status": "skipped" },
    });
    for (const id of ["1.1", "1.2", "1.3"]) await writeSlice(id, 1, [{ from: 0, to: 1 }]);
    await integrated("1.4");
    expect((await readFinishedFeatures(paths)).map(({ featureId }) => featureId)).toEqual(["1.1"]);
    const record = await readMissionRecord(paths.state, mission);
    const used = record === undefined ? [] : await readUsedFeatures(paths, record);
    expect(used.map(({ featureId, status }) => [featureId, status])).toEqual([
      ["1.1", "done"],
      ["1.2", "skipped"],
      ["1.3", "pending"],
      ["1.4", "done"],
    ]);
    expect(used[1]?.used).toEqual({ microUsd: 10_000, tokens: 1_200, activeMs: 60_000 });
  });

  it("of plain folders are done when the checks after the agent passed", async () => {
    await writeMission(planOf([builtin("1.1"), builtin("1.2")]), { workspace: "folder" });
    for (const [id, passed] of [
      ["1.1", true],
      ["1.2", false],
    ] as const) {
      await writeSlice(id, 1, [{ from: 0, to: 1 }]);
      await appendFeatureEvent(paths.features, mission, id, {
        key: "checks/1/none",
        at: at(2),
        kind: "checks",
        passed,
        summary: "",
      });
    }
    expect((await readFinishedFeatures(paths)).map(({ featureId }) => featureId)).toEqual(["1.1"]);
  });

  it("leave out canned replies, lost plans and damaged files, and nothing else", async () => {
    expect(await readFinishedFeatures(paths)).toEqual([]);
    await writeMission(planOf([builtin("1.1"), builtin("1.2")]));
    for (const id of ["1.1", "1.2"]) {
      await writeSlice(id, 1, [{ from: 0, to: 1 }]);
      await integrated(id);
    }
    const record = await readMissionRecord(paths.state, mission);
    if (record === undefined) throw new Error("the record was written");
    const other = (missionId: string, fields: Partial<MissionRecord>) =>
      writeMissionRecord(paths.state, { ...record, missionId, ...fields });
    await other("m-20260103-lostaa", { planHash: "0".repeat(64) });
    await other("m-20260103-badaaa", { planHash: "../../etc/passwd" });
    const demo = "m-20260103-demoaa";
    await other(demo, { demo: true, projected: { "feature 1.1 status": "done" } });
    await writeSlice("1.1", 1, [{ from: 0, to: 1 }], demo);
    const { sha256 } = await putBlob(paths.blobs, '{"milestones": 7}', "plan.json");
    await other("m-20260103-oddaaa", { planHash: sha256 });
    await writeFile(join(paths.state, "m-20260104-tornaa.json"), '{"missionId": ');
    await writeFile(
      journalPath(paths.journals, mission, "1/1/1.1/1"),
      '{"state":"open","call":"x"}\ngarbage',
    );
    await mkdir(join(paths.journals, mission, "1~1~1.2~2.jsonl"));
    await mkdir(join(paths.features, mission, "1.9.jsonl"));
    expect((await readFinishedFeatures(paths)).map(({ featureId }) => featureId)).toEqual(["1.2"]);
  });
});
