/** The plan as written in a file (YAML or mission.md) and kept in the blob store; schemas.ts holds its zod schema. */
import type {
  AgentName,
  AtDeadline,
  FeatureKind,
  ForgeKind,
  GoalType,
  MissionMode,
  OnAlert,
  OnQuota,
  OutcomeLevel,
  Size,
  Tier,
} from "./mission.js";
import type { PlanApp, QaFlow, QaScope } from "./qa.js";

/** How a check is verified. `person` is always listed as not seen by the engine. */
export type Verify =
  | { method: "bash"; run: string; timeoutSeconds?: number | undefined }
  | { method: "codebase"; pattern: string; path?: string | undefined }
  /** `flow`: the name of one of the plan's flows. */
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
  /** Name of one of the plan's `repositories`; default: the mission's own. */
  repository?: string | undefined;
  /** Mission agents (`agents/<name>.md`) and skills of the home that its agent is to read. */
  reads?: string[] | undefined;
  /** Tests and other checks of the repository that it may change or remove: path prefixes, approved with the plan. */
  rewrites?: string[] | undefined;
  /** What a `browser-qa` feature looks at; default: all flows of the plan. */
  qa?: QaScope | undefined;
}

/** Constraints that the engine itself can check; each is a check of every code feature. */
export interface CheckedConstraints {
  /** Folder or file prefixes that nothing may change. */
  protected_paths?: string[] | undefined;
  no_new_dependencies?: boolean | undefined;
  /** SPDX ids that new dependencies may have. */
  licences?: string[] | undefined;
  /** Words that no changed line may bring in, as names of vendors or packages. */
  forbidden?: string[] | undefined;
}

export interface PlanMilestone {
  id: string;
  title: string;
  checks: Check[];
  features: PlanFeature[];
  /** It has pages to look at when it is done: browser QA is part of its validation. */
  ui?: QaScope | undefined;
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
  scope: {
    non_goals: string[];
    constraints: string[];
    checked?: CheckedConstraints | undefined;
  };
  /** Commands that must pass on every integration commit; default: the tests that the repository itself names. */
  tests?: string[] | undefined;
  /** How the app is started for browser QA. */
  app?: PlanApp | undefined;
  /** Pages and flows of the app, by name. */
  flows?: QaFlow[] | undefined;
  /** Other repositories that features name, by path. */
  repositories?: Record<string, string> | undefined;
  /** Default: the forge of the remote `origin` where a token for it is known, else `local`. */
  forge?: ForgeKind | undefined;
  /** Names of hosts that confined commands may reach, besides those of the settings. */
  hosts?: string[] | undefined;
  /** What features do when a provider's limit is reached for long; default `wait`. */
  on_quota?: OnQuota | undefined;
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
