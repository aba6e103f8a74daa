import { describe, expect, it } from "@jest/globals";
import { cancellationSignal, Context } from "@temporalio/activity";
import type { AttemptOutcome } from "../../../domain/work.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { TEST_HOST_QUEUE, until, withWorker } from "../../helpers/with-worker.js";

const costs = (id: string, microUsd: number) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd, tokens: 10 } });
const nothing = { microUsd: 0, tokens: 0 };
const hour = 3_600_000;
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Beats until it holds; gives up in the end, so that a failing test does not hang. */
async function beatUntil(holds: () => boolean) {
  const end = Date.now() + 25_000;
  while (!holds() && Date.now() < end) {
    Context.current().heartbeat();
    await rest(20);
  }
}
const isAsked = ({ gates }: { gates: { kind: string }[] }) =>
  gates.some(({ kind }) => kind === "budget");

async function untilTold(isFinished: () => boolean) {
  const signal = cancellationSignal();
  await beatUntil(() => isFinished() || signal.aborted);
  return signal;
}

/** Works until `finish`, or until it is told to stop. */
function slow(ids: string[], microUsd = 0) {
  let isFinished = false;
  const begun: string[] = [];
  const work = async (id: string): Promise<AttemptOutcome> => {
    begun.push(id);
    const { aborted } = await untilTold(() => !ids.includes(id) || isFinished);
    const spent = { microUsd, tokens: 0 };
    return aborted ? { kind: "stopped", spent, calls: 1, sleeps: [] } : done({ spent, calls: 1 });
  };
  const finish = () => {
    isFinished = true;
  };
  return { work, begun, finish };
}

describe("slices that do not fit", () => {
  it("are waited for in silence while another feature runs", async () => {
    const { work, begun, finish } = slow(["1.1"]);
    const world = fakeWorld([aMilestone("1", [costs("1.1", 90), costs("1.2", 50)])], {
      runAttempt: async ({ feature }) => work(feature.featureId),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        caps: { microUsd: 100, tokens: 100, activeMs: hour },
        timings: { heartbeatMs: 2_000, progressMs: 50 },
      });
      await until(
        async () => begun.length,
        (count) => count === 1,
      );
      await rest(3_000);
      const guard = handle.client.getHandle(`${handle.workflowId}/budget`);
      const { historyLength } = await guard.describe();
      finish();
      expect((await handle.result()).status).toBe("completed");
      expect(historyLength).toBeLessThan(60);
    });
  });

  it("are asked about, not granted by halves for ever, when a half buys nothing", async () => {
    let attempts = 0;
    const world = fakeWorld([aMilestone("1", [costs("1.1", 10)])], {
      runAttempt: async ({ slice }) => {
        attempts += 1;
        if (slice.amount.microUsd >= 100) return done({ spent: slice.amount, calls: 1 });
        const checkpoint = { sha256: "c", bytes: 1, name: "checkpoint" };
        const ask = { microUsd: 100, tokens: 10 };
        return { kind: "needs-more", ask, checkpoint, spent: nothing, calls: 0, sleeps: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        caps: { microUsd: 60, tokens: 100, activeMs: hour },
      });
      await until(() => handle.query(snapshotQuery), isAsked, "the budget gate");
      expect(attempts).toBeLessThan(3);
      await handle.executeUpdate("adjustBudget", { args: [{ usd: 1 }] });
      expect(await handle.result()).toMatchObject({
        status: "completed",
        spent: { microUsd: 100 },
      });
    });
  });

  it("do not hold up what comes after them once their feature is skipped", async () => {
    const world = fakeWorld([aMilestone("1", [costs("1.1", 1_000), costs("1.2", 10)])]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        atOnce: { code: 1, other: 1 },
        caps: { microUsd: 100, tokens: 100, activeMs: hour },
      });
      await until(() => handle.query(snapshotQuery), isAsked, "the budget gate");
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
      expect(world.calls).toContain("runAttempt 1.2");
    });
  });
});

describe("a feature's workflow", () => {
  it("terminated after its second ask is booked whole, asked about, and can be run again", async () => {
    let attempts = 0;
    let isTerminated = false;
    const world = fakeWorld([aMilestone("1", [costs("1.1", 10)])], {
      runAttempt: async ({ slice }) => {
        attempts += 1;
        const checkpoint = { sha256: "c", bytes: 1, name: "checkpoint" };
        const ask = { microUsd: 30, tokens: 10 };
        if (attempts === 1)
          return { kind: "needs-more", ask, checkpoint, spent: slice.amount, calls: 1, sleeps: [] };
        await beatUntil(() => isTerminated);
        return done({ spent: nothing, calls: 1 });
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        caps: { microUsd: 100, tokens: 100, activeMs: hour },
        timings: { heartbeatMs: 2_000, progressMs: 50 },
      });
      await until(
        async () => attempts,
        (count) => count === 2,
      );
      await handle.client.getHandle(`${handle.workflowId}/1/1.1`).terminate("by hand");
      isTerminated = true;
      const { gates } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.length > 0,
        "the feature's gate",
      );
      const answer = { gate: gates[0]?.id, choice: "retry" };
      await handle.executeUpdate("decide", { args: [answer] });
      expect(await handle.result()).toMatchObject({ status: "completed", spent: { microUsd: 40 } });
    });
  });

  it("paused while its workspace is made pays for nothing", async () => {
    let placed = 0;
    let isPaused = false;
    const opened: unknown[] = [];
    const world = fakeWorld([aMilestone("1", [costs("1.1", 50)])], {
      prepareWorkspace: async () => {
        placed += 1;
        await beatUntil(() => isPaused);
        return { hostId: "test", hostQueue: TEST_HOST_QUEUE, name: "w", baseCommit: "b" };
      },
      settleFromJournal: async ({ slice, sliceOpened }) => {
        opened.push(sliceOpened);
        return { spent: slice.amount, calls: 0, sleeps: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        caps: { microUsd: 100, tokens: 100, activeMs: hour },
        timings: { heartbeatMs: 1_000, progressMs: 50 },
      });
      await until(
        async () => placed,
        (count) => count === 1,
      );
      await handle.executeUpdate("pause", { args: [{}] });
      await rest(500);
      isPaused = true;
      await rest(500);
      await handle.executeUpdate("resume", { args: [{}] });
      expect(await handle.result()).toMatchObject({ status: "completed", spent: nothing });
      expect(opened).toEqual([]);
    });
  });
});

describe("a long milestone", () => {
  it("loses neither a gate nor a stop to its next run", async () => {
    const { work, begun } = slow(["1.1", "1.2"]);
    const world = fakeWorld([aMilestone("1", [costs("1.1", 1), costs("1.2", 1)])], {
      runAttempt: async ({ feature }) => work(feature.featureId),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        continueAfterEvents: 10,
        timings: { heartbeatMs: 2_000, progressMs: 50, drainMs: 2_000 },
      });
      await until(
        async () => begun.length,
        (count) => count === 2,
      );
      const first = handle.client.getHandle(`${handle.workflowId}/1/1.1`);
      await first.signal("stopFeature", { why: "stopped by hand" });
      const { gates } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.length > 0,
        "the feature's gate",
      );
      expect(gates[0]?.featureId).toBe("1.1");
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
    });
  });

  it("is told that a feature of its earlier run was terminated, and can be cancelled", async () => {
    const { work, begun } = slow(["1.1", "1.2"]);
    const world = fakeWorld([aMilestone("1", [costs("1.1", 1), costs("1.2", 1)])], {
      runAttempt: async ({ feature }) => work(feature.featureId),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        continueAfterEvents: 10,
        timings: { heartbeatMs: 2_000, progressMs: 50, drainMs: 100 },
      });
      await until(
        async () => begun.length,
        (count) => count === 2,
      );
      await rest(2_000);
      await handle.client.getHandle(`${handle.workflowId}/1/1.1`).terminate("by hand");
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
    });
  });
});

describe("mission.md", () => {
  it("whose write is cut by the death of its worker is written again soon, and the mission ends", async () => {
    let cuts = 0;
    const world = fakeWorld([aMilestone("1", [aFeature("1.1")])], {
      writeMissionFile: async ({ result }) => {
        if (result === undefined || cuts > 0) return { handEdits: [] };
        cuts += 1;
        // As a killed process: neither a beat nor an answer.
        return Context.current().cancelled;
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect((await handle.result()).status).toBe("completed");
    });
    expect(cuts).toBe(1);
  });
});

describe("a new plan", () => {
  it("that comes while the milestone is validated is not lost", async () => {
    const planned = [aMilestone("1", [aFeature("1.1")], { checks: 1 })];
    let validations = 0;
    let isReplanned = false;
    const world = fakeWorld(planned, {
      validateMilestone: async () => {
        validations += 1;
        await beatUntil(() => isReplanned);
        await rest(500);
        return { passed: true, ran: 1, failed: [], unseen: [], summary: "1 check passed" };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        timings: { heartbeatMs: 1_000, progressMs: 50 },
      });
      await until(
        async () => validations,
        (count) => count === 1,
      );
      planned[0] = aMilestone("1", [aFeature("1.1"), aFeature("1.2")], { checks: 1 });
      await handle.executeUpdate("replan", { args: [{ planHash: "1".repeat(64) }] });
      isReplanned = true;
      const result = await handle.result();
      expect(result).toMatchObject({ status: "completed" });
      expect(result.summary).toContain("2 of 2");
    });
  });
});
