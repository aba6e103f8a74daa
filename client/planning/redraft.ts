/** Has a model change a plan by what a person says is wrong with it. */
import type { Client } from "@temporalio/client";
import type { Plan } from "../../domain/plan.js";
import type { Scope } from "../../domain/scope.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import type { PlanningTask } from "../../workflows/messages.js";
import type { Context } from "../context.js";
import { draftedFrom, storeScope, type DraftedPlan } from "./draft.js";
import { announceCap, planningCap } from "./planning-cap.js";
import { missionIsOpen, runPlanning, type PlanningOrder } from "./run-planning.js";

export type RedraftOrder = Pick<
  PlanningOrder,
  "missionId" | "n" | "timings" | "taskQueue" | "opensGuard" | "generation"
> & {
  /** As the person typed it. */
  wish: string;
  /** Features that have begun or are done; they come back unchanged. */
  fixed: readonly string[];
  model: string;
  capMicroUsd: number;
  /** Default: what the plan itself says. */
  scope?: Scope | undefined;
} & ({ plan: Plan } | { planHash: string });

/**
 * Contract: safe to repeat, as `draftPlan`. Beside a running mission its account pays.
 * @throws Problem when no plan came that keeps the rules within the cap.
 */
export async function redraftPlan(
  context: Context,
  client: Client,
  order: RedraftOrder,
): Promise<DraftedPlan> {
  const { missionId, generation, n, timings, taskQueue, wish, fixed, model } = order;
  const { blobs } = context.paths;
  const { plan, planHash } = await planOf(context, order);
  const cap = planningCap(order.capMicroUsd, plan.budget);
  const opensGuard = order.opensGuard ?? !(await missionIsOpen(client, missionId));
  const [scopeHash, { sha256: wishHash }] = await Promise.all([
    storeScope(context.paths, order.scope ?? scopeOfPlan(plan)),
    putBlob(blobs, JSON.stringify(wish), "wish.json"),
  ]);
  announceCap(context, "The plan is changed", model, cap);
  const task: PlanningTask = {
    kind: "redraft",
    scopeHash,
    planHash,
    wishHash,
    fixed: [...fixed],
    model,
  };
  const given = { missionId, generation, n, timings, taskQueue, opensGuard, cap, task };
  return draftedFrom(context.paths, await runPlanning(context, client, given));
}

async function planOf({ paths }: Context, order: RedraftOrder) {
  if ("planHash" in order) {
    const text = (await getBlob(paths.blobs, order.planHash)).toString("utf8");
    return { plan: JSON.parse(text) as Plan, planHash: order.planHash };
  }
  const { sha256 } = await putBlob(paths.blobs, canonicalPlanJson(order.plan), "plan.json");
  return { plan: order.plan, planHash: sha256 };
}

/** The scope that a plan stands for, where the interview's own is not at hand. */
export const scopeOfPlan = (plan: Plan): Scope => ({
  goal: plan.goal,
  type: plan.type ?? "enhancement",
  mode: plan.mode,
  level: plan.level ?? "production",
  budget: plan.budget,
  ...(plan.deadline === undefined
    ? {}
    : {
        deadline: {
          at: plan.deadline,
          zone: plan.deadline_zone ?? "UTC",
          atDeadline: plan.at_deadline ?? "finish",
        },
      }),
  infrastructure: "",
  dependencies: "",
  nonGoals: plan.scope.non_goals,
  constraints: plan.scope.constraints,
  mustHold: [],
  preferences: plan.preferences,
  routing: plan.model_routing,
  answers: [],
});
