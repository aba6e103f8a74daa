/** Full mode: review, pull request, CI, and merges that are red, in conflict or flaky. */
import type { PullRequestState } from "../../domain/shipping-work.js";
import { snapshotQuery } from "../../workflows/messages.js";
import { aFeature, aMilestone } from "../helpers/fake-activities.js";
import { until } from "../helpers/with-worker.js";
import type { Scenario } from "./scenario.js";

const nothing = { spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
const blob = (name: string) => ({ sha256: "b".repeat(64), bytes: 1, name });
const thinking = (id: string) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd: 100, tokens: 10 } });

const looks: PullRequestState[] = [
  { state: "open", ci: "pending", failed: [] },
  { state: "open", ci: "failed", failed: ["lint"] },
];
let reviews = 0;
let refusals = 0;

/** 1.1 is found wanting once, its CI fails once; a person mends what refused the pull request of 1.2; 1.3 is not looked at. */
export const SHIPPED: Scenario = {
  name: "reviewed-and-shipped",
  milestones: [aMilestone("1", [thinking("1.1"), aFeature("1.2"), aFeature("1.3")])],
  input: { timings: { progressMs: 50, ciPollMs: 50 } },
  activities: {
    reviewFeature: async ({ feature, slice }) => {
      if (feature.featureId !== "1.1") return { kind: "not-reviewed", why: "nobody", ...nothing };
      reviews += 1;
      if (reviews === 1)
        return { kind: "needs-more", ask: { microUsd: 50, tokens: 5 }, ...nothing, calls: 1 };
      const blocking = reviews === 2 ? 1 : 0;
      const spent = slice.amount;
      const found = { blocking, minor: 1, summary: "found", findings: blob("findings") };
      return { kind: "reviewed", ...found, ...nothing, spent };
    },
    openPullRequest: async ({ feature }) => {
      if (feature.featureId === "1.2" && refusals === 0) {
        refusals += 1;
        return { kind: "refused", reason: "the token may not push" };
      }
      const awaitsCi = feature.featureId === "1.1";
      return { kind: "open", id: feature.featureId, where: "somewhere", awaitsCi };
    },
    readPullRequest: async () => looks.shift() ?? { state: "open", ci: "passed", failed: [] },
    settlePullRequest: async () => ({ note: "told" }),
    openMissionPullRequest: async () => ({ kind: "open", where: "elsewhere" }),
  },
  steps: async (handle) => {
    await until(
      () => handle.query(snapshotQuery),
      ({ gates }) => gates.some(({ featureId }) => featureId === "1.2"),
      "the gate of 1.2",
    );
    await handle.executeUpdate("retryFeature", { args: [{ feature: "1.2" }] });
  },
};

const merges = new Map<string, number>();

/** 1.1 is red once, 1.2 conflicts once and touches what it did not declare, 1.3 is flaky beside a test that always fails. */
export const RED_AND_FLAKY: Scenario = {
  name: "red-conflict-and-flaky",
  milestones: [aMilestone("1", [thinking("1.1"), aFeature("1.2"), aFeature("1.3")])],
  activities: {
    commitFeature: async ({ feature }) => ({
      commit: `commit-${feature.featureId}`,
      filesChanged: 1,
      files: [],
      ...(feature.featureId === "1.2" ? { undeclared: ["src/1.3/a.ts"] } : {}),
    }),
    integrateFeature: async ({ feature }) => {
      const id = feature.featureId;
      const n = (merges.get(id) ?? 0) + 1;
      merges.set(id, n);
      if (id === "1.1" && n === 1)
        return { kind: "red", failed: ["npm test"], summary: "fails", evidence: blob("log") };
      if (id === "1.2" && n === 1) return { kind: "conflict", files: ["src/app.ts"] };
      if (id === "1.3") return { kind: "merged", head: "h", flaky: ["a"], redBefore: ["b"] };
      return { kind: "merged", head: "h" };
    },
  },
};
