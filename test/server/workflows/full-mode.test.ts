import { describe, expect, it } from "@jest/globals";
import type { PullRequestState, ReviewOutcome } from "../../../domain/shipping-work.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker, type MissionHandle } from "../../helpers/with-worker.js";

const nothing = { spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
const blob = (name: string) => ({ sha256: name, bytes: 1, name });
const thinking = (id: string) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd: 100, tokens: 10 } });
const one = { milestones: [{ id: "1", title: "First", features: 1 }] };

const gateQuestion = async (handle: MissionHandle) => {
  const { gates } = await until(
    () => handle.query(snapshotQuery),
    (snapshot) => snapshot.gates.some(({ kind }) => kind === "feature"),
    "the gate of a blocked feature",
  );
  return gates[0]?.question ?? "";
};
const cancel = async (handle: MissionHandle) => {
  await handle.executeUpdate("cancel", { args: [{}] });
  await handle.result();
};
const findings = (blocking: number): ReviewOutcome => ({
  kind: "reviewed",
  blocking,
  minor: 0,
  summary: blocking > 0 ? "it leaks" : "nothing found",
  findings: blob("findings"),
  ...nothing,
});
const looks = (ci: PullRequestState["ci"], failed: string[] = []): PullRequestState => ({
  state: "open",
  ci,
  failed,
});

describe("a feature of Full mode", () => {
  it("is reviewed, shown in a pull request that is told of the merge, and POC mode does none of that", async () => {
    const world = fakeWorld([aMilestone("1", [aFeature("1.1"), aFeature("1.2")])], {
      openMissionPullRequest: async () => ({ kind: "open", where: "https://forge/7" }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect((await handle.result()).status).toBe("completed");
      const { features, story } = await handle.query(snapshotQuery);
      expect(features.map(({ pullRequest }) => pullRequest).sort()).toEqual([
        "reviews/1.1.md",
        "reviews/1.2.md",
      ]);
      expect(story.map(({ text }) => text).join()).toContain("https://forge/7");
      const shipped = ["reviewFeature", "openPullRequest", "integrateFeature", "settlePullRequest"];
      const seen = world.calls.filter((call) => call.endsWith(" 1.1"));
      expect(seen.filter((call) => shipped.some((name) => call.startsWith(name)))).toEqual(
        shipped.map((name) => `${name} 1.1`),
      );
      world.calls.length = 0;
      expect((await (await start({ mode: "poc" })).result()).status).toBe("completed");
      expect(world.calls.filter((call) => /review|PullRequest/.test(call))).toEqual([]);
    });
  });

  it("goes back to its agent with what a review found, commits onto what the pull request shows, and is blocked after two rounds", async () => {
    const repairs: unknown[] = [];
    const rounds: number[] = [];
    const world = fakeWorld([aMilestone("1", [thinking("1.1")])], {
      runAttempt: async ({ repair }) => {
        repairs.push(repair);
        return done();
      },
      reviewFeature: async ({ round }) => {
        rounds.push(round);
        return findings(1);
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(one);
      expect(await gateQuestion(handle)).toContain("it leaks");
      // Again after the safety stop, on the next rung.
      expect(rounds).toEqual([1, 2, 3, 1, 2, 3]);
      const back = { evidence: blob("findings"), why: "review" };
      expect(repairs.slice(0, 3)).toEqual([
        undefined,
        { round: 1, ...back },
        { round: 2, ...back },
      ]);
      expect(world.calls.filter((call) => call.includes("PullRequest"))).toEqual([]);
      await cancel(handle);
    });
  });

  it("whose pull request is refused, or closed by a person, is blocked with the reason; a script's findings are too", async () => {
    const refused = fakeWorld(
      [aMilestone("1", [aFeature("1.1"), aFeature("1.2"), aFeature("1.3")])],
      {
        reviewFeature: async ({ feature }) => findings(feature.featureId === "1.3" ? 1 : 0),
        openPullRequest: async ({ feature }) =>
          feature.featureId === "1.1"
            ? { kind: "refused", reason: "the token may not push" }
            : { kind: "open", id: "2", where: "https://forge/2", awaitsCi: true },
        readPullRequest: async () => ({ ...looks("pending"), state: "closed" }),
      },
    );
    await withWorker(refused.activities, async ({ start }) => {
      const handle = await start({ milestones: [{ id: "1", title: "First", features: 3 }] });
      const { gates } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.length === 3,
      );
      const asked = gates.map(({ question }) => question).join();
      expect(asked).toContain("the token may not push");
      expect(asked).toContain("A person closed https://forge/2");
      expect(asked).toContain("it leaks");
      expect(refused.calls.filter((call) => call.startsWith("runAttempt"))).toHaveLength(3);
      await cancel(handle);
    });
  });
});

describe("the CI of a pull request", () => {
  it("is awaited without slice and place, goes back to the agent when it fails, and the feature lands when it passes", async () => {
    const seen: PullRequestState[] = [looks("pending"), looks("failed", ["lint"]), looks("passed")];
    const notes: string[] = [];
    const onto: (string | undefined)[] = [];
    let commits = 0;
    const world = fakeWorld([aMilestone("1", [thinking("1.1"), aFeature("1.2")])], {
      runAttempt: async (input) => {
        notes.push(...input.notes);
        return done();
      },
      commitFeature: async (input) => {
        onto.push(input.onto);
        commits += 1;
        return { commit: `commit-${commits}`, filesChanged: 1, files: [] };
      },
      openPullRequest: async ({ feature }) => {
        const awaitsCi = feature.featureId === "1.1";
        return { kind: "open", id: "1", where: "https://forge/1", awaitsCi };
      },
      readPullRequest: async () => seen.shift() ?? looks("passed"),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        // One place: the other feature gets it while the first waits.
        atOnce: { code: 1, other: 1 },
        timings: { ciPollMs: 300, progressMs: 50, heartbeatMs: 60_000, retryMs: 50 },
      });
      expect((await handle.result()).status).toBe("completed");
    });
    expect(notes.join()).toContain('The CI of https://forge/1 failed: "lint"');
    expect(onto.filter((commit) => commit !== undefined)).toHaveLength(1);
    const order = world.calls.filter((call) => /^(runAttempt|integrateFeature)/.test(call));
    expect(order.indexOf("runAttempt 1.2")).toBeLessThan(order.lastIndexOf("runAttempt 1.1"));
  });

  it("is looked at once more when a person says so, and others have the place meanwhile", async () => {
    let looked = 0;
    let isOver = false;
    const world = fakeWorld([aMilestone("1", [aFeature("1.1"), aFeature("1.2")])], {
      openPullRequest: async () => ({ kind: "open", id: "1", where: "its page", awaitsCi: true }),
      readPullRequest: async () => {
        looked += 1;
        return looks(isOver ? "passed" : "pending");
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const timings = { ciPollMs: 3_600_000, ciWaitMs: 7_200_000, progressMs: 50, retryMs: 50 };
      const handle = await start({ atOnce: { code: 1, other: 1 }, timings });
      const lookedAt = (times: number) =>
        until(
          () => Promise.resolve(looked),
          (n) => n === times,
        );
      const retry = (feature: string) =>
        handle.executeUpdate("retryFeature", { args: [{ feature }] });
      await lookedAt(2);
      await retry("1.1");
      await lookedAt(3);
      const waits = await until(
        () => handle.query(snapshotQuery),
        ({ features }) =>
          features.every(({ note = "" }) => note === "waits for the CI of its page"),
      );
      expect(waits.features.map(({ status }) => status)).toEqual(["waiting", "waiting"]);
      isOver = true;
      await retry("1.1");
      await retry("1.2");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("that never ends becomes a question to a person", async () => {
    const world = fakeWorld([aMilestone("1", [aFeature("1.1")])], {
      openPullRequest: async () => ({ kind: "open", id: "1", where: "its page", awaitsCi: true }),
      readPullRequest: async () => looks("pending"),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        ...one,
        timings: { ciPollMs: 50, ciWaitMs: 300, progressMs: 50, retryMs: 50, recoverLaterMs: 100 },
      });
      expect(await gateQuestion(handle)).toContain("The CI of its page has not ended");
      await cancel(handle);
    });
  });
});

describe("a merge whose tests fail", () => {
  it("goes back to its feature alone with the evidence, others land meanwhile, and is blocked when it stays red", async () => {
    const repairs: unknown[] = [];
    let agents = 0;
    const world = fakeWorld([aMilestone("1", [thinking("1.1"), aFeature("1.2")])], {
      runAttempt: async ({ feature, repair }) => {
        if (feature.featureId === "1.1") {
          agents += 1;
          repairs.push(repair);
        }
        return done();
      },
      integrateFeature: async ({ feature }) =>
        feature.featureId === "1.1"
          ? { kind: "red", failed: ["npm test"], summary: "1 of 1 fails", evidence: blob("log") }
          : { kind: "merged", head: "h" },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect(await gateQuestion(handle)).toContain("1 of 1 fails");
      expect(agents).toBe(4); // and once more after the safety stop
      const back = { evidence: blob("log"), why: "tests" };
      expect(repairs).toEqual([
        undefined,
        { round: 1, ...back },
        { round: 2, ...back },
        { round: 3, ...back },
      ]);
      const { features } = await handle.query(snapshotQuery);
      expect(features.find(({ id }) => id === "1.2")?.status).toBe("done");
      await cancel(handle);
    });
  });

  it("but flaky or broken before is merged, with both in story and note, and what is broken told once", async () => {
    const world = fakeWorld([aMilestone("1", [aFeature("1.1"), aFeature("1.2")])], {
      integrateFeature: async ({ feature }) => ({
        kind: "merged",
        head: "h",
        redBefore: ["make lint"],
        ...(feature.featureId === "1.1" ? { flaky: ["npm test"] } : {}),
      }),
      commitFeature: async ({ feature }) => ({
        commit: `commit-${feature.featureId}`,
        filesChanged: 1,
        files: [],
        ...(feature.featureId === "1.2" ? { undeclared: ["docs/a.md"] } : {}),
      }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({});
      expect((await handle.result()).status).toBe("completed");
      const { features, story } = await handle.query(snapshotQuery);
      const [first, second] = ["1.1", "1.2"].map((id) => features.find((each) => each.id === id));
      expect(first?.note).toContain("flaky: npm test");
      expect(second?.note).toContain("undeclared: docs/a.md");
      const told = story.map(({ text }) => text);
      expect(told.filter((text) => text.includes("make lint"))).toHaveLength(1);
      expect(told.join()).toContain("did not declare");
    });
  });
});
