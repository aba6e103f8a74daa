/** The agents that this host can run, found by the name that a plan uses. */
import { EXIT, Problem } from "../../domain/problem.js";
import type { AgentDefinition } from "../../domain/agents.js";
import type { AgentName } from "../../domain/mission.js";
import type { AgentPort } from "../agent.js";

export interface ExternalAgents {
  /** Asked each time: the settings may change while missions run. @throws Problem for settings that cannot be used. */
  known: () => ReadonlyMap<AgentName, AgentDefinition>;
  open: (definition: AgentDefinition) => AgentPort;
}

/** @returns a function that throws a Problem for a name that is not among them. */
export function agentsByName(
  own: Record<string, AgentPort>,
  external?: ExternalAgents,
): (name: AgentName) => AgentPort {
  const byName = new Map(Object.entries(own));
  return (name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    const definitions = external?.known();
    const definition = definitions?.get(name);
    if (external !== undefined && definition !== undefined) return external.open(definition);
    throw new Problem(
      EXIT.noModel,
      `The agent ${name} is not known on this host.`,
      `Known are ${[...byName.keys(), ...(definitions?.keys() ?? [])].join(", ")}; others are named under agents in settings.yaml.`,
    );
  };
}
