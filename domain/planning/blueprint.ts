/** What a goal of one sort usually needs, before anyone has planned it: basis of outcome levels and of the offline planner. */
import type { FeatureKind, GoalType, OutcomeLevel, Size } from "../mission.js";

export interface BlueprintFeature {
  /** Unique in its blueprint, as `sign-in`. */
  key: string;
  title: string;
  kind: FeatureKind;
  size: Size;
  /** The lowest level that has it. */
  level: OutcomeLevel;
  /** What to do, for a person or an agent; `{goal}` stands for the goal. */
  brief: string;
  dependsOn: string[];
  touches: string[];
  /** Sentences a person can judge when the repository has no command that shows it. */
  checks: string[];
  /** Positions in its milestone's checks; left out: the first. */
  serves?: number[];
}

export interface BlueprintMilestone {
  key: string;
  title: string;
  /** One belongs to a plan when a feature that serves it does. */
  checks: string[];
  features: BlueprintFeature[];
}

/** Milestones in order: the first is the smallest viable increment, the last polish, docs and deploy. */
export interface Blueprint {
  type: GoalType;
  milestones: BlueprintMilestone[];
}
