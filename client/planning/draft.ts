/** Has a model draft the plan of a scope, held to the rules by the engine. */
import type { Client } from "@temporalio/client";
import type { Amount } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import type { Scope } from "../../domain/scope.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import type { Context } from "../context.js";
import { announceCap, planningCap } from "./planning-cap.js";
import { runPlanning, type PlanningOrder } from "./run-planning.js";

export interface DraftedPlan {
  plan: Plan;
  planHash: string;
  /** Replies that were needed until the rules held. */
  rounds: number;
  /** Of this planning alone. */
  spent: Amount;
  /** What the planner says to the person; untrusted text. */
  notes: string[];
}

/** What is asked about a scope, whom, and what it may cost. */
export type ScopeOrder = Pick<PlanningOrder, "missionId" | "n" | "timings" | "taskQueue"> & {
  scope: Scope;
  model: string;
  capMicroUsd: number;
};

/**
 * Contract: safe to repeat; who comes back with the same scope, model and cap (or the same `n`) gets the same plan unpaid.
 * @throws Problem when no plan came that keeps the rules within the cap.
 */
export async function draftPlan(
  context: Context,
  client: Client,
  order: ScopeOrder,
): Promise<DraftedPlan> {
  const { scope, model, capMicroUsd, ...rest } = order;
  const cap = planningCap(capMicroUsd, scope.budget);
  const scopeHash = await storeScope(context.paths, scope);
  announceCap(context, "A plan is drafted", model, cap);
  const task = { kind: "draft", scopeHash, model } as const;
  const result = await runPlanning(context, client, { ...rest, cap, task });
  return draftedFrom(context.paths, result);
}

export const storeScope = async (paths: EnginePaths, scope: Scope): Promise<string> =>
  (await putBlob(paths.blobs, JSON.stringify(scope), "scope.json")).sha256;

/** @param result of a planning that drafts. */
export async function draftedFrom(
  paths: EnginePaths,
  result: Awaited<ReturnType<typeof runPlanning>>,
): Promise<DraftedPlan> {
  if (result.kind !== "drafted") throw new Error(`a planning of another sort: ${result.kind}`);
  const { planHash, rounds, spent, notes = [] } = result;
  const plan = JSON.parse((await getBlob(paths.blobs, planHash)).toString("utf8")) as Plan;
  return { plan, planHash, rounds, spent, notes };
}
