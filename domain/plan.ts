/** The plan as written in a file (YAML or mission.md) and kept in the blob store; schemas.ts holds its zod schema. */
import type {
  AgentName,
  AtDeadline,
  FeatureKind,
  GoalType,
  MissionMode,
  OnAlert,
  OutcomeLevel,
  Size,
  Tier,
} from "./mission.js";

/** How a check is verified. `person` is always listed as not seen by the engine. */
export type Verify =
  | { method: "bash"; run: string; timeoutSeconds?: number | undefined }
  | { method: "codebase"; pattern: string; path?: string | undefined }
  | { method: "browser"; flow: string }
  | { method: "citation" }
  | { method: "reply" }
  | { method: "receipt" }
  | { method: "person" };

/** One acceptance assertion. */
export interface Check {
  id: string;
  sentence: string;
  verify: Verify;
  /** True: it may already pass on the base commit, so its pass is not doubted for that. */
  alreadyTrue?: boolean | undefined;
}

export interface PlanFeature {
  id: string;
  title: string;
  kind: FeatureKind;
  agent: AgentName;
  /** What to build, for the agent. */
  brief?: string | undefined;
  /** Commands of the `script` agent, run in order in the workspace. */
  commands?: string[] | undefined;
  dependsOn: string[];
  touches: string[];
  checks: Check[];
  /** Ids of checks of its milestone that it helps to pass. */
  serves?: string[] | undefined;
  size?: Size | undefined;
  estimate: { usd: number; hours: number; tokens: number };
  tier?: Tier | undefined;
  /** `provider/model`; overrides role and tier. */
  model?: string | undefined;
}

export interface PlanMilestone {
  id: string;
  title: string;
  checks: Check[];
  features: PlanFeature[];
}

export interface PlanBudget {
  money_usd: number;
  time_hours: number;
  token_limit: number;
  alert_threshold_pct: number;
  on_alert: OnAlert;
}

export interface ModelRouting {
  orchestrator?: string | undefined;
  workers?: string | undefined;
  research?: string | undefined;
  validation?: string | undefined;
  tiers?: Partial<Record<Tier, string | undefined>> | undefined;
}

export interface Plan {
  version: 1;
  title: string;
  /** The goal word for word. */
  goal: string;
  type?: GoalType | undefined;
  level?: OutcomeLevel | undefined;
  mode: MissionMode;
  /** `git`: a repository (existing, or one made for the mission); `folder`: a plain folder per feature, no commits. */
  workspace: "git" | "folder";
  scope: { non_goals: string[]; constraints: string[] };
  budget: PlanBudget;
  /** UTC, ISO 8601. */
  deadline?: string | undefined;
  /** IANA zone in which the deadline was given and is shown. */
  deadline_zone?: string | undefined;
  /** Default `finish`. */
  at_deadline?: AtDeadline | undefined;
  model_routing: ModelRouting;
  preferences: Record<string, string>;
  milestones: PlanMilestone[];
}

/** Limits of one plan. */
export const PLAN_LIMITS = {
  featuresPerMilestone: 1_000,
  features: 10_000,
  milestones: 200,
  outlineBytes: 256_000,
  fileBytes: 10_000_000,
} as const;
