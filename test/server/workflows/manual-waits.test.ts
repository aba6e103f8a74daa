import { describe, expect, it } from "@jest/globals";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker, type MissionHandle } from "../../helpers/with-worker.js";
import { callsOf, decide, failing, gate, manual, one, statusOf } from "./manual-gate.js";

describe("a feature that waits for a person", () => {
  it("keeps waiting through a pause; what they say meanwhile counts when work goes on", async () => {
    const { runChecks, runs } = failing(0);
    const world = fakeWorld([aMilestone("1", [manual("1.1"), manual("1.2")])], { runChecks });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2) });
      await gate(handle, "feature-1.1-1");
      await gate(handle, "feature-1.2-1");
      await handle.executeUpdate("pause", { args: [{}] });
      await decide(handle, "feature-1.1-1", "done");
      await until(
        () => statusOf(handle, "1.1"),
        (feature) => feature?.note?.includes("its checks are next") === true,
        "their word",
      );
      expect(runs()).toBe(0);
      await handle.executeUpdate("steer", { args: [{ note: "Friday would be good." }] });
      await handle.executeUpdate("resume", { args: [{}] });
      await until(
        () => statusOf(handle, "1.1"),
        (feature) => feature?.status === "done",
        "1.1 done",
      );
      await decide(handle, "feature-1.2-1", "done");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("is cancelled with its mission, after what was there is kept", async () => {
    const world = fakeWorld([aMilestone("1", [manual("1.1"), manual("1.2")])]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2) });
      await gate(handle, "feature-1.1-1");
      await gate(handle, "feature-1.2-1");
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
      expect((await handle.query(snapshotQuery)).budget.reserved).toEqual({
        microUsd: 0,
        tokens: 0,
      });
    });
    expect(world.calls.filter((call) => call.startsWith("commitFeature")).sort()).toEqual([
      "commitFeature 1.1",
      "commitFeature 1.2",
    ]);
  });

  it("outlives the worker that opened its gate", async () => {
    const world = fakeWorld([aMilestone("1", [manual("1.1")])]);
    let workflowId = "";
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(1) });
      await gate(handle, "feature-1.1-1");
      ({ workflowId } = handle);
    });
    await withWorker(world.activities, async ({ client }) => {
      const handle: MissionHandle = client.workflow.getHandle(workflowId);
      await decide(handle, "feature-1.1-1", "done");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(callsOf(world.calls, "1.1").filter((call) => call === "prepareWorkspace")).toHaveLength(
      1,
    );
  });

  it("waits on in the milestone's next run, and its word is heard there", async () => {
    const others = Array.from({ length: 10 }, (_, i) => aFeature(`1.${i + 2}`));
    const { runChecks } = failing(0);
    let isRight = false;
    const world = fakeWorld([aMilestone("1", [manual("1.1"), ...others])], {
      runChecks: async (input) => {
        if (input.feature.featureId === "1.1" && !isRight)
          return { passed: false, ran: 1, failed: ["1.1.a"], unseen: [], summary: "1.1.a failed" };
        return runChecks(input);
      },
    });
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({
        milestones: one(11),
        continueAfterEvents: 60,
        timings: { progressMs: 50, drainMs: 100, heartbeatMs: 60_000 },
      });
      const milestone = client.workflow.getHandle(`${handle.workflowId}/1`);
      await gate(handle, "feature-1.1-1");
      const opened = await milestone.describe();
      await until(
        () => handle.query(snapshotQuery),
        ({ featuresDone }) => featuresDone === 10,
        "the others",
      );
      expect((await milestone.describe()).runId).not.toBe(opened.runId);
      await decide(handle, "feature-1.1-1", "done");
      await gate(handle, "feature-1.1-2");
      isRight = true;
      await decide(handle, "feature-1.1-2", "done");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("is asked about anew when a new plan changes it, and its old gate is closed", async () => {
    const plans: Record<string, string> = { "0": "a", "1": "b" };
    const world = fakeWorld([], {
      readOutline: async ({ planHash }) =>
        aMilestone("1", [manual("1.1", { digest: plans[planHash.slice(0, 1)] })]),
      readMilestones: async () => ({ milestones: one(1) }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(1) });
      await gate(handle, "feature-1.1-1");
      await handle.executeUpdate("replan", { args: [{ planHash: "1".repeat(64) }] });
      await gate(handle, "feature-1.1-2");
      const { gates } = await handle.query(snapshotQuery);
      expect(gates.map(({ id }) => id)).toEqual(["feature-1.1-2"]);
      await decide(handle, "feature-1.1-2", "done");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("goes back to them with the files of a conflict", async () => {
    let conflicts = 1;
    const world = fakeWorld([aMilestone("1", [manual("1.1")])], {
      integrateFeature: async () => {
        conflicts -= 1;
        return conflicts >= 0
          ? { kind: "conflict", files: ["src/app.ts"] }
          : { kind: "merged", head: "h" };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(1) });
      await gate(handle, "feature-1.1-1");
      await decide(handle, "feature-1.1-1", "done");
      expect((await gate(handle, "feature-1.1-2")).question).toContain("src/app.ts");
      await decide(handle, "feature-1.1-2", "done");
      expect((await handle.result()).status).toBe("completed");
    });
  });
});
