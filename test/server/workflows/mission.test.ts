import { describe, expect, it } from "@jest/globals";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const milestones = [
  aMilestone("1", [aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })], { checks: 1 }),
  aMilestone("2", [aFeature("2.1")]),
];
const outlines = milestones.map(({ id, title, features }) => ({
  id,
  title,
  features: features.length,
}));

const PLAN_2 = "2".repeat(64);

describe("missionWorkflow", () => {
  it("runs every feature once, in order, and ends as completed with nothing reserved", async () => {
    const world = fakeWorld(milestones, {
      runAttempt: async () => done({ spent: { microUsd: 100, tokens: 10 }, calls: 1 }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: outlines });
      const result = await handle.result();
      expect(result).toMatchObject({ status: "completed", spent: { microUsd: 300, tokens: 30 } });
      const snapshot = await handle.query(snapshotQuery);
      expect(snapshot.budget.reserved).toEqual({ microUsd: 0, tokens: 0 });
      expect(snapshot.featuresDone).toBe(3);
      // The last of each milestone comes with its result.
      expect(snapshot.features.map(({ id, status }) => `${id} ${status}`).sort()).toEqual([
        "1.1 done",
        "1.2 done",
        "2.1 done",
      ]);
      const seqs = snapshot.story.map(({ seq }) => seq);
      expect(new Set(seqs).size).toBe(seqs.length);
      expect(snapshot.story.map(({ text }) => text)).toContain(
        "Milestone 1 passed: 1 check passed",
      );
    });
    expect(world.calls.filter((call) => call.startsWith("integrateFeature"))).toEqual([
      "integrateFeature 1.1",
      "integrateFeature 1.2",
      "integrateFeature 2.1",
    ]);
    expect(world.files.at(-1)).toMatchObject({ status: "completed", commit: "completed" });
  });

  it("waits at the plan gate and starts nothing before the approval", async () => {
    const world = fakeWorld(milestones);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: outlines, approved: false });
      const waiting = await until(
        () => handle.query(snapshotQuery),
        ({ gates }) => gates.length > 0,
      );
      expect(waiting.status).toBe("planning");
      expect(world.calls).toEqual([]);
      await handle.signal("approvePlan");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(world.announced).toContain("1/gate/plan");
  });

  it("ends as cancelled when the plan is refused at its gate", async () => {
    const world = fakeWorld(milestones);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: outlines, approved: false });
      await until(
        () => handle.query(snapshotQuery),
        ({ gates }) => gates.length > 0,
      );
      await handle.executeUpdate("decide", { args: [{ gate: "plan", choice: "stop" }] });
      expect((await handle.result()).status).toBe("cancelled");
    });
    expect(world.calls).toEqual([]);
  });

  it("ignores malformed signals, says so in the story, and goes on", async () => {
    const world = fakeWorld(milestones);
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({ milestones: outlines, approved: false });
      await handle.signal("adjustBudget", { usd: "lots" });
      await handle.signal("decide");
      await handle.signal("steer", 7);
      await client.workflowService.signalWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId },
        signalName: "pause",
        input: {
          payloads: [
            {
              metadata: { encoding: Buffer.from("json/plain") },
              data: Buffer.from("{broken"),
            },
          ],
        },
      });
      await client.workflowService.signalWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId },
        signalName: "resume",
        input: {
          payloads: [{ metadata: { encoding: Buffer.from("x/unknown") }, data: Buffer.from("?") }],
        },
      });
      const { story } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) =>
          snapshot.story.filter(({ text }) => text.startsWith("ignored a malformed")).length === 5,
        "five ignored signals",
      );
      expect(story.map(({ text }) => text).join("\n")).toContain(
        "ignored a malformed adjustBudget",
      );
      await handle.signal("approvePlan");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("applies a command with an id once and one without an id each time", async () => {
    const world = fakeWorld(milestones);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: outlines, approved: false });
      const adjust = (commandId?: string) =>
        handle.executeUpdate<{ applied: boolean; message: string }, [object]>("adjustBudget", {
          args: [{ usd: 2, ...(commandId === undefined ? {} : { commandId }) }],
        });
      expect((await adjust("a")).message).toContain("2 USD");
      expect((await adjust("a")).message).toContain("before");
      expect((await adjust()).message).toContain("2 USD");
      const { budget } = await handle.query(snapshotQuery);
      expect(budget.caps.microUsd).toBe(2_000_000);
      await handle.signal("approvePlan");
      await handle.result();
    });
  });

  it("does the next milestone as a plan says that came while the one before ran", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const world = fakeWorld(milestones, {
      runAttempt: async ({ feature }) => {
        if (feature.featureId === "1.1") await held;
        return done();
      },
      readOutline: async ({ planHash, milestoneId }) => {
        const changed = planHash === PLAN_2 && milestoneId === "2";
        const outline = changed
          ? aMilestone("2", [aFeature("2.2"), aFeature("2.3")])
          : milestones.find(({ id }) => id === milestoneId);
        if (outline === undefined) throw new Error(`no milestone ${milestoneId}`);
        return outline;
      },
      readMilestones: async () => ({
        milestones: outlines.map((each) => (each.id === "2" ? { ...each, features: 2 } : each)),
      }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: outlines });
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ status }) => status === "running"),
      );
      await handle.executeUpdate("replan", { args: [{ planHash: PLAN_2 }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ planHash }) => planHash === PLAN_2,
      );
      release();
      expect((await handle.result()).status).toBe("completed");
      const { featuresDone, milestones: views } = await handle.query(snapshotQuery);
      expect(featuresDone).toBe(4);
      expect(views[1]).toMatchObject({ id: "2", status: "done", featuresDone: 2 });
    });
    const commits = world.calls.filter((call) => call.startsWith("commitFeature"));
    expect(commits.slice(2).sort()).toEqual(["commitFeature 2.2", "commitFeature 2.3"]);
  });

  it("goes on in a new run between milestones when its history is long", async () => {
    const many = ["1", "2", "3", "4"].map((id) => aMilestone(id, [aFeature(`${id}.1`)]));
    const world = fakeWorld(many);
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({
        milestones: many.map(({ id, title }) => ({ id, title, features: 1 })),
        continueAfterEvents: 20,
      });
      expect((await handle.result()).status).toBe("completed");
      const { runId, raw } = await client.workflow.getHandle(handle.workflowId).describe();
      expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
    });
    expect(world.calls.filter((call) => call.startsWith("commitFeature"))).toHaveLength(4);
  });
});

describe("a branch that a person has checked out", () => {
  it("is said in the story and the result to lack what was integrated, once", async () => {
    const why = "the branch is checked out in /home/ann/shop";
    const told: string[] = [];
    const world = fakeWorld([aMilestone("1", [aFeature("1.1")])], {
      writeMissionFile: async ({ commit, story }) => {
        told.push(...story.map(({ text }) => text).filter((text) => text.includes(why)));
        return { handEdits: [], ...(commit === undefined ? {} : { unpublished: why }) };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect((await handle.result()).status).toBe("completed");
      const { result } = await handle.query(snapshotQuery);
      expect(result).toContain(`not published in your repository: ${why}`);
    });
    expect(told).toHaveLength(1);
  });
});
