import { describe, expect, it } from "@jest/globals";
import { CancelledFailure, WorkflowFailedError } from "@temporalio/client";
import { cancellationSignal, Context } from "@temporalio/activity";
import type { Activities } from "../../../activities/contract.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2")], { checks: 1 });
const milestones = [{ id: "1", title: "First", features: 2 }];

/** An attempt that works until it is told to stop, or until `finish` is called. */
function slowWork() {
  let finished = false;
  let begun = 0;
  const runAttempt: Activities["runAttempt"] = async () => {
    begun += 1;
    const beat = setInterval(() => {
      Context.current().heartbeat();
    }, 50);
    try {
      while (!finished && !cancellationSignal().aborted) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      clearInterval(beat);
    }
    const spent = { microUsd: 50, tokens: 5 };
    return finished ? done({ spent, calls: 1 }) : { kind: "stopped", spent, calls: 1, sleeps: [] };
  };
  return {
    runAttempt,
    begun: () => begun,
    finish: () => {
      finished = true;
    },
  };
}

describe("pause and resume", () => {
  it("ends running attempts, settles them, grants nothing while paused, and finishes after resume", async () => {
    const work = slowWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones, timings: { heartbeatMs: 5_000, progressMs: 50 } });
      await until(
        async () => work.begun(),
        (begun) => begun === 2,
      );
      const reply = await handle.executeUpdate<{ applied: boolean }, [object]>("pause", {
        args: [{}],
      });
      expect(reply.applied).toBe(true);
      const guard = await until(
        () =>
          handle.client.getHandle(`${handle.workflowId}/budget`).query<{
            spent: { microUsd: number };
          }>("budget"),
        ({ spent }) => spent.microUsd === 100,
        "both attempts settled",
      );
      expect(guard.spent.microUsd).toBe(100);
      expect((await handle.query(snapshotQuery)).status).toBe("paused");
      expect(work.begun()).toBe(2);
      work.finish();
      await handle.executeUpdate("resume", { args: [{}] });
      expect(await handle.result()).toMatchObject({
        status: "completed",
        spent: { microUsd: 200 },
      });
    });
  });
});

describe("cancel", () => {
  it("by command stops attempts after the call in flight, settles all and ends as cancelled", async () => {
    const work = slowWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones, timings: { heartbeatMs: 5_000, progressMs: 50 } });
      await until(
        async () => work.begun(),
        (begun) => begun === 2,
      );
      await handle.executeUpdate("cancel", { args: [{ reason: "enough" }] });
      const result = await handle.result();
      expect(result).toMatchObject({ status: "cancelled", spent: { microUsd: 100 } });
      const { budget } = await handle.query(snapshotQuery);
      expect(budget.reserved).toEqual({ microUsd: 0, tokens: 0 });
    });
    expect(world.files.at(-1)).toMatchObject({ status: "cancelled" });
    expect(world.calls.some((call) => call.startsWith("commitFeature"))).toBe(false);
  });

  it("by the Web UI's button takes the same road and the workflow ends as cancelled", async () => {
    const work = slowWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones, timings: { heartbeatMs: 5_000, progressMs: 50 } });
      await until(
        async () => work.begun(),
        (begun) => begun === 2,
      );
      await handle.cancel();
      const error = await handle.result().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      const { budget, status } = await handle.query(snapshotQuery);
      expect(status).toBe("cancelled");
      expect(budget).toMatchObject({
        spent: { microUsd: 100 },
        reserved: { microUsd: 0, tokens: 0 },
      });
      const guard = await handle.client.getHandle(`${handle.workflowId}/budget`).describe();
      expect(guard.status.name).toBe("COMPLETED");
    });
  });

  it.each(["plan gate", "validation", "paused"] as const)("ends cleanly at: %s", async (phase) => {
    const work = slowWork();
    let validating = false;
    const world = fakeWorld([milestone], {
      ...(phase === "paused" ? { runAttempt: work.runAttempt } : {}),
      validateMilestone: async () => {
        validating = true;
        while (!cancellationSignal().aborted) {
          Context.current().heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error("stopped");
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones,
        approved: phase !== "plan gate",
        timings: { heartbeatMs: 5_000, progressMs: 50 },
      });
      if (phase === "plan gate")
        await until(
          () => handle.query(snapshotQuery),
          ({ gates }) => gates.length === 1,
        );
      if (phase === "validation") await until(async () => validating, Boolean);
      if (phase === "paused") {
        await until(
          async () => work.begun(),
          (begun) => begun === 2,
        );
        await handle.executeUpdate("pause", { args: [{}] });
      }
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
      const { budget } = await handle.query(snapshotQuery);
      expect(budget.reserved).toEqual({ microUsd: 0, tokens: 0 });
    });
  });
});
