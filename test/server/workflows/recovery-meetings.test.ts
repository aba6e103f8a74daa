import { Context } from "@temporalio/activity";
import { describe, expect, it } from "@jest/globals";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";
import { input, rungsIn, stopped, thinking, worldOf } from "./recovery-world.js";

const OWN = "a".repeat(64);
const SPLIT = "5".repeat(64);

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
        while (!isReplanned) {
          Context.current().heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
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
});
