/** What a goal of each sort usually needs. */
import { OUTCOME_LEVELS, type GoalType, type OutcomeLevel } from "../mission.js";
import type { Blueprint, BlueprintMilestone } from "./blueprint.js";
import { ENHANCEMENT } from "./blueprints/enhancement.js";
import { GREENFIELD } from "./blueprints/greenfield.js";
import { INFRASTRUCTURE } from "./blueprints/infrastructure.js";
import { MIGRATION } from "./blueprints/migration.js";
import { RESEARCH } from "./blueprints/research.js";

const BLUEPRINTS: Record<GoalType, Blueprint> = {
  greenfield: GREENFIELD,
  migration: MIGRATION,
  research: RESEARCH,
  enhancement: ENHANCEMENT,
  infrastructure: INFRASTRUCTURE,
};

/** Contract: the same object each time; callers must not change it. */
export const blueprintFor = (type: GoalType): Blueprint => BLUEPRINTS[type];

/** The milestones that a level has, with its features alone; what a lower level has, a higher one has too. */
export function milestonesAt(blueprint: Blueprint, level: OutcomeLevel): BlueprintMilestone[] {
  const reach = OUTCOME_LEVELS.indexOf(level);
  return blueprint.milestones
    .map((milestone) => ({
      ...milestone,
      features: milestone.features.filter(
        (feature) => OUTCOME_LEVELS.indexOf(feature.level) <= reach,
      ),
    }))
    .filter(({ features }) => features.length > 0);
}
