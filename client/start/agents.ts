/** Who does the thinking of a plan: known here, installed, and pointed at a model that it speaks with. */
import { externalAgents } from "../../config/agents.js";
import { createSettingsReader } from "../../config/settings.js";
import { agentModel, isOwnAgent, modelFlaw, type AgentDefinition } from "../../domain/agents.js";
import { AGENT_NAME, OWN_AGENTS, type AgentName } from "../../domain/mission.js";
import { nearestName } from "../../domain/nearest-name.js";
import type { ModelRouting, Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { findProgram } from "../../store/programs.js";
import type { Context } from "../context.js";
import { featuresOf } from "../mission-plan.js";

export type KnownAgents = ReadonlyMap<AgentName, AgentDefinition>;

/** @throws Problem for settings that cannot be used. */
export const knownAgents = ({ paths }: Pick<Context, "paths">): KnownAgents =>
  externalAgents(createSettingsReader(paths.settings)().agents);

/** Every name that a plan may use, ours first. */
export const agentNames = (known: KnownAgents): AgentName[] => [...OWN_AGENTS, ...known.keys()];

/** Who does the features that name nobody: as asked, else as the settings say. @throws Problem for a name that is not known. */
export function defaultAgent(
  context: Pick<Context, "paths">,
  asked?: AgentName,
): AgentName | undefined {
  const name = asked ?? createSettingsReader(context.paths.settings)().agent;
  if (name === undefined || name === "builtin") return name;
  const known = knownAgents(context);
  if (!known.has(name)) throw unknownAgent(name, ["builtin", ...known.keys()]);
  return name;
}

/**
 * External agents of a plan.
 * @throws Problem for the first that is not known, not installed on a host that shall work itself, metered by nobody, or without
 * a model that it speaks with.
 */
export async function needAgents(
  { environment, paths }: Context,
  plan: Plan,
  routing: ModelRouting,
): Promise<KnownAgents> {
  const known = knownAgents({ paths });
  const used = new Set<AgentName>();
  for (const { feature } of featuresOf(plan)) {
    if (isOwnAgent(feature.agent)) continue;
    const definition = known.get(feature.agent);
    if (definition === undefined) {
      throw unknownAgent(feature.agent, agentNames(known), `Feature ${feature.id} names`);
    }
    used.add(feature.agent);
    if (definition.gateway === "none") continue;
    const model = agentModel(definition, routing, feature);
    const flaw = model === undefined ? undefined : modelFlaw(definition, model);
    if (flaw === undefined) continue;
    throw new Problem(
      EXIT.badInput,
      `Feature ${feature.id} cannot be done so: ${flaw}.`,
      `Name a model for it under agents: {${feature.agent}: {model: provider/model}} in settings.yaml, or in the feature.`,
    );
  }
  for (const name of used) {
    const definition = known.get(name);
    if (definition === undefined) continue;
    if (definition.gateway === "none" && !definition.unmetered) throw unmetered(name);
    await needInstalled({ environment }, definition, name);
  }
  return known;
}

/** @throws Problem where the agent is not on a host that shall work itself. */
export async function needInstalled(
  { environment }: Pick<Context, "environment">,
  definition: AgentDefinition,
  name: AgentName,
): Promise<void> {
  const [program = ""] = definition.command;
  // Workers elsewhere have programs of their own.
  if (environment.workersElsewhere) return;
  if ((await findProgram(program, environment.path)) !== undefined) return;
  throw new Problem(
    EXIT.environment,
    `The agent ${name} is not on this machine: there is no program ${program} on PATH.`,
    `Get it with: ${definition.install}; or say where it is: agents: {${name}: {command: [/path/to/it]}} in settings.yaml.`,
  );
}

function unknownAgent(name: string, names: readonly string[], who = "There is"): Problem {
  const shown = AGENT_NAME.test(name) ? name : JSON.stringify(name.slice(0, 60));
  const nearest = nearestName(name, names);
  const meant = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  const sentence =
    who === "There is"
      ? `There is no agent ${shown}.`
      : `${who} the agent ${shown}, which is not known.`;
  return new Problem(
    EXIT.badInput,
    `${sentence}${meant}`,
    `Known are ${names.join(", ")}; others are named under agents in settings.yaml.`,
  );
}

const unmetered = (name: string) =>
  new Problem(
    EXIT.badInput,
    `Nothing meters what ${name} spends by its own login.`,
    `Say agents: {${name}: {gateway: none, unmetered: true}} in settings.yaml to let its own word count, or leave its gateway as it is.`,
  );
