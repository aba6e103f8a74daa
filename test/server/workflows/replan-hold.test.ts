import { describe, expect, it } from "@jest/globals";
import type { Activities } from "../../../activities/contract.js";
import { snapshotQuery, type MissionInput } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker, type MissionHandle } from "../../helpers/with-worker.js";

const before = aMilestone("1", [
  aFeature("1.1", { digest: "a" }),
  aFeature("1.2", { digest: "a" }),
]);
const oneByOne: Partial<MissionInput> = {
  atOnce: { code: 1, other: 1 },
  timings: { progressMs: 50, retryMs: 50, heartbeatMs: 60_000 },
};
type Reply = { applied: boolean; message: string };
const replan = (handle: MissionHandle, payload: object) =>
  handle.executeUpdate<Reply, [object]>("replan", { args: [payload] });

/** 1.1 works until the test lets it go on, and then needs another slice. */
function workInSlices() {
  const begun: string[] = [];
  let mayGoOn = false;
  const runAttempt: Activities["runAttempt"] = async ({ feature, slice }) => {
    begun.push(`${feature.featureId} of ${feature.planHash.slice(0, 1)}`);
    const n = Number(slice.key.split("/").at(-1));
    if (feature.featureId !== "1.1" || n > 1) return done();
    while (!mayGoOn) await new Promise((resolve) => setTimeout(resolve, 20));
    return {
      kind: "needs-more",
      ask: { microUsd: 0, tokens: 0 },
      checkpoint: { sha256: "c".repeat(64), bytes: 1, name: "checkpoint" },
      spent: { microUsd: 0, tokens: 0 },
      calls: 0,
      sleeps: [],
    };
  };
  return {
    runAttempt,
    begun,
    goOn: () => {
      mayGoOn = true;
    },
  };
}
const begins = (work: ReturnType<typeof workInSlices>, count: number) =>
  until(
    async () => work.begun.length,
    (begun) => begun >= count,
    `${count} attempts`,
  );
const isDone = (handle: MissionHandle, id: string) =>
  until(
    () => handle.query(snapshotQuery),
    ({ features }) => features.some((feature) => feature.id === id && feature.status === "done"),
    `${id} done`,
  );

describe("holding new starts while a plan is changed", () => {
  it("lets running features have more, and starts what has not begun only when it is released", async () => {
    const work = workInSlices();
    const world = fakeWorld([before], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(oneByOne);
      await begins(work, 1);
      expect((await replan(handle, { hold: false })).applied).toBe(false);
      const held = await replan(handle, { hold: true, reason: "too slow" });
      expect(held.message).toContain("for at most 30 min");
      work.goOn();
      const { story } = await isDone(handle, "1.1");
      expect(work.begun).toEqual(["1.1 of 0", "1.1 of 0"]);
      expect(story.map(({ text }) => text).join("\n")).toContain("wait for a new plan");
      expect((await replan(handle, { hold: false })).applied).toBe(true);
      expect((await handle.result()).status).toBe("completed");
    });
    expect(work.begun).toEqual(["1.1 of 0", "1.1 of 0", "1.2 of 0"]);
  });

  it("is released by the new plan, which what was held then follows", async () => {
    const work = workInSlices();
    const after = aMilestone("1", [
      aFeature("1.1", { digest: "a" }),
      aFeature("1.2", { digest: "b" }),
    ]);
    const world = fakeWorld([before], {
      runAttempt: work.runAttempt,
      readOutline: async ({ planHash }) => (planHash.startsWith("0") ? before : after),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(oneByOne);
      await begins(work, 1);
      await replan(handle, { hold: true });
      work.goOn();
      await isDone(handle, "1.1");
      await replan(handle, { planHash: "1".repeat(64) });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(work.begun).toEqual(["1.1 of 0", "1.1 of 0", "1.2 of 1"]);
  });

  it("is not ended by what the guard said of an earlier one", async () => {
    const work = workInSlices();
    const world = fakeWorld([before], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(oneByOne);
      await begins(work, 1);
      await replan(handle, { hold: true });
      const { budget: totals } = await handle.query(snapshotQuery);
      const key = `released/${new Date().toISOString()}`;
      await handle.signal("guardAlert", {
        kind: "released",
        key,
        text: "No new plan came",
        totals,
      });
      expect((await replan(handle, { hold: false })).applied).toBe(true);
      work.goOn();
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("ends by itself when nobody releases it, and says so", async () => {
    const work = workInSlices();
    const world = fakeWorld([before], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        ...oneByOne,
        timings: { ...oneByOne.timings, replanHoldMs: 1_000 },
      });
      await begins(work, 1);
      await replan(handle, { hold: true });
      work.goOn();
      expect((await handle.result()).status).toBe("completed");
      const { story } = await handle.query(snapshotQuery);
      expect(story.map(({ text }) => text).join("\n")).toContain("No new plan came");
    });
  });
});
