/** A mission that was planned before it started: every road of a planning, and a guard that is taken over. */
import { ApplicationFailure } from "@temporalio/activity";
import type { Activities } from "../../activities/contract.js";
import { aFeature, aMilestone, done } from "../helpers/fake-activities.js";
import { until } from "../helpers/with-worker.js";
import { planningQuery } from "../../workflows/messages.js";
import {
  accountOf,
  amount,
  checkpoint,
  drafted,
  isEmpty,
  needs,
  plan,
} from "../server/workflows/planning-bench.js";
import type { Scenario } from "./scenario.js";
import { untilStopped } from "./scenarios.js";

let limited = false;

const runPlanning: Activities["runPlanning"] = async (input) => {
  if (isEmpty(input)) return needs(amount(input.n === 3 ? 5_000 : 300));
  switch (input.n) {
    case 1: {
      if (limited) return drafted(amount(100));
      limited = true;
      const at = new Date(Date.now() + 1_000).toISOString();
      const spent = { spent: amount(10), calls: 1, sleeps: [] };
      return { kind: "wait-until", at, why: "rate limit of demo", checkpoint, ...spent };
    }
    case 2: {
      const stopped = await untilStopped({} as never);
      if (stopped.kind !== "stopped") throw new Error(stopped.kind);
      return { ...stopped, kind: "stopped", checkpoint };
    }
    default:
      throw ApplicationFailure.nonRetryable("key refused", "ModelAuth");
  }
};

export const PLANNED: Scenario = {
  name: "planned",
  milestones: [aMilestone("1", [aFeature("1.1", { agent: "builtin", estimate: amount(100) })])],
  activities: {
    runPlanning,
    runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
  },
  before: async (client, missionId) => {
    await (await plan(client, { missionId, n: 1 })).result();
    const second = await plan(client, { missionId, n: 2 });
    await until(
      () => second.handle.query(planningQuery),
      ({ doing }) => doing === "asks the model",
    );
    await until(
      () => accountOf(client, missionId),
      ({ reserved }) => reserved.tokens === 300,
    );
    await second.handle.cancel();
    await second.result().catch(() => undefined);
    for (const n of [3, 4]) await (await plan(client, { missionId, n })).result();
  },
};
