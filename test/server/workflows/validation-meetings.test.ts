import { CancelledFailure } from "@temporalio/activity";
import { describe, expect, it } from "@jest/globals";
import { milestoneWorkflowId } from "../../../domain/ids.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { done } from "../../helpers/fake-activities.js";
import {
  beatUntil,
  decide,
  fails,
  ONE_MILESTONE,
  passes,
  PLAN,
  validatedWorld,
  whenAsked,
} from "../../helpers/validated-world.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const ask = { microUsd: 200, tokens: 20 };
const costs = (microUsd: number) => ({ spent: { microUsd, tokens: 1 }, calls: 1, sleeps: [] });

describe("a validation", () => {
  it("loses its fix feature to a plan of a person that crosses it, and says so", async () => {
    let isReplanned = false;
    const world = validatedWorld([() => fails(1)], {
      runAttempt: async ({ feature }) => {
        if (feature.featureId === "1.fix-1") await beatUntil(() => isReplanned);
        return done();
      },
    });
    const own = "a".repeat(64);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) =>
          features.some(({ id, status }) => id === "1.fix-1" && status === "running"),
        "the fix feature",
      );
      const before = world.plans.get(PLAN);
      if (before !== undefined) world.plans.set(own, before);
      await handle.executeUpdate("replan", { args: [{ planHash: own }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ story }) => story.some(({ text }) => text.includes("goes on with plan aaaa")),
        "the new plan",
      );
      isReplanned = true;
      expect((await handle.result()).status).toBe("completed");
      const seen = await handle.query(snapshotQuery);
      expect(seen.planHash).toBe(own);
      expect(seen.story.map(({ text }) => text).join("\n")).toContain(
        "The new plan has no 1.fix-1, which the engine had added: dropped",
      );
    });
    // Round 2 looks at what is there without it.
    expect(world.validated.map(({ planHash }) => planHash)).toEqual([PLAN, own]);
  });

  it("is ended by a pause and by a new plan, and begun anew as the same round", async () => {
    const own = "a".repeat(64);
    let isEnded = false;
    const untilEnded = async () => {
      await beatUntil(() => false);
      isEnded = true;
      throw new CancelledFailure("ended");
    };
    const world = validatedWorld([untilEnded, untilEnded]);
    const looks = (count: number) =>
      until(
        async () => world.validated.length,
        (seen) => seen === count,
        `look ${count}`,
      );
    await withWorker(world.activities, async ({ start }) => {
      const timings = { heartbeatMs: 800, progressMs: 50 };
      const handle = await start({ ...ONE_MILESTONE, timings });
      await looks(1);
      await handle.executeUpdate("pause", { args: [{}] });
      await until(async () => isEnded, Boolean, "the end of the first look");
      await handle.executeUpdate("resume", { args: [{}] });
      await looks(2);
      const before = world.plans.get(PLAN);
      if (before !== undefined) world.plans.set(own, before);
      await handle.executeUpdate("replan", { args: [{ planHash: own }] });
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).budget.reserved.microUsd).toBe(0);
    });
    expect(world.validated.map(({ round, planHash }) => [round, planHash])).toEqual([
      [1, PLAN],
      [1, PLAN],
      [1, own],
    ]);
    expect(world.extended).toEqual([]);
  });

  it("takes a person's plan that comes while the engine extends the one before", async () => {
    const own = "a".repeat(64);
    let isAsked = false;
    let isReplanned = false;
    const world = validatedWorld([() => fails(1)], {
      extendPlan: async () => {
        isAsked = true;
        await beatUntil(() => isReplanned);
        return { kind: "extended", planHash: "f".repeat(64), added: ["1.fix-1"], removed: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      await until(
        async () => isAsked,
        (is) => is,
      );
      const before = world.plans.get(PLAN);
      if (before !== undefined) world.plans.set(own, before);
      await handle.executeUpdate("replan", { args: [{ planHash: own }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ story }) =>
          story.some(({ text }) => text.includes("The mission goes on with plan aaaa")),
        "the new plan",
      );
      isReplanned = true;
      expect((await handle.result()).status).toBe("completed");
      const seen = await handle.query(snapshotQuery);
      expect(seen).toMatchObject({ planHash: own, featuresTotal: 1 });
    });
  });

  it("waits in a new run of the milestone for the feature that the run before had mend it", async () => {
    let mayEnd = false;
    const world = validatedWorld([() => fails(1)], {
      runAttempt: async ({ feature }) => {
        if (feature.featureId === "1.fix-1") await beatUntil(() => mayEnd);
        return done();
      },
    });
    await withWorker(world.activities, async ({ start, client }) => {
      const timings = { progressMs: 50, drainMs: 50 };
      const handle = await start({ ...ONE_MILESTONE, continueAfterEvents: 60, timings });
      const { missionId } = await until(
        () => handle.query(snapshotQuery),
        ({ features }) =>
          features.some(({ id, status }) => id === "1.fix-1" && status === "running"),
        "the fix feature",
      );
      const milestone = milestoneWorkflowId(missionId, "1");
      const { raw } = await client.workflow.getHandle(`${milestone}/1.fix-1`).describe();
      const startedBy = raw.workflowExecutionInfo?.parentExecution?.runId;
      await until(
        async () => {
          // Each fills its history.
          await handle.executeUpdate("steer", { args: [{ note: "go on", feature: "1.1" }] });
          return (await client.workflow.getHandle(milestone).describe()).runId;
        },
        (runId) => runId !== startedBy,
        "the next run",
      );
      mayEnd = true;
      expect((await handle.result()).status).toBe("completed");
    });
    expect(world.validated.map(({ round }) => round)).toEqual([1, 2]);
    expect(world.extended).toHaveLength(1);
  });

  it("keeps its gate and its rounds when the milestone goes on in a new run", async () => {
    const world = validatedWorld([() => fails(1), () => fails(2), () => fails(3), () => fails(4)]);
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({ ...ONE_MILESTONE, continueAfterEvents: 30 });
      const { seen, gate } = await whenAsked(handle);
      await decide(handle, gate.id, "fix");
      await until(
        async () => world.validated.length,
        (count) => count >= 5,
      );
      expect((await handle.result()).status).toBe("completed");
      const runs: string[] = [];
      const query = `WorkflowId = "${milestoneWorkflowId(seen.missionId, "1")}"`;
      for await (const { runId } of client.workflow.list({ query })) runs.push(runId);
      expect(runs.length).toBeGreaterThan(1);
    });
    expect(world.validated.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5]);
    // After the decision two more failed rounds would be mended by themselves: the fourth was.
    expect(world.extended).toHaveLength(4);
  });
});

describe("a cancel", () => {
  const cancel: { args: [object] } = { args: [{ reason: "enough" }] };

  it("ends a validation in flight, at its gate, and while it is judged, with nothing reserved", async () => {
    let isLooking = false;
    let isJudging = false;
    const inFlight = validatedWorld([
      async () => {
        isLooking = true;
        await beatUntil(() => false);
        return passes(1);
      },
    ]);
    const judged = validatedWorld([() => passes(1, { judgeAsk: ask })], {
      judgeMilestone: async () => {
        isJudging = true;
        await beatUntil(() => false);
        return { kind: "stopped", ...costs(2) };
      },
    });
    const asked = validatedWorld([() => fails(1)], {
      extendPlan: async () => ({ kind: "impossible", why: "nobody can" }),
    });
    const input = { ...ONE_MILESTONE, timings: { heartbeatMs: 800, progressMs: 50 } };
    await withWorker(inFlight.activities, async ({ start }) => {
      const handle = await start(input);
      await until(
        async () => isLooking,
        (is) => is,
      );
      await handle.executeUpdate("cancel", cancel);
      expect((await handle.result()).status).toBe("cancelled");
    });
    await withWorker(judged.activities, async ({ start }) => {
      const handle = await start(input);
      await until(
        async () => isJudging,
        (is) => is,
      );
      await handle.executeUpdate("cancel", cancel);
      expect(await handle.result()).toMatchObject({ status: "cancelled", spent: { microUsd: 2 } });
      expect((await handle.query(snapshotQuery)).budget.reserved.microUsd).toBe(0);
    });
    await withWorker(asked.activities, async ({ start }) => {
      const handle = await start(input);
      await whenAsked(handle);
      await handle.executeUpdate("cancel", cancel);
      expect((await handle.result()).status).toBe("cancelled");
    });
  });
});
