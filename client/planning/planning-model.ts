/** Which model plans here, where there is one. */
import type { ModelRouting } from "../../domain/plan.js";
import { Problem } from "../../domain/problem.js";
import { cleanLine } from "../terminal/clean.js";
import type { Context } from "../context.js";
import { openModelTools } from "../start/models.js";

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** The orchestrator's, else the thinking tier's, else the workers'. */
export const orchestratorIn = ({ orchestrator, tiers, workers }: ModelRouting) =>
  orchestrator ?? tiers?.thinking ?? workers;

/** @throws Problem when the model cannot be reached or has no price. */
export async function needPlanningModel(context: Context, model: string): Promise<void> {
  const { access, prices } = await openModelTools(context);
  await access.check(model);
  prices.costMicroUsd(model, ONE_TOKEN);
}

/** @returns undefined where this host's routing names none, or one that cannot plan, which is then said. */
export async function planningModel(context: Context): Promise<string | undefined> {
  const { access } = await openModelTools(context);
  const model = orchestratorIn(access.defaultRouting());
  if (model === undefined) return undefined;
  try {
    await needPlanningModel(context, model);
    return model;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.output.note(cleanLine(`${model} cannot plan: ${error.message} ${error.remedy}`));
    return undefined;
  }
}
