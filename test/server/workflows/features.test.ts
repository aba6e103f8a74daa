import { describe, expect, it } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/common";
import { featuresQuery, snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker, type MissionHandle } from "../../helpers/with-worker.js";

const gateOf = async (handle: MissionHandle) => {
  const { gates } = await until(
    () => handle.query(snapshotQuery),
    (snapshot) => snapshot.gates.some(({ kind }) => kind === "feature"),
    "the gate of a blocked feature",
  );
  return gates.find(({ kind }) => kind === "feature")?.id ?? "";
};
const nothing = { spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };

describe("a feature that cannot go on", () => {
  it("opens a gate with its reason, runs again on retry, and holds back what depends on it until then", async () => {
    const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })]);
    let broken = true;
    const world = fakeWorld([milestone], {
      runAttempt: async ({ feature }) =>
        broken && feature.featureId === "1.1"
          ? { kind: "failed", reason: "the command failed", ...nothing }
          : done(),
    });
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({});
      const gate = await gateOf(handle);
      const snapshot = await until(
        () => handle.query(snapshotQuery),
        ({ status }) => status === "blocked",
      );
      expect(snapshot.gates[0]?.question).toContain("the command failed");
      const views = await client.workflow
        .getHandle(`${handle.workflowId}/1`)
        .query(featuresQuery, 0);
      expect(views.find(({ id }) => id === "1.2")?.note).toContain("waits for 1.1");
      broken = false;
      await handle.executeUpdate("decide", { args: [{ gate, choice: "retry" }] });
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).gates).toEqual([]);
    });
  });

  it("is skipped by decision, recorded with who decided, and the milestone goes on", async () => {
    const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })]);
    const world = fakeWorld([milestone], {
      runAttempt: async ({ feature }) => {
        if (feature.featureId === "1.1")
          throw ApplicationFailure.nonRetryable("no key", "ModelAuth");
        return done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      await gateOf(handle);
      await handle.executeUpdate("skipFeature", {
        args: [{ feature: "1.1", reason: "not needed", by: { who: "ann", from: "test" } }],
      });
      expect((await handle.result()).status).toBe("completed");
      const { story, featuresDone } = await handle.query(snapshotQuery);
      expect(featuresDone).toBe(1);
      const decision = story.find(({ text }) => text.includes("checks are dropped"));
      expect(decision).toMatchObject({ kind: "decision", by: { who: "ann" } });
    });
  });

  it("goes back to its agent with the failing checks, bounded, and then is blocked", async () => {
    const milestone = aMilestone("1", [aFeature("1.1", { agent: "builtin" })]);
    const rounds: (number | undefined)[] = [];
    const world = fakeWorld([milestone], {
      runAttempt: async ({ repair }) => {
        rounds.push(repair?.round);
        return done();
      },
      runChecks: async () => ({
        passed: false,
        ran: 1,
        failed: ["1.1.a"],
        unseen: [],
        summary: "1.1.a failed",
        evidence: { sha256: "e", bytes: 1, name: "evidence" },
      }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: [{ id: "1", title: "First", features: 1 }] });
      await gateOf(handle);
      // Once more from its checkpoint, after the stop: with what its checks said, and two rounds.
      expect(rounds).toEqual([undefined, 1, 2, 3, 4, 5]);
      await handle.executeUpdate("cancel", { args: [{}] });
      await handle.result();
    });
  });

  it("is done again on the new base after a conflict, with a note that names the files", async () => {
    const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2")]);
    let conflicts = 1;
    const notes: string[] = [];
    const world = fakeWorld([milestone], {
      runAttempt: async (input) => {
        notes.push(...input.notes);
        return done();
      },
      integrateFeature: async ({ feature }) => {
        if (feature.featureId === "1.2" && conflicts > 0) {
          conflicts -= 1;
          return { kind: "conflict", files: ["src/app.ts"] };
        }
        return { kind: "merged", head: "h" };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect((await handle.result()).status).toBe("completed");
    });
    expect(notes.join()).toContain("src/app.ts");
    expect(world.calls.filter((call) => call === "commitFeature 1.2")).toHaveLength(2);
  });

  it("whose slice was lost settles it whole and goes on with a new one", async () => {
    const milestone = aMilestone("1", [
      aFeature("1.1", { estimate: { microUsd: 300, tokens: 30 } }),
    ]);
    const keys: string[] = [];
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => {
        keys.push(slice.key);
        return keys.length === 1
          ? { kind: "slice-lost", ...nothing }
          : done({ spent: { microUsd: 7, tokens: 1 } });
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: [{ id: "1", title: "First", features: 1 }] });
      expect(await handle.result()).toMatchObject({ spent: { microUsd: 307 } });
    });
    expect(keys).toEqual(["1/1/1.1/1", "1/1/1.1/2"]);
  });

  it("that waits for a rate limit holds no slice and lets others work", async () => {
    const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2"), aFeature("1.3")]);
    let first = true;
    const world = fakeWorld([milestone], {
      runAttempt: async ({ feature }) => {
        if (feature.featureId !== "1.1" || !first) return done();
        first = false;
        const at = new Date(Date.now() + 2_000).toISOString();
        return { kind: "wait-until", at, why: "rate limit", ...nothing };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        atOnce: { code: 1, other: 1 },
        milestones: [{ id: "1", title: "First", features: 3 }],
      });
      expect((await handle.result()).status).toBe("completed");
    });
    const commits = world.calls.filter((call) => call.startsWith("commitFeature"));
    expect(commits[0]).toBe("commitFeature 1.2");
    expect(commits).toContain("commitFeature 1.1");
  });

  it("that waits for days says until when, and goes on at once when a person says retry", async () => {
    const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })]);
    const at = new Date(Date.now() + 3 * 86_400_000).toISOString();
    let isLimited = true;
    const slices: string[] = [];
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => {
        slices.push(slice.key);
        return isLimited ? { kind: "wait-until", at, why: "limit of claude", ...nothing } : done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      const { features, story, budget } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.features.some(({ status }) => status === "waiting"),
      );
      const note = `limit of claude until ${at.slice(0, 19)}Z`;
      expect(features).toMatchObject([{ id: "1.1", status: "waiting", note }]);
      expect(story.map(({ text }) => text)).toContain(`1.1: ${note}.`);
      expect(budget.reserved).toEqual({ microUsd: 0, tokens: 0 });
      isLimited = false;
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(slices.filter((key) => key.startsWith("1/1/1.1/"))).toEqual(["1/1/1.1/1", "1/1/1.1/2"]);
  });

  it("that meets a limit asks a person where the plan says so, and names the time", async () => {
    const milestone = aMilestone("1", [aFeature("1.1")], { onQuota: "ask" });
    const at = "2030-01-31T12:00:00.000Z";
    const checkpoint = { sha256: "c", bytes: 1, name: "checkpoint" };
    const resumed: unknown[] = [];
    const world = fakeWorld([milestone], {
      runAttempt: async (input) => {
        resumed.push(input.checkpoint);
        return resumed.length === 1
          ? { kind: "wait-until", at, why: "limit of claude", checkpoint, ...nothing }
          : done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: [{ id: "1", title: "First", features: 1 }] });
      const gate = await gateOf(handle);
      const { gates } = await handle.query(snapshotQuery);
      expect(gates[0]?.question).toContain("limit of claude until 2030-01-31T12:00:00Z");
      await handle.executeUpdate("decide", { args: [{ gate, choice: "retry" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(resumed).toEqual([undefined, checkpoint]);
  });
});

describe("a milestone", () => {
  it("goes on in new runs when its history is long, re-attaching to features that still run", async () => {
    const features = Array.from({ length: 12 }, (_, i) => aFeature(`1.${i + 1}`));
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const world = fakeWorld([aMilestone("1", features)], {
      runAttempt: async ({ feature }) => {
        if (feature.featureId === "1.1") await held;
        return done({ spent: { microUsd: 1, tokens: 1 } });
      },
    });
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 12 }],
        continueAfterEvents: 60,
        timings: { progressMs: 50, drainMs: 100, heartbeatMs: 60_000 },
      });
      const milestone = client.workflow.getHandle(`${handle.workflowId}/1`);
      const runs = new Set<string>();
      await until(
        async () => {
          const run = await milestone.describe().catch(() => undefined);
          return run === undefined ? runs : runs.add(run.runId);
        },
        ({ size }) => size > 1,
        "a new run of the milestone",
      );
      release();
      expect(await handle.result()).toMatchObject({ status: "completed", spent: { microUsd: 12 } });
    });
    const commits = world.calls.filter((call) => call.startsWith("commitFeature"));
    expect(new Set(commits).size).toBe(12);
    expect(commits).toHaveLength(12);
  });

  it("takes a new plan: finished features stay, changed ones run again, dropped ones do not", async () => {
    const before = [
      aFeature("1.1", { digest: "a" }),
      aFeature("1.2", { digest: "b", dependsOn: ["1.1"] }),
      aFeature("1.3", { digest: "c", dependsOn: ["1.2"] }),
    ];
    const after = [
      aFeature("1.1", { digest: "a" }),
      aFeature("1.2", { digest: "B", dependsOn: ["1.1"] }),
      aFeature("1.4", { digest: "d" }),
    ];
    const world = fakeWorld([], {
      readOutline: async ({ planHash }) =>
        aMilestone("1", planHash.startsWith("0") ? before : after),
      readMilestones: async () => ({ milestones: [{ id: "1", title: "First", features: 3 }] }),
      runAttempt: async ({ feature }) =>
        feature.featureId === "1.2" && feature.planHash.startsWith("0")
          ? { kind: "failed", reason: "wrong plan", ...nothing }
          : done(),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: [{ id: "1", title: "First", features: 3 }] });
      await gateOf(handle);
      await handle.executeUpdate("replan", { args: [{ planHash: "1".repeat(64) }] });
      expect((await handle.result()).status).toBe("completed");
    });
    const commits = world.calls.filter((call) => call.startsWith("commitFeature"));
    expect(commits.sort()).toEqual(["commitFeature 1.1", "commitFeature 1.2", "commitFeature 1.4"]);
  });
});
