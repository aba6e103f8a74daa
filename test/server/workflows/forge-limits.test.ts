/** A forge that takes no requests for long holds up one pull request, and a cancel leaves none behind unsaid. */
import { describe, expect, it } from "@jest/globals";
import { budgetQuery, snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const LONG_MS = 2_000;
const estimate = { microUsd: 100, tokens: 10 };
const two = () => aMilestone("1", [aFeature("1.1", { estimate }), aFeature("1.2", { estimate })]);

describe("a forge with a long limit", () => {
  it("holds up the opening of one pull request, which waits without slice and place, and the word of one merge", async () => {
    const opened: string[] = [];
    const settled: string[] = [];
    const world = fakeWorld([two()], {
      openPullRequest: async ({ feature: { featureId }, takesLater }) => {
        opened.push(featureId);
        if (
          takesLater === true &&
          featureId === "1.1" &&
          opened.filter((id) => id === "1.1").length === 1
        )
          return { kind: "later", waitMs: LONG_MS, why: "forge takes no more requests." };
        return { kind: "open", id: featureId, where: `forge/${featureId}`, awaitsCi: false };
      },
      settlePullRequest: async ({ feature: { featureId } }) => {
        settled.push(featureId);
        return settled.length === 1 ? { laterMs: LONG_MS, note: "limited" } : {};
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ atOnce: { code: 1, other: 1 } });
      const { features } = await until(
        () => handle.query(snapshotQuery),
        ({ features: [first] }) => first?.status === "waiting",
        "1.1 waits",
      );
      expect(features[0]?.note).toContain("forge takes no more requests until");
      await until(
        () => handle.query(budgetQuery),
        ({ reserved }) => reserved.tokens <= estimate.tokens,
        "one slice at most, that of the other",
      );
      expect((await handle.result()).status).toBe("completed");
      const { story } = await handle.query(snapshotQuery);
      expect(story.map(({ text }) => text).join()).toContain("1.2 is merged; forge/1.2 is told");
    });
    // The other went through meanwhile, although there is one place.
    expect(opened).toEqual(["1.1", "1.2", "1.1"]);
    expect(settled.slice(0, 2)).toEqual(["1.2", expect.any(String)]);
  });
});

describe("a cancelled mission", () => {
  it("has its pull requests closed, and names in its result those that are left to people", async () => {
    const asked: unknown[] = [];
    const world = fakeWorld([two()], {
      abandonPullRequests: async (input) => {
        asked.push(input.missionId);
        return { closed: 2, left: ["https://forge/3"], leftInAll: 1 };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ approved: false });
      await handle.executeUpdate("cancel", { args: [{}] });
      const { summary, status } = await handle.result();
      expect(status).toBe("cancelled");
      expect(summary).toContain("pull requests left open (somebody has changed");
      expect(summary).toContain("https://forge/3");
      const { story } = await handle.query(snapshotQuery);
      expect(story.map(({ text }) => text).join()).toContain("never merged: 2.");
      expect(asked).toHaveLength(1);
      const poc = await start({ approved: false, mode: "poc" });
      await poc.executeUpdate("cancel", { args: [{}] });
      await poc.result();
      expect(asked).toHaveLength(1);
    });
  });
});
