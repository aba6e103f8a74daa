/** The recovery ladder of a milestone, with features that are stopped on purpose. */
import { describe, expect, it } from "@jest/globals";
import type { AttemptInput } from "../../../domain/work.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done } from "../../helpers/fake-activities.js";
import { TEST_HOST_QUEUE, until, withWorker } from "../../helpers/with-worker.js";
import {
  blob,
  gateOf,
  input,
  nothing,
  rungsIn,
  stopped,
  thinking,
  worldOf,
} from "./recovery-world.js";

describe("a feature that a safety stop ended", () => {
  it("goes on from its checkpoint with a word about what it must not do again", async () => {
    const seen: AttemptInput[] = [];
    const world = worldOf([thinking("1.1")], {
      runAttempt: async (attempt) => {
        seen.push(attempt);
        return seen.length === 1
          ? stopped("resources", { checkpoint: blob("c") })
          : done({ checkpoint: blob("d") });
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      expect((await handle.result()).status).toBe("completed");
    });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.checkpoint).toEqual(blob("c"));
    expect(seen[1]?.notes.join()).toContain(
      "Do not go that way again: what passed the sandbox's limit",
    );
    expect(rungsIn(world.files)).toEqual(["narrow"]);
    expect(world.announced.filter((key) => key.includes("gate"))).toEqual([]);
  });

  it("begins a new conversation on the same files when its model did not take the old one, and once more after a retry", async () => {
    const seen: AttemptInput[] = [];
    const world = worldOf([thinking("1.1")], {
      runAttempt: async (attempt) => {
        seen.push(attempt);
        return seen.length <= 3 ? stopped("model", { checkpoint: blob("c") }) : done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      await gateOf(handle, "1.1");
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(rungsIn(world.files)).toEqual(["narrow", "blocked", "narrow"]);
    // A workspace takes the route of one name once.
    expect(seen.map(({ again }) => again)).toEqual([
      undefined,
      { id: "1", from: "files" },
      undefined,
      { id: "3", from: "files" },
    ]);
  });

  it("climbs no rung twice and then asks, naming when it goes on, and goes on when it is told to", async () => {
    let isMended = false;
    const world = worldOf([thinking("1.1")], {
      runAttempt: async () => (isMended ? done() : stopped("no-progress")),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      const gate = await gateOf(handle, "1.1");
      const { missionId } = await handle.query(snapshotQuery);
      expect(gate?.question).toBe(
        "Feature 1.1 is blocked: It was ended by no-progress. It goes on when its brief says more or asks for less " +
          `(npx missions plan edit, npx missions steer): then npx missions retry ${missionId} 1.1`,
      );
      isMended = true;
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(rungsIn(world.files)).toEqual(["narrow", "blocked"]);
    expect(world.files.at(-1)?.features.at(-1)?.status ?? "done").toBe("done");
  });

  it("is a person's matter at once where no stop is named", async () => {
    const world = worldOf([thinking("1.1")], {
      runAttempt: async () => ({ kind: "failed", reason: "no key", ...nothing }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      expect((await gateOf(handle, "1.1"))?.question).toBe("Feature 1.1 is blocked: no key");
      await handle.executeUpdate("cancel", { args: [{}] });
      await handle.result();
    });
    expect(rungsIn(world.files)).toEqual([]);
  });

  it("runs alone when others ran beside it, and the others wait", async () => {
    let hasRun = false;
    let isOtherDone = false;
    const beside: string[][] = [];
    const running = new Set<string>();
    const world = worldOf([aFeature("1.1"), aFeature("1.2"), aFeature("1.3")], {
      runAttempt: async ({ feature: { featureId: id } }) => {
        running.add(id);
        if (id === "1.2") beside.push([...running].filter((each) => each !== id));
        try {
          if (id === "1.2" && !hasRun) {
            hasRun = true;
            return stopped("resources");
          }
          // Long enough to be there when the other is stopped.
          if (id === "1.1") await until(async () => hasRun, Boolean, "the stop of 1.2");
          if (id === "1.1") isOtherDone = true;
          return done();
        } finally {
          running.delete(id);
        }
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(3, { atOnce: { code: 2, other: 1 } }));
      expect((await handle.result()).status).toBe("completed");
    });
    expect(isOtherDone).toBe(true);
    expect(beside.at(-1)).toEqual([]);
    expect(rungsIn(world.files)).toEqual(["serialise"]);
  });

  it("becomes parts that take its place, and the mission takes over the plan", async () => {
    const whole = thinking("1.1", { checks: 2 });
    const parts = [thinking("1.1-a", { checks: 1 }), thinking("1.1-b", { dependsOn: ["1.1-a"] })];
    const after = aFeature("1.2", { dependsOn: ["1.1"] });
    const before = aMilestone("1", [whole, after]);
    const split = aMilestone("1", [...parts, { ...after, dependsOn: ["1.1-b"] }]);
    const newPlan = "5".repeat(64);
    const tried: string[] = [];
    const world = worldOf([whole, after], {
      runAttempt: async ({ feature: { featureId } }) => {
        tried.push(featureId);
        return featureId === "1.1" ? stopped("checks") : done();
      },
      readOutline: async ({ planHash }) => (planHash === newPlan ? split : before),
      extendPlan: async ({ change }) =>
        change.kind === "split" && change.featureId === "1.1"
          ? { kind: "extended", planHash: newPlan, added: ["1.1-a", "1.1-b"], removed: ["1.1"] }
          : { kind: "impossible", why: "nothing to split" },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(2));
      expect((await handle.result()).status).toBe("completed");
      const { planHash, featuresDone, featuresTotal, features } = await handle.query(snapshotQuery);
      expect({ planHash, featuresDone, featuresTotal }).toEqual({
        planHash: newPlan,
        featuresDone: 3,
        featuresTotal: 3,
      });
      expect(features.find(({ id }) => id === "1.1")).toMatchObject({
        status: "skipped",
        note: "became 1.1-a and 1.1-b",
      });
    });
    expect(tried).toEqual(["1.1", "1.1", "1.1-a", "1.1-b", "1.2"]);
    expect(rungsIn(world.files)).toEqual(["narrow", "split"]);
  });

  it("goes back to the state in which most of its checks passed, and drops what came after", async () => {
    const seen: AttemptInput[] = [];
    let rounds = 0;
    const world = worldOf([thinking("1.1", { checks: 1 })], {
      runAttempt: async (attempt) => {
        seen.push(attempt);
        return done({ checkpoint: blob(`c${seen.length}`) });
      },
      runChecks: async () => {
        rounds += 1;
        const hold = { passed: true, ran: 3, failed: [], unseen: [], summary: "3 of 3" };
        if (seen.at(-1)?.again?.from === "checkpoint") return hold;
        const failed = rounds === 1 ? ["1.1.c"] : ["1.1.b", "1.1.c"];
        const evidence = blob(`e${rounds}`);
        return { passed: false, ran: 3, failed, unseen: [], summary: "some fail", evidence };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      expect((await (await start(input(1))).result()).status).toBe("completed");
    });
    expect(rungsIn(world.files)).toEqual(["narrow", "reuse"]);
    const back = seen.at(-1);
    expect(back?.checkpoint).toEqual(blob("c1"));
    expect(back?.repair?.evidence).toEqual(blob("e1"));
    expect(back?.notes.join()).toContain("only this fails still: 1.1.c");
  });

  it("goes on at another host that lives", async () => {
    const left: (string | undefined)[] = [];
    const world = worldOf([aFeature("1.1")], {
      runAttempt: async ({ workspace }) =>
        workspace.hostId === "other" ? done() : stopped("host"),
      liveHosts: async () => ({ hosts: ["other", "test"] }),
      hostAlive: async ({ queue }) => queue === TEST_HOST_QUEUE,
      prepareWorkspace: async ({ movedFrom, movedForSafety }) => {
        left.push(movedFrom);
        const hostId = movedForSafety === true ? "other" : "test";
        return { hostId, hostQueue: TEST_HOST_QUEUE, name: "1.1", baseCommit: "b" };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      // Nobody works for the other's own queue here: then any host may take it.
      const timings = { progressMs: 50, heartbeatMs: 60_000, retryMs: 50, drainMs: 1_000 };
      const handle = await start(
        input(1, {
          homeQueue: TEST_HOST_QUEUE,
          timings: { ...timings, hostScheduleMs: 500, recoverLaterMs: 100 },
        }),
      );
      await handle.result();
    });
    expect(rungsIn(world.files)[0]).toBe("move");
    expect(left).toContain("test");
  });

  it("waits without a slice or a place, and goes on when a person says so", async () => {
    let tries = 0;
    const world = worldOf([aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })], {
      runAttempt: async ({ feature: { featureId } }) => {
        if (featureId === "1.2") return done();
        tries += 1;
        return tries === 1 ? stopped("outside") : done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(
        input(2, { timings: { progressMs: 50, retryMs: 50, recoverLaterMs: 3_600_000 } }),
      );
      const { features, budget, status } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.features.some(({ note }) => note?.includes("goes on by itself at")),
        "the wait",
      );
      expect(features.find(({ id }) => id === "1.1")?.status).toBe("waiting");
      expect(status).toBe("recovering");
      expect(budget.reserved).toEqual({ microUsd: 0, tokens: 0 });
      await handle.executeUpdate("pause", { args: [{}] });
      await handle.executeUpdate("resume", { args: [{}] });
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(rungsIn(world.files)).toEqual(["later"]);
  });

  it("can be skipped and cancelled while it waits, also after a continue-as-new", async () => {
    const world = worldOf([aFeature("1.1"), aFeature("1.2"), aFeature("1.3")], {
      runAttempt: async ({ feature: { featureId } }) =>
        featureId === "1.3" ? done() : stopped("outside"),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(
        input(3, {
          continueAfterEvents: 60,
          timings: { progressMs: 50, retryMs: 50, drainMs: 200, recoverLaterMs: 3_600_000 },
        }),
      );
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.filter(({ status }) => status === "waiting").length === 2,
        "both waits",
      );
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.1", reason: "no need" }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ id, status }) => id === "1.1" && status === "skipped"),
        "the skip",
      );
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
    });
  });

  it("is asked about when it came back from integration too often and a script would do the same again", async () => {
    const world = worldOf([aFeature("1.1")], {
      integrateFeature: async () => ({ kind: "conflict", files: ["a.txt"] }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      expect((await gateOf(handle, "1.1"))?.question).toContain(
        "It goes on when its change and the mission's branch fit together",
      );
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(rungsIn(world.files).filter((rung) => rung !== undefined)).toEqual(["blocked"]);
  });
});
