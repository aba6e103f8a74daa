/** Makes the plan of a scope, and makes it again as a person wants it otherwise. */
import { formatUsd, microUsdFromUsd } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { offlinePlan } from "../../domain/planning/offline-plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { bringUp } from "../bring-up.js";
import { withClient, type Context } from "../context.js";
import type { DraftedPlan } from "../planning/draft.js";
import { missionsCommand } from "../shell-words.js";
import { cleanLine } from "../terminal/clean.js";
import { steadyScope, withoutSpan } from "./deadline.js";
import { unlessInterrupted } from "./interrupt.js";
import type { Planner } from "./planner.js";

export interface GoalPlan {
  context: Context;
  missionId: string;
  planner: Planner;
  capUsd: number;
  /** The command that finds the plan again when the terminal closes meanwhile. */
  goOn: string;
}

/** @throws Problem when no plan came within the cap. Safe to repeat: the same scope is planned and paid once. */
export async function planScope(goalPlan: GoalPlan, asked: Scope): Promise<Plan> {
  const { planner, missionId, capUsd } = goalPlan;
  const scope = steadyScope(asked, new Date());
  if (planner.kind === "blueprint") return withoutSpan(offlinePlan(scope, { by: "manual" }), scope);
  const { model } = planner;
  const capMicroUsd = microUsdFromUsd(capUsd);
  const plan = await paid(goalPlan, async (client) => {
    const { draftPlan } = await import("../planning/draft.js");
    return draftPlan(goalPlan.context, client, { missionId, scope, model, capMicroUsd });
  });
  return withoutSpan(plan, scope);
}

/** The plan changed as a sentence says; only a model can do that. */
export function replanWith(
  goalPlan: GoalPlan,
  asked: Scope,
): ((wish: string, plan: Plan) => Promise<Plan>) | undefined {
  const { planner, missionId, capUsd, context } = goalPlan;
  if (planner.kind !== "model") return undefined;
  const scope = steadyScope(asked, new Date());
  const given = { missionId, scope, model: planner.model, capMicroUsd: microUsdFromUsd(capUsd) };
  return async (wish, plan) => {
    const redrafted = await paid(goalPlan, async (client) => {
      const { redraftPlan } = await import("../planning/redraft.js");
      return redraftPlan(context, client, { ...given, plan, wish, fixed: [] });
    });
    return withoutSpan(redrafted, scope);
  };
}

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

async function paid(
  goalPlan: GoalPlan,
  work: (client: Client) => Promise<DraftedPlan>,
): Promise<Plan> {
  const { context } = goalPlan;
  const { output } = context;
  await bringUp(context);
  const drafted = await unlessInterrupted(withClient(context, work), () => interrupted(goalPlan));
  const { rounds, spent, notes } = drafted;
  const replies = rounds === 1 ? "one reply" : `${rounds} replies`;
  output.note(`Planned in ${replies} for ${formatUsd(spent.microUsd)}.`);
  for (const note of notes) output.note(`The planner says: ${cleanLine(note)}`);
  return drafted.plan;
}

const interrupted = ({ goOn, missionId }: GoalPlan) =>
  new Problem(
    EXIT.interrupted,
    "Stopped by you; the planning that has begun goes on and is not paid twice.",
    `Go on with: ${goOn}; or drop it with: ${missionsCommand("cancel", missionId)}`,
  );
