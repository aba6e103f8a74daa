/** Plannings with an outside world that answers at once; a test says what the model's activity does. */
import { randomBytes } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { Activities } from "../../../activities/contract.js";
import type { Amount } from "../../../domain/mission.js";
import type { PlanningOutcome, PlanningWork } from "../../../domain/planning/planning-work.js";
import {
  budgetQuery,
  type PlanningInput,
  type PlanningResult,
} from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { TEST_QUEUE } from "../../helpers/with-worker.js";

export const checkpoint = { sha256: "c".repeat(64), bytes: 1, name: "planning.json" };
export const amount = (microUsd: number, tokens = microUsd): Amount => ({ microUsd, tokens });
export const drafted = (spent: Amount): PlanningOutcome => ({
  kind: "drafted",
  planHash: "a".repeat(64),
  rounds: 1,
  promptHash: "b".repeat(64),
  notes: ["small"],
  spent,
  calls: 1,
  sleeps: [],
});
export const needs = (ask: Amount, spent = amount(0), calls = 0): PlanningOutcome => ({
  kind: "needs-more",
  ask,
  checkpoint,
  spent,
  calls,
  sleeps: [],
});
export const isEmpty = ({ slice }: PlanningWork) => slice.amount.tokens === 0;

export const newId = () => `m-20260101-${randomBytes(3).toString("hex")}`;
export const worldOf = (runPlanning: Activities["runPlanning"], more: Partial<Activities> = {}) =>
  fakeWorld([aMilestone("1", [aFeature("1.1", { agent: "builtin", estimate: amount(100) })])], {
    runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
    runPlanning,
    ...more,
  }).activities;

export async function plan(client: Client, input: Partial<PlanningInput> = {}) {
  const { missionId = newId(), n = 1 } = input;
  const handle = await client.workflow.start("planningWorkflow", {
    workflowId: `mission/${missionId}/planning/${n}`,
    taskQueue: TEST_QUEUE,
    args: [
      {
        missionId,
        generation: 1,
        n,
        task: { kind: "draft", scopeHash: "0".repeat(64), model: "demo/canned" },
        cap: amount(1_000),
        opensGuard: true,
        ...input,
        timings: { heartbeatMs: 2_000, retryMs: 50, ...input.timings },
      },
    ],
  });
  const result = () => handle.result() as Promise<PlanningResult>;
  return { handle, missionId, result };
}
export const accountOf = (client: Client, missionId: string) =>
  client.workflow.getHandle(`mission/${missionId}/budget`).query(budgetQuery);
