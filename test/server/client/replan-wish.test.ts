/** `missions replan "what is wrong"`: from a sentence to a plan that the running mission follows, or to no change at all. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { describe, expect, it } from "@jest/globals";
import { runReplan } from "../../../client/commands/replan.js";
import { startMission } from "../../../client/missions.js";
import { TASK_QUEUE } from "../../../domain/ids.js";
import { editPlan } from "../../../domain/planning/edits.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { getBlob, putBlob } from "../../../store/blobs.js";
import { canonicalPlanJson } from "../../../store/plan-yaml.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import type { PlanningWork } from "../../../domain/planning/planning-work.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import {
  TEST_QUEUE,
  testAddress,
  testBundle,
  testNamespace,
  until,
  withWorker,
} from "../../helpers/with-worker.js";
import { aChangingMission, type ChangingMission } from "./changing-mission.js";

const plan = readPlan(aWrittenPlan());
const redrafted = editPlan(plan, [
  { kind: "change", feature: "1.1", set: { title: "Louder" } },
  { kind: "drop", features: ["1.2"] },
]);
const SETTINGS = `routing: {orchestrator: compatible/planner}
models: {compatible/planner: {input_usd_per_million: 0, output_usd_per_million: 0}}
`;

interface Asked {
  wish: string;
  fixed: string[];
  /** What the mission said of new starts while the model was asked. */
  isHeld: boolean;
}

/** 1.1 is at work; the model answers with `answer`. */
async function replanned(
  answer: "plan" | "failure",
  body: (mission: ChangingMission, client: Client, asked: Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const started: { mission?: ChangingMission } = {};
  let client: Client | undefined;
  const runPlanning = async ({ task, slice }: PlanningWork) => {
    const paid = { calls: 1, sleeps: [] };
    const spent = { microUsd: 0, tokens: 40 };
    if (slice.amount.tokens === 0) {
      const checkpoint = { sha256: "c".repeat(64), bytes: 1, name: "planning.json" };
      const ask = { microUsd: 0, tokens: 100 };
      const nothing = { microUsd: 0, tokens: 0 };
      return { kind: "needs-more" as const, ask, checkpoint, spent: nothing, calls: 0, sleeps: [] };
    }
    const { mission } = started;
    if (mission === undefined || client === undefined || task.kind !== "redraft") {
      throw new Error("nobody asked for this");
    }
    const { blobs } = mission.context.paths;
    const { story } = await client.workflow
      .getHandle(`mission/${mission.missionId}`)
      .query(snapshotQuery);
    const wish = JSON.parse((await getBlob(blobs, task.wishHash)).toString()) as string;
    const isHeld = story.at(-1)?.text.includes("wait for a new plan") === true;
    asked.push({ wish, fixed: task.fixed, isHeld });
    if (answer === "failure") {
      return {
        kind: "failed" as const,
        reason: "It has no idea.",
        remedy: "Ask another.",
        spent,
        ...paid,
      };
    }
    const { sha256 } = await putBlob(blobs, canonicalPlanJson(redrafted), "plan.json");
    return {
      kind: "drafted" as const,
      planHash: sha256,
      rounds: 1,
      promptHash: "b".repeat(64),
      notes: [],
      spent,
      ...paid,
    };
  };
  const made = await aChangingMission(plan, {}, ["1.1"], {
    variables: { MISSIONS_COMPATIBLE_BASE_URL: "http://127.0.0.1:9/v1" },
    activities: { runPlanning },
  });
  started.mission = made;
  const { settings } = made.context.paths;
  await mkdir(join(settings, ".."), { recursive: true });
  await writeFile(settings, SETTINGS);
  await withWorker(made.activities, async (bench) => {
    client = bench.client;
    const connection = await NativeConnection.connect({ address: testAddress() });
    try {
      const worker = await Worker.create({
        connection,
        namespace: testNamespace(),
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath: testBundle() },
        activities: made.activities,
      });
      await worker.runUntil(async () => {
        await startMission(bench.client, made.input, { taskQueue: TEST_QUEUE });
        await until(
          () => snapshotOf(made, bench.client),
          ({ features }) => features.some(({ id, status }) => id === "1.1" && status === "running"),
          "1.1 at work",
        );
        await body(made, bench.client, asked);
        made.goOn();
        await bench.client.workflow.getHandle(`mission/${made.missionId}`).result();
      });
    } finally {
      await connection.close();
    }
  });
}

const snapshotOf = ({ missionId }: ChangingMission, client: Client) =>
  client.workflow.getHandle(`mission/${missionId}`).query(snapshotQuery);
const replan = ({ context, missionId }: ChangingMission, yes = true) =>
  runReplan(context, [missionId, "it is too quiet"], { yes });

describe("replanning by a sentence", () => {
  it("says what it may cost, holds new starts, and after yes the mission follows the model's plan", async () => {
    await replanned("plan", async (mission, client, asked) => {
      expect(await replan(mission)).toBe(EXIT.ok);
      expect(asked).toEqual([{ wish: "it is too quiet", fixed: [], isHeld: true }]);
      expect(mission.notes[0]).toBe(
        "Asking compatible/planner may cost up to $2.00 of the mission's money; --planning-cap says how much.",
      );
      expect(mission.notes).toContain("- feature 1.2 Add a file (milestone 1)");
      expect(mission.notes.join("\n")).toMatch(
        /^Feature 1\.1 Louder stops after its call in flight/m,
      );
      expect(mission.notes.at(-1)).toBe("Asking cost $0.00, 40 tokens.");
      const { story } = await until(
        () => snapshotOf(mission, client),
        ({ planHash }) => planHash !== mission.input.planHash,
        "the new plan",
      );
      expect(story.map(({ text }) => text).join("\n")).toMatch(/read: it is too quiet$/m);
    });
  });

  it("changes nothing and lets work go on when no plan came of it", async () => {
    await replanned("failure", async (mission, client) => {
      const error: unknown = await replan(mission).catch((reason: unknown) => reason);
      if (!(error instanceof Problem)) throw error;
      expect(error.message).toBe("It has no idea.");
      const { planHash, story } = await snapshotOf(mission, client);
      expect(planHash).toBe(mission.input.planHash);
      expect(story.map(({ text }) => text).join("\n")).toMatch(/start again; the plan stays/);
    });
  });

  it("asks nobody and pays nothing where nobody could say yes, or nothing is said to be wrong", async () => {
    await replanned("plan", async (mission, _, asked) => {
      const message = async (work: Promise<unknown>) =>
        work.then(
          () => "fine",
          (error: unknown) => (error instanceof Problem ? error.message : error),
        );
      expect(await message(replan(mission, false))).toMatch(/^Nobody can be asked here/);
      const nothing = runReplan(mission.context, [mission.missionId], { yes: true });
      expect(await message(nothing)).toMatch(/^Nothing says what is wrong/);
      expect(asked).toEqual([]);
    });
  });
});
