/** Features that are stopped for safety: one takes a smaller step, one runs alone, one waits and is then asked about. */
import type { SafetyStop } from "../../domain/recovery.js";
import type { AttemptOutcome } from "../../domain/work.js";
import { snapshotQuery } from "../../workflows/messages.js";
import { aFeature, aMilestone, done } from "../helpers/fake-activities.js";
import { until } from "../helpers/with-worker.js";
import type { Scenario } from "./scenario.js";

const stopped = (stop: SafetyStop): AttemptOutcome => ({
  kind: "failed",
  reason: `ended by ${stop}`,
  stop,
  spent: { microUsd: 0, tokens: 0 },
  calls: 0,
  sleeps: [],
});
const tries = new Map<string, number>();
/** Stopped so often before it is done. */
const STOPS: Record<string, [SafetyStop, number]> = {
  "1.1": ["resources", 1],
  "1.2": ["no-progress", 1],
  "1.3": ["outside", 2],
};

export const RECOVERED: Scenario = {
  name: "stopped-and-recovered",
  milestones: [
    aMilestone("1", [
      aFeature("1.1"),
      aFeature("1.2", { agent: "builtin" }),
      aFeature("1.3", { dependsOn: ["1.1", "1.2"] }),
    ]),
  ],
  input: { timings: { progressMs: 50, retryMs: 50, recoverLaterMs: 300 } },
  activities: {
    runAttempt: async ({ feature: { featureId } }) => {
      const tried = (tries.get(featureId) ?? 0) + 1;
      tries.set(featureId, tried);
      const [stop, times] = STOPS[featureId] ?? ["checks", 0];
      return tried <= times ? stopped(stop) : done();
    },
  },
  steps: async (handle) => {
    await until(
      () => handle.query(snapshotQuery),
      ({ gates }) => gates.some(({ featureId }) => featureId === "1.3"),
      "the question about 1.3",
    );
    await handle.executeUpdate("retryFeature", { args: [{ feature: "1.3" }] });
  },
};
