/** Which models a plan would call, and whether each can be reached and has a price. */
import { agentModel } from "../../domain/agents.js";
import { isThinking } from "../../domain/mission.js";
import type { ModelRouting, Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { mergeRouting, parseModelId } from "../../domain/routing.js";
import type { KeyedProvider } from "../../config/keys.js";
import type { ModelAccess } from "../../config/models.js";
import type { Prices } from "../../config/prices.js";
import type { Context } from "../context.js";
import { featuresOf } from "../mission-plan.js";
import { needAgents, type KnownAgents } from "./agents.js";

/** Features whose agent thinks; scripts and people call no model. */
export const thinkingFeatures = (plan: Plan) =>
  featuresOf(plan)
    .map(({ feature }) => feature)
    .filter(({ agent }) => isThinking(agent));

export interface NeededModels {
  models: string[];
  /** Features for which neither the plan nor this host's settings name a model. */
  unnamed: string[];
}

/** Every model that may be called: each feature's own, and those of tiers that the budget may fall back to. */
export function modelsOf(
  plan: Plan,
  defaults: ModelRouting,
  agents: KnownAgents = new Map(),
): NeededModels {
  const features = thinkingFeatures(plan);
  if (features.length === 0) return { models: [], unnamed: [] };
  const routing = mergeRouting(defaults, plan.model_routing);
  const tiers: (string | undefined)[] = Object.values(routing.tiers ?? {});
  const models = new Set(tiers.filter((model) => model !== undefined));
  const unnamed: string[] = [];
  for (const feature of features) {
    const definition = agents.get(feature.agent);
    // It pays by a login of its own, and is as real as any model.
    if (definition?.gateway === "none") continue;
    const model = agentModel(definition ?? {}, routing, feature);
    if (model === undefined) unnamed.push(feature.id);
    else models.add(model);
  }
  return { models: [...models].sort(), unnamed };
}

export interface ModelTools {
  access: ModelAccess;
  prices: Prices;
  /** Where the settings send calls of a provider instead of to itself. */
  addressOf: (provider: KeyedProvider) => { baseUrl?: string };
}

export async function openModelTools(context: Context): Promise<ModelTools> {
  const [{ createModelAccess }, { createPrices }, { createSettingsReader }] = await Promise.all([
    import("../../config/models.js"),
    import("../../config/prices.js"),
    import("../../config/settings.js"),
  ]);
  const { environment, paths } = context;
  const settings = createSettingsReader(paths.settings);
  return {
    prices: createPrices(settings),
    addressOf: (provider) => {
      const own = provider === "compatible" ? undefined : settings().providers[provider];
      return own === undefined ? {} : { baseUrl: own.base_url };
    },
    access: createModelAccess({
      keysPath: paths.keys,
      runFolder: paths.run,
      settings,
      compatibleBaseUrl: environment.compatibleBaseUrl,
      compatibleApiKey: environment.compatibleApiKey,
    }),
  };
}

/** @returns the models. @throws Problem noModel for the first that is not named, reachable or priced. */
export async function needModels(context: Context, plan: Plan): Promise<string[]> {
  if (thinkingFeatures(plan).length === 0) return [];
  const { access, prices } = await openModelTools(context);
  const defaults = access.defaultRouting();
  const agents = await needAgents(context, plan, mergeRouting(defaults, plan.model_routing));
  const { models, unnamed } = modelsOf(plan, defaults, agents);
  const [first] = unnamed;
  if (first !== undefined) {
    throw new Problem(
      EXIT.noModel,
      unnamed.length === 1
        ? `Feature ${first} needs a model and nothing names one.`
        : `${unnamed.length} features need a model and nothing names one.`,
      "Add `model_routing: {workers: provider/model}` to the plan, or `agent: script` and commands to the features; or try: npx missions start --demo",
    );
  }
  for (const model of models) {
    await access.check(model);
    // Here every price is asked for; the library is loaded by then, so one after the other costs nothing.
    prices.costMicroUsd(model, ONE_TOKEN);
  }
  return [...models, ...unmeteredOf(plan, agents)];
}

/** Agents that pay by a login of their own, as models that are real. */
const unmeteredOf = (plan: Plan, agents: KnownAgents) => [
  ...new Set(
    thinkingFeatures(plan).flatMap(({ agent }) =>
      agents.get(agent)?.gateway === "none" ? [`agent/${agent}`] : [],
    ),
  ),
];

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** The demo's replies are canned; every other model decides by itself which commands run. */
export const isReal = (model: string) => parseModelId(model)?.provider !== "demo";
