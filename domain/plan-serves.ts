/** The checks of its milestone that a feature says it helps to pass must be there. */
import { nearestName } from "./nearest-name.js";
import type { Plan } from "./plan.js";
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";

export function servesViolations(plan: Plan): Violation[] {
  return plan.milestones.flatMap((milestone) => {
    const ids = milestone.checks.map(({ id }) => id);
    const known = new Set(ids);
    return milestone.features.flatMap((feature) =>
      (feature.serves ?? [])
        .filter((id) => !known.has(id))
        .map((id) => {
          const nearest = nearestName(id, ids);
          return {
            sentence: `Feature ${feature.id} serves ${shown(id)}, which is no check of milestone ${milestone.id}.`,
            remedy:
              nearest === undefined
                ? "Name the id of a check of its milestone, or remove it from serves."
                : `Did you mean ${nearest}?`,
          };
        }),
    );
  });
}
