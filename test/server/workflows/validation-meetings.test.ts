import { Context } from "@temporalio/activity";
import { describe, expect, it } from "@jest/globals";
import type { JudgeOutcome } from "../../../domain/validation-work.js";
import { milestoneWorkflowId } from "../../../domain/ids.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { done } from "../../helpers/fake-activities.js";
import {
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
/** Goes on until the test says so, or until it is cancelled. */
const beatUntil = async (isOver: () => boolean) => {
  const { cancellationSignal, heartbeat } = Context.current();
  while (!isOver() && !cancellationSignal.aborted) {
    heartbeat();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe("the judge of a milestone", () => {
  it("is paid from slices of its own, waits for limits, and what it finds is mended", async () => {
    const at = () => new Date(Date.now() + 500).toISOString();
    const says: (() => JudgeOutcome)[] = [
      () => ({ kind: "needs-more", ask: { microUsd: 300, tokens: 30 }, ...costs(5) }),
      () => ({ kind: "wait-until", at: at(), why: "rate limit", ...costs(0) }),
      () => ({ kind: "slice-lost", ...costs(0) }),
      () => ({ kind: "judged", outcome: fails(1), ...costs(50) }),
      () => ({ kind: "judged", outcome: passes(2), ...costs(60) }),
    ];
    const amounts: number[] = [];
    const keys = new Set<string>();
    const world = validatedWorld(
      [() => passes(1, { judgeAsk: ask }), () => passes(2, { judgeAsk: ask })],
      {
        judgeMilestone: async ({ slice }) => {
          keys.add(slice.key);
          const next = says[amounts.length];
          amounts.push(slice.amount.microUsd);
          if (next === undefined) throw new Error("asked too often");
          return next();
        },
      },
    );
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      expect(await handle.result()).toMatchObject({
        status: "completed",
        // The lost slice counts whole.
        spent: { microUsd: 5 + 300 + 50 + 60, tokens: 1 + 1 + 30 + 1 + 1 },
      });
      expect((await handle.query(snapshotQuery)).budget.reserved.microUsd).toBe(0);
    });
    const seenAs = world.files.map(({ status, milestones }) => `${status}: ${milestones[0]?.note}`);
    // The judge's wait is told while it is waited for, and is not called work.
    expect(seenAs).toContain("validating: round 1: a judge looks at it");
    expect(amounts).toEqual([200, 300, 300, 300, 200]);
    expect(keys.size).toBe(5);
    expect(world.extended).toHaveLength(1);
  });

  it("does not hold the milestone up when it cannot look", async () => {
    const world = validatedWorld([() => passes(1, { judgeAsk: ask })], {
      judgeMilestone: async () => ({ kind: "failed", reason: "no key for it", ...costs(3) }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      expect(await handle.result()).toMatchObject({ status: "completed", spent: { microUsd: 3 } });
      const { story } = await handle.query(snapshotQuery);
      expect(story.map(({ text }) => text)).toContain("Milestone 1 was not judged: no key for it");
    });
    // For mission.md, whose Exit report is made from it.
    expect(world.files.at(-1)?.milestones[0]?.unjudged).toBe("no key for it");
  });

  it("waits for days without filling one run of its milestone, and then looks at what is there", async () => {
    const more = { judgeAsk: ask };
    const world = validatedWorld([() => passes(1, more), () => passes(2, more)], {
      judgeMilestone: async ({ round }) =>
        round === 1
          ? { kind: "wait-until", at: new Date().toISOString(), why: "rate limit", ...costs(0) }
          : { kind: "judged", outcome: passes(round), ...costs(7) },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ ...ONE_MILESTONE, continueAfterEvents: 80 });
      expect(await handle.result()).toMatchObject({ status: "completed", spent: { microUsd: 7 } });
      expect((await handle.query(snapshotQuery)).budget.reserved.microUsd).toBe(0);
    });
  });

  it("ends after its call in flight when the mission is paused, and looks again when it goes on", async () => {
    let looks = 0;
    let isEnded = false;
    const world = validatedWorld([() => passes(1, { judgeAsk: ask })], {
      judgeMilestone: async () => {
        looks += 1;
        if (looks > 1) return { kind: "judged", outcome: passes(1), ...costs(7) };
        await beatUntil(() => false);
        isEnded = true;
        return { kind: "stopped", ...costs(2) };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        ...ONE_MILESTONE,
        timings: { heartbeatMs: 800, progressMs: 50 },
      });
      await until(
        async () => looks,
        (count) => count === 1,
      );
      await handle.executeUpdate("pause", { args: [{}] });
      await until(
        async () => isEnded,
        (is) => is,
        "the end of the judge",
      );
      await handle.executeUpdate("resume", { args: [{}] });
      expect(await handle.result()).toMatchObject({ status: "completed", spent: { microUsd: 9 } });
    });
  });
});

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
