/** A model's opinion on the sort of goal. */
import type { Client } from "@temporalio/client";
import type { Amount, GoalType } from "../../domain/mission.js";
import type { Context } from "../context.js";
import { storeScope, type ScopeOrder } from "./draft.js";
import { announceCap, planningCap } from "./planning-cap.js";
import { runPlanning } from "./run-planning.js";

/** Contract: safe to repeat, as `draftPlan`. @throws Problem when there is no readable opinion; nothing hangs on one. */
export async function classifyGoal(
  context: Context,
  client: Client,
  order: ScopeOrder,
): Promise<{ type: GoalType; why: string; spent: Amount }> {
  const { scope, model, capMicroUsd, ...rest } = order;
  const cap = planningCap(capMicroUsd, scope.budget);
  const scopeHash = await storeScope(context.paths, scope);
  announceCap(context, "The sort of goal is judged", model, cap);
  const task = { kind: "classify", scopeHash, model } as const;
  const result = await runPlanning(context, client, { ...rest, cap, task });
  if (result.kind !== "classified") throw new Error(`a planning of another sort: ${result.kind}`);
  const { type, why, spent } = result;
  return { type, why, spent };
}
