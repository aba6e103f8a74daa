/** Which model plans here, where there is one. */
import { Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { openModelTools } from "../start/models.js";

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

/**
 * The orchestrator's of this host's routing, else its thinking tier's, else the workers'.
 * @returns undefined where nothing names one, or the one that is named cannot be reached or has no price.
 */
export async function planningModel(context: Context): Promise<string | undefined> {
  const { access, prices } = await openModelTools(context);
  try {
    const { orchestrator, tiers, workers } = access.defaultRouting();
    const model = orchestrator ?? tiers?.thinking ?? workers;
    if (model === undefined) return undefined;
    await access.check(model);
    prices.costMicroUsd(model, ONE_TOKEN);
    return model;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
