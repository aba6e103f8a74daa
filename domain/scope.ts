/** What an interview found out: everything that planning stands on, as plain data in the blob store. */
import type { AtDeadline, GoalType, MissionMode, OutcomeLevel } from "./mission.js";
import type { CheckedConstraints, ModelRouting, PlanBudget } from "./plan.js";

/** What a repository says about itself. Found by looking, never by running anything in it. */
export interface RepositoryFacts {
  /** Most files first; at most 5. */
  languages: { name: string; files: number }[];
  packageManager?: string | undefined;
  testCommand?: string | undefined;
  buildCommand?: string | undefined;
  lintCommand?: string | undefined;
  /** Files of CI services, as `.github/workflows/ci.yml`; at most 10. */
  ci: string[];
  /** Instructions for agents, as `AGENTS.md`; at most 5. */
  instructions: string[];
  codeowners: boolean;
  files: number;
  /** Top-level folders and files; at most 60. */
  top: string[];
}

export interface Scope {
  /** Word for word. */
  goal: string;
  type: GoalType;
  mode: MissionMode;
  level: OutcomeLevel;
  budget: PlanBudget;
  /** UTC, ISO 8601, with the IANA zone in which it was given. */
  deadline?:
    | {
        at: string;
        zone: string;
        atDeadline: AtDeadline;
        /** As typed, when it counts from approval ("in 9 days"): to be read again then. */
        relative?: string | undefined;
      }
    | undefined;
  /** Where it shall run, as `local`. */
  infrastructure: string;
  /** Services and people outside, as `none` or `Stripe, Hetzner`. */
  dependencies: string;
  nonGoals: string[];
  constraints: string[];
  /** Those that the engine can check by itself, as read from goal, constraints and avoided vendors. */
  checked?: CheckedConstraints | undefined;
  /** Sentences that checks of the plan must cover, from the probes. */
  mustHold: string[];
  /** By the names of PREFERENCE_NAMES. */
  preferences: Record<string, string>;
  routing: ModelRouting;
  repository?: RepositoryFacts | undefined;
  /** Every question with its answer, for Origin. */
  answers: { question: string; answer: string }[];
}

export const PREFERENCE_NAMES = [
  "stack",
  "deploy_target",
  "test_framework",
  "coding_style",
  "tone",
  "vendors_preferred",
  "vendors_avoided",
] as const;
export type PreferenceName = (typeof PREFERENCE_NAMES)[number];
