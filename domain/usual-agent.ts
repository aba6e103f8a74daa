/** Who does the thinking in a plan. */
import { isThinking, type AgentName } from "./mission.js";
import type { Plan } from "./plan.js";

/** The agent that does most of what is thought about; the first of those that do as much. `builtin` where none does any. */
export function usualAgent({ milestones }: Pick<Plan, "milestones">): AgentName {
  const counts = new Map<AgentName, number>();
  for (const { features } of milestones) {
    for (const { agent } of features) {
      if (isThinking(agent)) counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
  }
  let usual: AgentName = "builtin";
  let most = 0;
  for (const [agent, count] of counts) {
    if (count <= most) continue;
    usual = agent;
    most = count;
  }
  return usual;
}

/** Has another agent do what the builtin one would. */
export function withAgent(plan: Plan, agent: AgentName): Plan {
  if (agent === "builtin") return plan;
  const milestones = plan.milestones.map((milestone) => ({
    ...milestone,
    features: milestone.features.map((feature) =>
      feature.agent === "builtin" ? { ...feature, agent } : feature,
    ),
  }));
  return { ...plan, milestones };
}
