import { describe, expect, it } from "@jest/globals";
import type { JudgeOutcome } from "../../../domain/validation-work.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import {
  beatUntil,
  fails,
  ONE_MILESTONE,
  passes,
  validatedWorld,
} from "../../helpers/validated-world.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const ask = { microUsd: 200, tokens: 20 };
const costs = (microUsd: number) => ({ spent: { microUsd, tokens: 1 }, calls: 1, sleeps: [] });

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
