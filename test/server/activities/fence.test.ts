import { describe, expect, it } from "@jest/globals";
import { activityInfo } from "@temporalio/activity";
import { temporalFence } from "../../../activities/fence.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";

describe("the fence before a paid call", () => {
  it("lets a running attempt go, and stops it as soon as the server knows of a pause", async () => {
    const answers: string[] = [];
    let started = 0;
    const world = fakeWorld([aMilestone("1", [aFeature("1.1")])], {
      runAttempt: async () => {
        started += 1;
        if (started > 1) return done();
        // No heartbeat of its own: only the fence can tell.
        while (answers.at(-1) !== "stop") {
          answers.push(await temporalFence());
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return { kind: "stopped", spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      await until(
        async () => answers,
        (given) => given.length > 0,
      );
      await handle.executeUpdate("pause", { args: [{}] });
      await until(
        async () => answers,
        (given) => given.at(-1) === "stop",
      );
      await handle.executeUpdate("resume", { args: [{}] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(new Set(answers.slice(0, -1))).toEqual(new Set(["go"]));
  });

  it("tells an attempt that its successor has begun", async () => {
    let successorRuns: () => void = () => undefined;
    const successor = new Promise<void>((resolve) => {
      successorRuns = resolve;
    });
    let first: Promise<string> | undefined;
    let firstEnds: () => void = () => undefined;
    const world = fakeWorld([aMilestone("1", [aFeature("1.1")])], {
      runAttempt: async () => {
        if (activityInfo().attempt > 1) {
          successorRuns();
          return done();
        }
        // Frozen: no heartbeat until the server has given the work to another.
        await successor;
        first = temporalFence();
        await first;
        firstEnds();
        throw new Error("superseded");
      },
    });
    const ended = new Promise<void>((resolve) => {
      firstEnds = resolve;
    });
    await withWorker(world.activities, async ({ start }) => {
      const timings = { heartbeatMs: 1_000, retryMs: 50, progressMs: 50, drainMs: 1_000 };
      const handle = await start({ timings });
      expect((await handle.result()).status).toBe("completed");
      await ended;
    });
    expect(await first).toBe("superseded");
  });
});
