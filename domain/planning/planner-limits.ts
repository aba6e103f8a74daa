/** Limits of what a model may plan, and of how long it is asked. docs/decisions/0007-planning.md says why there are any. */
import type { Size } from "../mission.js";

export const PLANNER_LIMITS = {
  milestones: 12,
  featuresPerMilestone: 50,
  /** A plan of one milestone only is for small goals. */
  featuresOfOnlyMilestone: 10,
  /** Replies until the rules must hold. */
  replies: 3,
  /** Told to the model and to the person at once. */
  violationsTold: 25,
  notes: 5,
  noteCharacters: 200,
} as const;

/** The first milestone's largest share of all work: the smallest increment that is of use, not half of everything. */
export const FIRST_MILESTONE_SHARE = { ofTwo: 0.8, ofMore: 0.6 } as const;

/** Relative work of a size, for shares only; what a size costs is for the estimates to say. */
export const SIZE_WEIGHTS: Record<Size, number> = {
  trivial: 1,
  small: 2,
  medium: 5,
  large: 12,
  huge: 30,
};

/** Tokens of answer that one question may take. `least`: a shorter one would only be cut. */
export const ANSWER_TOKENS = {
  classify: { wanted: 1_024, least: 512 },
  draft: { wanted: 16_384, least: 3_072 },
} as const;
