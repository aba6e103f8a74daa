import { describe, expect, it } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/common";
import { NativeConnection, Worker } from "@temporalio/worker";
import type { Activities } from "../../../activities/contract.js";
import { featuresQuery, snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import {
  TEST_HOST_QUEUE,
  testAddress,
  testNamespace,
  until,
  withWorker,
} from "../../helpers/with-worker.js";
import { callsOf, decide, failing, gate, manual, one, statusOf } from "./manual-gate.js";

/** Another host's worker, there for as long as `body` takes. */
async function besideHost<T>(
  taskQueue: string,
  activities: Activities,
  body: () => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address: testAddress() });
  try {
    const namespace = testNamespace();
    const worker = await Worker.create({ connection, namespace, taskQueue, activities });
    return await worker.runUntil(body());
  } finally {
    await connection.close();
  }
}

describe("a feature that a person does", () => {
  it("waits at its gate without slice or place, and is checked, committed and integrated when they say done", async () => {
    const features = [manual("1.1"), aFeature("1.2"), manual("1.3", { dependsOn: ["1.1"] })];
    const world = fakeWorld([aMilestone("1", features)]);
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({ milestones: one(3), atOnce: { code: 1, other: 1 } });
      const { question, options } = await gate(handle, "feature-1.1-1");
      expect(question).toContain("Feature 1.1 is a person's to do");
      expect(options.map(({ choice }) => choice)).toEqual(["done", "skip"]);
      await until(
        () => statusOf(handle, "1.2"),
        (feature) => feature?.status === "done",
        "1.2 in the only place",
      );
      const waits = await statusOf(handle, "1.1");
      expect(waits?.status).toBe("waiting");
      expect(waits?.note).toContain(
        `npx missions decide ${handle.workflowId.slice("mission/".length)} feature-1.1-1 done`,
      );
      const milestone = client.workflow.getHandle(`${handle.workflowId}/1`);
      const views = await milestone.query(featuresQuery, 0);
      expect(views.find(({ id }) => id === "1.3")?.note).toContain("waits for 1.1");
      expect((await decide(handle, "feature-1.1-1", "done")).applied).toBe(true);
      await gate(handle, "feature-1.3-1");
      await decide(handle, "feature-1.3-1", "done");
      expect(await handle.result()).toMatchObject({ status: "completed" });
    });
    expect(callsOf(world.calls, "1.1").filter((call) => call !== "prepare")).toEqual([
      "prepareWorkspace",
      "describeManualWork",
      "runChecks",
      "commitFeature",
      "integrateFeature",
    ]);
  });

  it("asks the guard for nothing before the person has said done", async () => {
    const world = fakeWorld([aMilestone("1", [manual("1.1")])]);
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({ milestones: one(1) });
      await gate(handle, "feature-1.1-1");
      await until(
        () => handle.query(snapshotQuery),
        ({ status }) => status === "blocked",
        "a mission that only waits for the person",
      );
      const guard = client.workflow.getHandle(`${handle.workflowId}/budget`);
      const asked = async () =>
        ((await guard.fetchHistory()).events ?? []).filter(
          ({ workflowExecutionSignaledEventAttributes: signal }) =>
            signal?.signalName === "requestSlices",
        ).length;
      expect(await asked()).toBe(0);
      await decide(handle, "feature-1.1-1", "done");
      expect((await handle.result()).status).toBe("completed");
      expect(await asked()).toBeGreaterThan(0);
    });
  });

  it("comes back to them with the failing checks as often as it takes, by gate or by retry", async () => {
    const { runChecks } = failing(4);
    const world = fakeWorld([aMilestone("1", [manual("1.1")])], { runChecks });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(1) });
      for (const n of [1, 2, 3, 4, 5]) {
        const { question } = await gate(handle, `feature-1.1-${n}`);
        if (n > 1)
          expect(question).toContain(
            `It is not done yet: 0 of 1 checks pass; failed: 1.1.a (${n - 1})`,
          );
        if (n % 2 === 1) await decide(handle, `feature-1.1-${n}`, "done");
        else await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      }
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).gates).toEqual([]);
    });
    expect(callsOf(world.calls, "1.1").filter((call) => call === "commitFeature")).toHaveLength(1);
  });

  it("comes back to them when its checks cannot run or its change is refused", async () => {
    let runs = 0;
    let commits = 0;
    const world = fakeWorld([aMilestone("1", [manual("1.1")])], {
      runChecks: async () => {
        runs += 1;
        if (runs === 1) throw ApplicationFailure.nonRetryable("The plan is gone", "MissingRecord");
        return { passed: true, ran: 1, failed: [], unseen: [], summary: "1 check passed" };
      },
      commitFeature: async () => {
        commits += 1;
        const refused = "Conflict markers are left in the change.";
        return commits === 1
          ? { commit: "", filesChanged: 1, files: [], refused }
          : { commit: "c", filesChanged: 1, files: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(1) });
      await gate(handle, "feature-1.1-1");
      await decide(handle, "feature-1.1-1", "done");
      const broken = await gate(handle, "feature-1.1-2");
      expect(broken.question).toContain("Its checks could not run: The plan is gone");
      await decide(handle, "feature-1.1-2", "done");
      const refused = await gate(handle, "feature-1.1-3");
      expect(refused.question).toContain("It cannot be taken over: Conflict markers are left");
      await decide(handle, "feature-1.1-3", "done");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("stays on the host that has their work, and says so while that does not answer", async () => {
    const queue = `${TEST_HOST_QUEUE}-laptop`;
    const world = fakeWorld([aMilestone("1", [manual("1.1")])], {
      prepareWorkspace: async () => ({
        hostId: "laptop",
        hostQueue: queue,
        name: "w",
        baseCommit: "b",
      }),
      hostAlive: async () => false,
    });
    await withWorker(world.activities, async ({ start }) => {
      const timings = { progressMs: 50, heartbeatMs: 60_000, retryMs: 50, hostScheduleMs: 3_000 };
      const handle = await besideHost(queue, world.activities, async () => {
        const started = await start({ milestones: one(1), timings });
        await gate(started, "feature-1.1-1");
        return started;
      });
      await decide(handle, "feature-1.1-1", "done");
      const { question } = await gate(handle, "feature-1.1-2");
      expect(question).toContain("Host laptop, which has the workspace, does not answer");
      await besideHost(queue, world.activities, async () => {
        await decide(handle, "feature-1.1-2", "done");
        expect((await handle.result()).status).toBe("completed");
      });
    });
  });

  it("is skipped by decision, with what was in its workspace kept as a commit", async () => {
    const world = fakeWorld([aMilestone("1", [manual("1.1"), manual("1.2")])]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2), atOnce: { code: 1, other: 1 } });
      // Both wait at once, though there is one place only.
      await gate(handle, "feature-1.1-1");
      await gate(handle, "feature-1.2-1");
      await decide(handle, "feature-1.1-1", "skip");
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.2" }] });
      expect((await handle.result()).status).toBe("completed");
      const skipped = await statusOf(handle, "1.1");
      expect(skipped).toMatchObject({ status: "skipped" });
      expect(skipped?.note).toContain("what was there is kept as commit-1.1");
    });
    expect(world.calls.filter((call) => call.startsWith("integrateFeature"))).toEqual([]);
  });
});

describe("a feature that a person does in a POC mission", () => {
  const modes = () => {
    const seen: string[] = [];
    const prepareWorkspace: Activities["prepareWorkspace"] = async ({ feature, mode }) => {
      seen.push(`${feature.featureId} ${mode}`);
      return { hostId: "test", hostQueue: TEST_HOST_QUEUE, name: mode, baseCommit: "b" };
    };
    return { seen, prepareWorkspace };
  };

  it("gets a clone of its own, and the one branch goes on meanwhile", async () => {
    const { seen, prepareWorkspace } = modes();
    const world = fakeWorld([aMilestone("1", [manual("1.1"), aFeature("1.2")])], {
      prepareWorkspace,
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2), mode: "poc" });
      await gate(handle, "feature-1.1-1");
      await until(
        () => statusOf(handle, "1.2"),
        (feature) => feature?.status === "done",
        "1.2",
      );
      await decide(handle, "feature-1.1-1", "done");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(seen).toEqual(["1.1 full", "1.2 poc"]);
  });

  it("works in the mission's one folder, which it enters again before the checks", async () => {
    const { seen, prepareWorkspace } = modes();
    const world = fakeWorld([aMilestone("1", [manual("1.1"), aFeature("1.2")])], {
      prepareWorkspace,
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2), mode: "poc", workspace: "folder" });
      await gate(handle, "feature-1.1-1");
      await until(
        () => statusOf(handle, "1.2"),
        (feature) => feature?.status === "done",
        "1.2",
      );
      await decide(handle, "feature-1.1-1", "done");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(seen).toEqual(["1.1 poc", "1.2 poc", "1.1 poc"]);
  });
});
