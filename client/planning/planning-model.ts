/** Which model plans here, where there is one. */
import type { ModelRouting } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { configuredOffers } from "../budget/offers.js";
import type { Context } from "../context.js";
import { cleanLine } from "../terminal/clean.js";
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

/**
 * The model that this host's routing names, else what the preferred provider offers for thinking.
 * @returns undefined where there is none that can plan; of one that is named it is said why.
 */
export async function planningModel(context: Context): Promise<string | undefined> {
  const { access } = await openModelTools(context);
  const named = orchestratorIn(access.defaultRouting());
  if (named !== undefined) {
    const why = await flawOf(context, named);
    if (why === undefined) return named;
    context.output.note(cleanLine(`${named} cannot plan: ${why.message} ${why.remedy}`));
  }
  const [preferred] = await configuredOffers(context);
  const offered = preferred?.models.thinking;
  if (offered === undefined || offered === named) return undefined;
  const why = await flawOf(context, offered);
  if (why === undefined) return offered;
  if (why.exitCode === EXIT.noModel) return undefined;
  throw why;
}

async function flawOf(context: Context, model: string): Promise<Problem | undefined> {
  try {
    await needPlanningModel(context, model);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
