/** Short missions that take every road of the workflows; recorded once for each change of the workflows, replayed in every run. */
import { cancellationSignal, heartbeat } from "@temporalio/activity";
import type { Activities } from "../../activities/contract.js";
import { snapshotQuery, type MissionInput } from "../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../helpers/fake-activities.js";
import { until, type MissionHandle } from "../helpers/with-worker.js";
import { RECOVERED } from "./recovery-scenario.js";
import type { Scenario } from "./scenario.js";
import { RED_AND_FLAKY, SHIPPED } from "./shipping-scenarios.js";
import { ASKED, MENDED } from "./validation-scenarios.js";

const nothing = { spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
const costs = (id: string, microUsd: number) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd, tokens: 10 } });
const gate = (handle: MissionHandle, kind: string) =>
  until(
    () => handle.query(snapshotQuery),
    ({ gates }) => gates.some((open) => open.kind === kind),
    `a ${kind} gate`,
  );

/** Works until it is stopped. */
export const untilStopped: Activities["runAttempt"] = async () => {
  while (!cancellationSignal().aborted) {
    heartbeat();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { kind: "stopped", spent: { microUsd: 5, tokens: 1 }, calls: 1, sleeps: [] };
};

let tries = 0;
let words = 0;
let isMoved = false;
/** Works until it is stopped, or until the deadline is taken away. */
const untilMoved: Activities["runAttempt"] = async (input) => {
  while (!isMoved && !cancellationSignal().aborted) {
    heartbeat();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return isMoved ? done() : untilStopped(input);
};

export const SCENARIOS: Scenario[] = [
  {
    name: "completed",
    milestones: [
      aMilestone("1", [aFeature("1.1"), aFeature("1.2", { dependsOn: ["1.1"] })], { checks: 1 }),
      aMilestone("2", [aFeature("2.1")]),
    ],
    activities: {
      runAttempt: async () => done({ spent: { microUsd: 3, tokens: 2 }, calls: 1 }),
    },
  },
  {
    name: "approved-paused-cancelled",
    milestones: [aMilestone("1", [aFeature("1.1"), aFeature("1.2")])],
    input: { approved: false, timings: { heartbeatMs: 800, progressMs: 50 } },
    activities: { runAttempt: untilStopped },
    steps: async (handle) => {
      await handle.signal("steer", { note: "be quick" });
      await handle.executeUpdate("approvePlan", { args: [{}] });
      await until(
        () => handle.query(snapshotQuery),
        ({ features }) => features.some(({ status }) => status === "running"),
      );
      await handle.executeUpdate("pause", { args: [{}] });
      await until(
        () => handle.query(snapshotQuery),
        ({ status }) => status === "paused",
      );
      await handle.executeUpdate("resume", { args: [{}] });
      await handle.executeUpdate("cancel", { args: [{ reason: "enough" }] });
    },
  },
  {
    name: "budget-raised",
    milestones: [aMilestone("1", [costs("1.1", 600), costs("1.2", 600)])],
    input: { caps: { microUsd: 700, tokens: 1_000, activeMs: 3_600_000 } },
    activities: { runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }) },
    steps: async (handle) => {
      await gate(handle, "budget");
      await handle.executeUpdate("adjustBudget", { args: [{ usd: 0.01 }] });
    },
  },
  {
    name: "alert-continued",
    milestones: [aMilestone("1", [costs("1.1", 850), costs("1.2", 50)])],
    input: {
      onAlert: "ask",
      atOnce: { code: 1, other: 1 },
      caps: { microUsd: 1_000, tokens: 1_000, activeMs: 3_600_000 },
    },
    activities: { runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }) },
    steps: async (handle) => {
      const { gates } = await gate(handle, "alert");
      await handle.executeUpdate("decide", { args: [{ gate: gates[0]?.id, choice: "continue" }] });
    },
  },
  {
    name: "blocked-retried-skipped",
    milestones: [aMilestone("1", [aFeature("1.1"), aFeature("1.2")])],
    activities: {
      runAttempt: async ({ feature }) => {
        // Whichever is tried first: 1.1 fails once, 1.2 always.
        if (feature.featureId === "1.1") tries += 1;
        return feature.featureId === "1.2" || tries < 2
          ? { kind: "failed", reason: "no", ...nothing }
          : done();
      },
    },
    steps: async (handle) => {
      await until(
        () => handle.query(snapshotQuery),
        ({ gates }) => gates.length === 2,
      );
      await handle.executeUpdate("retryFeature", { args: [{ feature: "1.1" }] });
      await handle.executeUpdate("skipFeature", { args: [{ feature: "1.2", reason: "no need" }] });
    },
  },
  {
    name: "manual-done-and-skipped",
    milestones: [
      aMilestone("1", [
        aFeature("1.1", { agent: "manual" }),
        aFeature("1.2", { agent: "manual" }),
        aFeature("1.3", { dependsOn: ["1.1"] }),
      ]),
    ],
    activities: {
      runChecks: async ({ feature }) => {
        // What the person says to be done is wrong once.
        if (feature.featureId === "1.1") words += 1;
        const passed = feature.featureId !== "1.1" || words > 1;
        const failed = passed ? [] : ["1.1.a"];
        return { passed, ran: 1, failed, unseen: [], summary: passed ? "passed" : "1.1.a failed" };
      },
    },
    steps: async (handle) => {
      for (const [gate, choice] of [
        ["feature-1.1-1", "done"],
        ["feature-1.1-2", "done"],
        ["feature-1.2-1", "skip"],
      ]) {
        await until(
          () => handle.query(snapshotQuery),
          ({ gates }) => gates.some(({ id }) => id === gate),
          `gate ${gate ?? ""}`,
        );
        await handle.executeUpdate("decide", { args: [{ gate, choice }] });
      }
    },
  },
  {
    name: "continued-as-new",
    milestones: [
      aMilestone(
        "1",
        Array.from({ length: 8 }, (_, i) => aFeature(`1.${i + 1}`)),
      ),
      aMilestone("2", [aFeature("2.1")]),
    ],
    input: { continueAfterEvents: 60, timings: { progressMs: 50, drainMs: 200 } },
  },
  {
    name: "more-slices-wait-and-repair",
    milestones: [aMilestone("1", [costs("1.1", 100), costs("1.2", 100)], { checks: 1 })],
    activities: {
      runAttempt: async ({ feature, slice, repair }) => {
        const n = Number(slice.key.split("/").at(-1));
        if (feature.featureId === "1.2" && n === 1) {
          const at = new Date(Date.now() + 1_000).toISOString();
          return { kind: "wait-until", at, why: "rate limit", ...nothing };
        }
        if (feature.featureId === "1.1" && n === 1)
          return {
            kind: "needs-more",
            ask: { microUsd: 50, tokens: 5 },
            checkpoint: { sha256: "c".repeat(64), bytes: 1, name: "checkpoint" },
            ...nothing,
          };
        return done(repair === undefined ? {} : { summary: "mended" });
      },
    },
  },
  {
    name: "deadline-moved",
    milestones: [aMilestone("1", [aFeature("1.1"), aFeature("1.2")])],
    input: { atOnce: { code: 1, other: 1 }, timings: { heartbeatMs: 800, progressMs: 50 } },
    activities: { runAttempt: untilMoved },
    steps: async (handle) => {
      for (const atDeadline of ["stop", "ask"]) {
        await handle.executeUpdate("adjustBudget", {
          args: [{ deadline: new Date(Date.now() + 500).toISOString(), atDeadline }],
        });
        await gate(handle, atDeadline === "ask" ? "deadline" : "budget");
      }
      isMoved = true;
      await handle.executeUpdate("adjustBudget", { args: [{ deadline: null }] });
    },
  },
  {
    name: "held-for-a-new-plan",
    milestones: [aMilestone("1", [aFeature("1.1"), aFeature("1.2")])],
    input: {
      atOnce: { code: 1, other: 1 },
      queued: true,
      timings: { progressMs: 50, replanHoldMs: 500 },
    },
    steps: async (handle) => {
      await handle.executeUpdate("resume", { args: [{}] });
      await handle.executeUpdate("replan", { args: [{ hold: true }] });
    },
  },
  SHIPPED,
  RECOVERED,
  RED_AND_FLAKY,
  MENDED,
  ASKED,
];

export const worldOf = (scenario: Scenario) => fakeWorld(scenario.milestones, scenario.activities);
export const inputOf = ({ milestones, input }: Scenario): Partial<MissionInput> => ({
  milestones: milestones.map(({ id, title, features }) => ({
    id,
    title,
    features: features.length,
  })),
  ...input,
});
