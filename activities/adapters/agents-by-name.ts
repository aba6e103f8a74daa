/** The agents that this host can run, found by the name that a plan uses. */
import { EXIT, Problem } from "../../domain/problem.js";
import type { AgentName } from "../../domain/mission.js";
import type { AgentPort } from "../agent.js";

/** @returns a function that throws a Problem for a name that is not among them. */
export function agentsByName(known: Record<string, AgentPort>): (name: AgentName) => AgentPort {
  const byName = new Map(Object.entries(known));
  return (name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    throw new Problem(
      EXIT.noModel,
      `The agent ${name} is not known on this host.`,
      `Known are ${[...byName.keys()].join(", ")}; others are named under agents in settings.yaml.`,
    );
  };
}
