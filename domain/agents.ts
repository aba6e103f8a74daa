/** External agents: programs of others that speak the Agent Client Protocol, as plain data. */
import type { AgentName, Tier } from "./mission.js";
import { OWN_AGENTS } from "./mission.js";
import type { ModelRouting, Plan, PlanFeature } from "./plan.js";
import { modelFor, parseModelId } from "./routing.js";
import type { ModelProvider } from "./routing.js";

/** Interface of model providers that an agent speaks; `any`: it is told which. `none`: it pays by a login of its own. */
export const GATEWAY_SHAPES = ["any", "openai", "anthropic", "google", "none"] as const;
export type GatewayShape = (typeof GATEWAY_SHAPES)[number];

/**
 * How to run one agent. Values of `env` and `files` may hold `{address}` (of the provider at the gateway), `{base_url}` (with the version of its interface),
 * `{token}`, `{provider}`, `{model}` (the provider's own name of it) and `{npm}` (a library of that interface).
 */
export interface AgentDefinition {
  name: AgentName;
  /** Program and arguments that speak the protocol on standard input and output. */
  command: readonly string[];
  /** What a person types to get it. */
  install: string;
  gateway: GatewayShape;
  /** `provider/model`; goes before the mission's routing. */
  model?: string | undefined;
  env: Readonly<Record<string, string>>;
  /** Written into the agent's HOME, by relative path. */
  files: Readonly<Record<string, string>>;
  /** Without a gateway: a person said that its own account of what it costs will do. */
  unmetered: boolean;
  /** Tells while it works what its session has cost. */
  reportsCost: boolean;
  /** Files below a person's home that are there once they are logged in. */
  login: readonly string[];
  /** Ways of logging in that need no person, in the order in which they are tried when it asks for one. */
  authMethods: readonly string[];
  /** Longest time without a word and without a call. */
  silenceMs: number;
  /** Longest turn. */
  turnMs: number;
}

/** When an agent is held to its slice. */
export type Guarantee = "before each call" | "on stream" | "at end";

export function guaranteeOf({ gateway, reportsCost }: AgentDefinition): Guarantee {
  if (gateway !== "none") return "before each call";
  return reportsCost ? "on stream" : "at end";
}

/** True for names that no settings are needed for. */
export const isOwnAgent = (name: AgentName): boolean =>
  (OWN_AGENTS as readonly string[]).includes(name);

/** The feature's own model, else the agent's, else what the mission routes such work to. */
export function agentModel(
  definition: Pick<AgentDefinition, "model">,
  routing: ModelRouting,
  feature: Pick<PlanFeature, "model" | "tier" | "kind">,
  tier?: Tier,
): string | undefined {
  const role = feature.kind === "research" ? "research" : "worker";
  return feature.model ?? definition.model ?? modelFor(routing, feature, role, tier);
}

/** What a feature is given at least whose agent nobody meters: its bill comes afterwards. */
const UNMETERED_LEAST = { usd: 2, tokens: 600_000 };

/** Reserves more for features of agents that pay by a login of their own, within the budget. Idempotent. */
export function withReservations(
  plan: Plan,
  known: ReadonlyMap<AgentName, Pick<AgentDefinition, "gateway">>,
): Plan {
  const { money_usd: usd, token_limit: tokens } = plan.budget;
  const least = {
    usd: Math.min(UNMETERED_LEAST.usd, usd),
    tokens: Math.min(UNMETERED_LEAST.tokens, tokens),
  };
  const milestones = plan.milestones.map((milestone) => ({
    ...milestone,
    features: milestone.features.map((feature) =>
      known.get(feature.agent)?.gateway !== "none"
        ? feature
        : {
            ...feature,
            estimate: {
              ...feature.estimate,
              usd: Math.max(feature.estimate.usd, least.usd),
              tokens: Math.max(feature.estimate.tokens, least.tokens),
            },
          },
    ),
  }));
  return { ...plan, milestones };
}

const SHAPES_OF: Record<ModelProvider, readonly GatewayShape[]> = {
  anthropic: ["anthropic"],
  openai: ["openai"],
  google: ["google"],
  openrouter: ["openai", "anthropic"],
  // Whether a local server speaks both, it says itself.
  compatible: ["openai", "anthropic"],
  demo: ["openai", "anthropic"],
};

/** Why an agent cannot work with a model; undefined when it can. */
export function modelFlaw(
  { name, gateway }: Pick<AgentDefinition, "name" | "gateway">,
  model: string,
): string | undefined {
  const provider = parseModelId(model)?.provider;
  if (provider === undefined) return `${model.slice(0, 80)} is not a model we can reach`;
  if (gateway === "any" || gateway === "none" || SHAPES_OF[provider].includes(gateway)) {
    return undefined;
  }
  return `${name} speaks the interface of ${gateway}, and ${model} does not`;
}
