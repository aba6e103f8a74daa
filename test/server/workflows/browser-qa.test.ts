import { describe, expect, it } from "@jest/globals";
import type { LookInput, LookOutcome, PrepareInput } from "../../../domain/work.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import { TEST_HOST_QUEUE, withWorker } from "../../helpers/with-worker.js";
import { callsOf, decide, gate, one, statusOf } from "./manual-gate.js";

const seen: LookOutcome = {
  ...{ verdict: "passed", summary: "1 page looked at", blocking: 0, minor: 0, worst: [] },
  files: ["assets/qa/1.2/index.html"],
};

describe("a feature of kind browser-qa", () => {
  it("looks at what is integrated in a clone of its own, blocks with its findings, and is done when they are gone", async () => {
    const prepared: PrepareInput[] = [];
    const looks: LookInput[] = [];
    const world = fakeWorld(
      [
        aMilestone("1", [
          aFeature("1.1"),
          aFeature("1.2", { kind: "browser-qa", dependsOn: ["1.1"], touches: [] }),
        ]),
      ],
      {
        prepareWorkspace: async (input) => {
          prepared.push(input);
          return { hostId: "test", hostQueue: TEST_HOST_QUEUE, name: "w", baseCommit: "b" };
        },
        lookAtApp: async (input) => {
          looks.push(input);
          if (looks.length > 1) return seen;
          const worst = ["major console-error on home (desktop): x is not defined"];
          return { ...seen, verdict: "failed", summary: "1 blocking finding", blocking: 1, worst };
        },
      },
    );
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ milestones: one(2), mode: "poc" });
      const { question } = await gate(handle, "feature-1.2-1");
      expect(question).toContain("1 blocking finding; major console-error on home");
      await decide(handle, "feature-1.2-1", "retry");
      expect((await handle.result()).status).toBe("completed");
      expect(await statusOf(handle, "1.2")).toMatchObject({ status: "done", files: seen.files });
    });
    const own = prepared.filter(({ feature }) => feature.featureId === "1.2");
    expect(own.map(({ mode, fresh }) => [mode, fresh])).toEqual([
      ["full", true],
      ["full", true],
    ]);
    expect(callsOf(world.calls, "1.2")).not.toContain("commitFeature");
    expect(callsOf(world.calls, "1.2")).not.toContain("runAttempt");
  });
});
