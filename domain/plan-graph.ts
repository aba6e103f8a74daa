/** Dependencies of a plan: known, not on oneself, not on a later milestone, without cycles. */
import { findCycle } from "./dependencies.js";
import type { Plan } from "./plan.js";
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";

export function graphViolations(plan: Plan): Violation[] {
  const milestoneOf = new Map<string, number>();
  plan.milestones.forEach((milestone, index) => {
    for (const feature of milestone.features) milestoneOf.set(feature.id, index);
  });
  return plan.milestones.flatMap((milestone, index) => {
    const bad = milestone.features.flatMap((feature) =>
      feature.dependsOn.flatMap((id) => badDependency(plan, milestoneOf, feature.id, id, index)),
    );
    const cycle = findCycle(
      milestone.features.map(({ id, dependsOn }) => ({
        id,
        dependsOn: dependsOn.filter((needed) => needed !== id), // said above
      })),
    );
    return cycle === undefined ? bad : [...bad, cycleViolation(cycle)];
  });
}

function badDependency(
  plan: Plan,
  milestoneOf: Map<string, number>,
  feature: string,
  needed: string,
  milestone: number,
): Violation[] {
  const where = milestoneOf.get(needed);
  if (needed === feature) {
    return [
      { sentence: `Feature ${feature} depends on itself.`, remedy: "Remove it from dependsOn." },
    ];
  }
  if (where === undefined) {
    const sentence = `Feature ${feature} depends on ${shown(needed)}, which is no feature of the plan.`;
    return [{ sentence, remedy: "Name a feature's id, or remove it from dependsOn." }];
  }
  if (where <= milestone) return [];
  const later = plan.milestones[where]?.id ?? "";
  const sentence = `Feature ${feature} depends on ${needed} of the later milestone ${later}.`;
  return [{ sentence, remedy: "Move one of them, or remove the dependency." }];
}

/** Ten features of a cycle say enough. */
function cycleViolation(cycle: string[]): Violation {
  const named = cycle.length > 10 ? [...cycle.slice(0, 9), `... (${cycle.length} in all)`] : cycle;
  return {
    sentence: `Features need each other in a circle: ${[...named, cycle[0] ?? ""].join(" -> ")}.`,
    remedy: "Remove one of these dependencies.",
  };
}
