import { describe, expect, it } from "@jest/globals";
import { milestoneWorkflowId } from "../../../domain/ids.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done } from "../../helpers/fake-activities.js";
import { beatUntil } from "../../helpers/validated-world.js";
import { until, withWorker } from "../../helpers/with-worker.js";
import { gateOf, input, nothing, rungsIn, stopped, thinking, worldOf } from "./recovery-world.js";

const OWN = "a".repeat(64);
const SPLIT = "5".repeat(64);

/** One feature that is stopped until it is split; the split waits for the test's word. */
function splitWorld() {
  const parts = [thinking("1.1-a"), thinking("1.1-b", { dependsOn: ["1.1-a"] })];
  const tried: string[] = [];
  let isAsked = false;
  let mayAnswer = false;
  const world = worldOf([], {
    runAttempt: async ({ feature: { featureId } }) => {
      tried.push(featureId);
      return featureId === "1.1" ? stopped("checks") : done();
    },
    readOutline: async ({ planHash }) =>
      aMilestone("1", planHash === SPLIT ? parts : [thinking("1.1", { checks: 2 })]),
    extendPlan: async () => {
      isAsked = true;
      await beatUntil(() => mayAnswer);
      return { kind: "extended", planHash: SPLIT, added: ["1.1-a", "1.1-b"], removed: ["1.1"] };
    },
  });
  const answer = () => {
    mayAnswer = true;
  };
  return { world, tried, isAsked: () => isAsked, answer };
}

describe("a feature that is split", () => {
  it("is split anew in the plan of a person that came meanwhile, and takes nothing of it away", async () => {
    const whole = thinking("1.1", { checks: 2 });
    const parts = [thinking("1.1-a"), thinking("1.1-b", { dependsOn: ["1.1-a"] })];
    const theirs = aFeature("1.2", { dependsOn: ["1.1"] });
    const from: string[] = [];
    const tried: string[] = [];
    let isReplanned = false;
    const world = worldOf([whole], {
      runAttempt: async ({ feature: { featureId } }) => {
        tried.push(featureId);
        return featureId === "1.1" ? stopped("checks") : done();
      },
      readMilestones: async () => ({ milestones: [{ id: "1", title: "First", features: 2 }] }),
      readOutline: async ({ planHash }) => {
        if (planHash === OWN) return aMilestone("1", [whole, theirs]);
        if (planHash === `${SPLIT.slice(1)}b`)
          return aMilestone("1", [...parts, { ...theirs, dependsOn: ["1.1-b"] }]);
        return aMilestone("1", planHash === SPLIT ? parts : [whole]);
      },
      extendPlan: async ({ planHash }) => {
        from.push(planHash);
        await beatUntil(() => isReplanned);
        const extended = planHash === OWN ? `${SPLIT.slice(1)}b` : SPLIT;
        return { kind: "extended", planHash: extended, added: ["1.1-a", "1.1-b"], removed: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      await until(async () => from.length, Boolean, "the split");
      await handle.executeUpdate("replan", { args: [{ planHash: OWN }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ story }) =>
          story.some(({ text }) => text.includes("Milestone 1 goes on with plan aaaa")),
        "the new plan",
      );
      isReplanned = true;
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).planHash).toBe(`${SPLIT.slice(1)}b`);
    });
    expect(from.slice(1)).toEqual([OWN]);
    expect(tried).toContain("1.2");
    expect(rungsIn(world.files)).toEqual(["narrow", "split"]);
  });

  it("stays skipped when a person skips it while it is being split", async () => {
    const { world, tried, isAsked, answer } = splitWorld();
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      await until(async () => isAsked(), Boolean, "the split");
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.1" }] });
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ status }) => status === "skipped"),
        "the skip",
      );
      answer();
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).featuresTotal).toBe(1);
    });
    expect(tried).toEqual(["1.1", "1.1"]);
    expect(rungsIn(world.files)).toEqual(["narrow"]);
  });

  it("has its parts done by the next run of the milestone, when it goes on as new in the middle of it", async () => {
    const { world, tried, isAsked, answer } = splitWorld();
    await withWorker(world.activities, async ({ start, client }) => {
      const handle = await start(input(1, { continueAfterEvents: 60 }));
      await until(async () => isAsked(), Boolean, "the split");
      const { missionId } = await handle.query(snapshotQuery);
      const milestone = client.workflow.getHandle(milestoneWorkflowId(missionId, "1"));
      const { runId } = await until(
        async () => {
          // Each fills its history, and wakes it.
          await handle.executeUpdate("steer", { args: [{ note: "go on", feature: "1.9" }] });
          return milestone.describe();
        },
        ({ historyLength }) => historyLength > 80,
        "a long history",
      );
      answer();
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).planHash).toBe(SPLIT);
      const { events = [] } = await client.workflow
        .getHandle(milestone.workflowId, runId)
        .fetchHistory();
      const asked = events?.flatMap(
        ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name ?? [],
      );
      expect(asked?.at(-1)).toBe("extendPlan");
    });
    expect(tried).toEqual(["1.1", "1.1", "1.1-a", "1.1-b"]);
    expect(rungsIn(world.files)).toEqual(["narrow", "split"]);
  });
});

describe("a feature that a new plan has changed", () => {
  it("goes on by that, and a retry after it is told once", async () => {
    let hasBegun = false;
    let mayEnd = false;
    const world = worldOf([], {
      runAttempt: async ({ feature: { planHash } }) => {
        if (planHash !== OWN) return { kind: "failed", reason: "no key", ...nothing };
        hasBegun = true;
        await beatUntil(() => mayEnd);
        return done();
      },
      readMilestones: async () => ({ milestones: [{ id: "1", title: "First", features: 1 }] }),
      readOutline: async ({ planHash }) =>
        aMilestone("1", [aFeature("1.1", { digest: planHash.slice(0, 12) })]),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(input(1));
      await gateOf(handle, "1.1");
      await handle.executeUpdate("replan", { args: [{ planHash: OWN }] });
      await until(async () => hasBegun, Boolean, "the changed feature");
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      await handle.executeUpdate("steer", { args: [{ note: "after it" }] });
      mayEnd = true;
      expect((await handle.result()).status).toBe("completed");
      const { story } = await handle.query(snapshotQuery);
      expect(story.filter(({ text }) => /retr/i.test(text)).map(({ text }) => text)).toEqual([
        "retryFeature: Feature 1.1 goes on if it is blocked or waits.",
      ]);
    });
  });
});
