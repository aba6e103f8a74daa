import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { describe, expect, it } from "@jest/globals";
import { runPlanEdit, type PlanEditOptions } from "../../../client/commands/plan-edit.js";
import { runPlanRestore } from "../../../client/commands/plan-restore.js";
import { runReplan } from "../../../client/commands/replan.js";
import { startMission } from "../../../client/missions.js";
import { whileHeld } from "../../../client/plan-gate/replan-hold.js";
import { editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { readMissionRecord } from "../../../store/mission-record.js";
import { readPlanText } from "../../../store/plan-file.js";
import { readPlanVersions } from "../../../store/plan-history.js";
import { planToYaml } from "../../../store/plan-yaml.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { TEST_QUEUE, until, withWorker, type MissionHandle } from "../../helpers/with-worker.js";
import { aChangingMission, type ChangingMission } from "./changing-mission.js";

const plan = readPlan(aWrittenPlan());

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error("no problem"),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw error;
}

async function running(
  mission: ChangingMission,
  body: (handle: MissionHandle, client: Client) => Promise<void>,
): Promise<void> {
  await withWorker(mission.activities, async ({ client }) => {
    await startMission(client, mission.input, { taskQueue: TEST_QUEUE });
    const handle = client.workflow.getHandle<
      typeof import("../../../workflows/mission.js").missionWorkflow
    >(`mission/${mission.missionId}`);
    await body(handle, client);
    mission.goOn();
  });
}

const edit = ({ context, missionId }: ChangingMission, options: PlanEditOptions) =>
  runPlanEdit(context, [missionId], options);
const versionsOf = async ({ context, missionId }: ChangingMission) => {
  const record = await readMissionRecord(context.paths.state, missionId);
  if (record === undefined) throw new Error("no record");
  return readPlanVersions(context.paths.plans, record);
};
const planIn = async ({ file }: ChangingMission) =>
  readPlanText(await readFile(file, "utf8"), "mission.md");
const withChanges = (...edits: PlanEdit[]) => editPlan(plan, edits);
const hasPlan = (mission: ChangingMission, title: string) =>
  until(
    () => planIn(mission),
    (found) => JSON.stringify(found).includes(title),
    "the new plan in mission.md",
  );

describe("a plan that waits for its approval", () => {
  it("is changed by option, again and again, shown in mission.md, and then followed", async () => {
    const mission = await aChangingMission(plan, { approved: false });
    await running(mission, async (handle) => {
      expect(await edit(mission, { drop: ["1.2"], reason: "too much", yes: true })).toBe(EXIT.ok);
      expect(await edit(mission, { add: "Sing", to: "2", yes: true, dryRun: true })).toBe(EXIT.ok);
      const scripted = ["2.1", "title=Shout"];
      expect(await edit(mission, { set: scripted, yes: true })).toBe(EXIT.ok);
      expect(await edit(mission, { mode: "poc", yes: true })).toBe(EXIT.ok);
      await until(
        () => planIn(mission),
        ({ mode }) => mode === "poc",
        "the new mode in mission.md",
      );
      const expected = withChanges(
        { kind: "drop", features: ["1.2"] },
        { kind: "change", feature: "2.1", set: { title: "Shout" } },
        { kind: "mode", mode: "poc" },
      );
      expect(await planIn(mission)).toEqual(expected);
      expect(await readFile(mission.file, "utf8")).toMatch(/^mode: poc$/m);
      const versions = await versionsOf(mission);
      expect(versions.map(({ why }) => why)).toEqual([
        "as the mission began",
        "too much",
        undefined,
        undefined,
      ]);
      const seen = await handle.query(snapshotQuery);
      expect(seen).toMatchObject({ status: "planning", mode: "poc" });
      expect(seen.planHash).toBe(versions.at(-1)?.planHash);
      expect(seen.story.map(({ text }) => text)).toContainEqual(
        expect.stringMatching(
          /^replan: The plan becomes [0-9a-f]{12} when it has been read: too m/,
        ),
      );
      await handle.executeUpdate("approvePlan", { args: [{}] });
      await handle.result();
    });
    expect(mission.begun.map((each) => each.split(" ")[0])).toEqual(["1.1", "2.1"]);
  });

  it("stays as it is without yes, for no change, and for a change that the rules refuse", async () => {
    const mission = await aChangingMission(plan, { approved: false });
    await running(mission, async (handle) => {
      const refused = (options: PlanEditOptions) => problemOf(edit(mission, options));
      expect((await refused({ drop: ["1.2"] })).message).toMatch(/^Nobody can be asked here/);
      // What it would have done is shown before.
      expect(mission.notes.join("\n")).toMatch(/^- feature 1\.2 /m);
      expect((await refused({ drop: ["9.9"], yes: true })).exitCode).toBe(EXIT.notFound);
      expect((await refused({ merge: ["1.1", "2.1"], yes: true })).message).toMatch(
        /different mil/,
      );
      expect((await refused({ move: "1.1", to: "2", yes: true })).message).toMatch(
        /depends on 1\.1/,
      );
      expect((await refused({ yes: true })).message).toMatch(/^Nothing says what is to be/);
      await edit(mission, { set: ["1.1", "title=Add a file"], yes: true });
      expect(mission.answers.at(-1)?.lines).toEqual(["Nothing changes."]);
      expect((await handle.query(snapshotQuery)).planHash).toBe(mission.input.planHash);
      expect(await versionsOf(mission)).toHaveLength(1);
      await handle.executeUpdate("cancel", { args: [{}] });
      await handle.result();
    });
  });
});

describe("the plan of a running mission", () => {
  it("changes where nothing has begun, and refuses by name what has", async () => {
    const mission = await aChangingMission(plan, {}, ["1.1"]);
    await running(mission, async (handle) => {
      await until(
        () => Promise.resolve(mission.begun),
        (begun) => begun.length === 1,
        "1.1 at work",
      );
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ id, status }) => id === "1.1" && status === "running"),
        "1.1 seen at work",
      );
      const refusal = await problemOf(edit(mission, { set: ["1.1", "title=X"], yes: true }));
      expect(refusal).toMatchObject({
        exitCode: EXIT.notNow,
        message: "The change touches what has begun or is done: 1.1 X (running).",
      });
      expect((await problemOf(edit(mission, { mode: "poc", yes: true }))).message).toMatch(
        /works with mode full, which stays/,
      );
      await edit(mission, { set: ["1.2", "title=Later"], yes: true });
      await hasPlan(mission, "Later");
      expect((await versionsOf(mission)).map(({ n }) => n)).toEqual([1, 2]);
      expect(await runPlanRestore(mission.context, [mission.missionId, "1"], { yes: true })).toBe(
        EXIT.ok,
      );
      await until(
        () => handle.query(snapshotQuery),
        ({ planHash }) => planHash === mission.input.planHash,
        "the first plan",
      );
      expect((await versionsOf(mission)).at(-1)).toMatchObject({
        n: 3,
        planHash: mission.input.planHash,
        why: "back to version 1 of the plan",
      });
      mission.goOn();
      expect((await handle.result()).status).toBe("completed");
    });
    expect(mission.begun.map((each) => each.split(" ")[0])).toEqual(["1.1", "1.2", "2.1"]);
  });

  it("given by a file may stop what runs, and says which and where its work stays", async () => {
    const mission = await aChangingMission(plan, {}, ["1.1"]);
    await running(mission, async (handle) => {
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ id, status }) => id === "1.1" && status === "running"),
        "1.1 at work",
      );
      const path = join(mission.root, "plan.yaml");
      const after = withChanges({ kind: "change", feature: "1.1", set: { title: "Anew" } });
      await writeFile(path, planToYaml(after));
      const options = { plan: path, reason: "better", yes: true };
      expect(await runReplan(mission.context, [mission.missionId], options)).toBe(EXIT.ok);
      expect(mission.notes).toContain(
        `Feature 1.1 Anew stops after its call in flight and begins anew as the new plan says; its work so far stays in its transcript (npx missions transcript ${mission.missionId} 1.1).`,
      );
      await hasPlan(mission, "Anew");
      mission.goOn();
      expect((await handle.result()).status).toBe("completed");
    });
    const [first, second] = mission.begun;
    expect([first, second].map((each) => each?.split(" ")[0])).toEqual(["1.1", "1.1"]);
    expect(first).not.toBe(second);
  });

  it("is held only while it is being changed: what comes of that, work goes on", async () => {
    const mission = await aChangingMission(plan, {}, ["1.1"]);
    await running(mission, async (handle, client) => {
      const { context } = mission;
      await until(
        () => handle.query(snapshotQuery),
        ({ startedAt }) => startedAt !== undefined,
        "the start",
      );
      const seen = await handle.query(snapshotQuery);
      const held = (sent: boolean) =>
        whileHeld(context, client, seen, () => Promise.resolve({ code: EXIT.ok, sent }));
      expect(await held(false)).toBe(EXIT.ok);
      await expect(
        whileHeld(context, client, seen, () => Promise.reject(new Error("broken"))),
      ).rejects.toThrow("broken");
      const { story } = await handle.query(snapshotQuery);
      const told = story.map(({ text }) => text).filter((text) => text.startsWith("replan: Feat"));
      expect(told.map((text) => /wait for a new plan|start again/.exec(text)?.[0])).toEqual([
        "wait for a new plan",
        "start again",
        "wait for a new plan",
        "start again",
      ]);
      mission.goOn();
      await handle.result();
    });
  });
});
