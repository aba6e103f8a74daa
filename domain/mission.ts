/** The nouns of a mission, as plain data that crosses every border as JSON. CONTEXT.md says what each word means. */

export const FEATURE_KINDS = ["code", "research", "email", "payment", "browser-qa"] as const;
export type FeatureKind = (typeof FEATURE_KINDS)[number];

/** Agents of our own. `manual`: a person does the work; a gate waits for their word, then the checks run. */
export const OWN_AGENTS = ["script", "builtin", "manual"] as const;
/** One of ours, or the name of an external agent, as `opencode`. */
export type AgentName = string;
export const AGENT_NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** True for agents that think: a failing check or a note can go back to them. */
export const isThinking = (agent: AgentName): boolean => agent !== "script" && agent !== "manual";

export const FORGE_KINDS = ["local", "github", "gitea", "gitlab"] as const;
/** Where pull requests are; `local`: a review file and a merge commit, no server. */
export type ForgeKind = (typeof FORGE_KINDS)[number];

export type MissionMode = "poc" | "full";
export const TIERS = ["simple", "standard", "thinking"] as const;
export type Tier = (typeof TIERS)[number];

export const GOAL_TYPES = [
  "greenfield",
  "migration",
  "research",
  "enhancement",
  "infrastructure",
] as const;
/** What sort of goal a mission has; it chooses the probes of the interview and the blueprint of the offline planner. */
export type GoalType = (typeof GOAL_TYPES)[number];

export const OUTCOME_LEVELS = ["mvp", "production", "polished"] as const;
/** What a budget buys. */
export type OutcomeLevel = (typeof OUTCOME_LEVELS)[number];

export const SIZES = ["trivial", "small", "medium", "large", "huge"] as const;
/** Size class of a feature; domain/estimates/priors.ts says what each takes. */
export type Size = (typeof SIZES)[number];

/** At the deadline: finish what runs and start nothing, end what runs, or ask. */
export type AtDeadline = "finish" | "stop" | "ask";
/** Until when a mission may work. */
export interface Deadline {
  /** UTC, ISO 8601. */
  at: string;
  /** IANA zone in which it was given and is shown. */
  zone: string;
  atDeadline: AtDeadline;
}
export type Role = "orchestrator" | "worker" | "research" | "validation";

export type MissionStatus =
  | "planning"
  | "queued"
  | "active"
  | "validating"
  | "paused"
  | "recovering"
  | "blocked"
  | "completed"
  | "cancelled"
  | "failed";

export type MilestoneStatus =
  "pending" | "active" | "validating" | "blocked" | "done" | "cancelled";

/** `queued`: waits for budget; `waiting`: waits for a person or a time and holds no slice. */
export type FeatureStatus =
  | "pending"
  | "queued"
  | "running"
  | "waiting"
  | "integrating"
  | "done"
  | "blocked"
  | "skipped"
  | "cancelled";

/** Two currencies that add up and are reserved. Integers; money in micro-USD (1 USD = 1,000,000). */
export interface Amount {
  microUsd: number;
  tokens: number;
}

/** What a mission may use. `activeMs` is time in which at least one attempt or validation runs. */
export interface Caps extends Amount {
  activeMs: number;
}

/** A file of the blob store, by content. */
export interface BlobRef {
  sha256: string;
  bytes: number;
  name: string;
}

/** A span of wall time, both ends in ms since the epoch. */
export interface Interval {
  fromMs: number;
  toMs: number;
}

export type OnAlert = "ask" | "cheaper" | "continue";
export const ON_QUOTA = ["wait", "ask"] as const;
/** When a provider's limit is reached for long: wait until it is reset, or ask a person. */
export type OnQuota = (typeof ON_QUOTA)[number];

/** Who gave a command or decided, and from where ("cli", "web-ui", "policy", "library"). */
export interface Actor {
  who: string;
  from: string;
}

/** A feature as the milestone workflow carries it; everything longer stays in the plan's blob. */
export interface FeatureOutline {
  id: string;
  title: string;
  kind: FeatureKind;
  agent: AgentName;
  dependsOn: string[];
  /** Folder or file prefixes; empty means: overlaps with every other code feature. */
  touches: string[];
  estimate: Amount;
  /** Changes when anything of the feature changes. */
  digest?: string;
  /** Number of its checks, where it has any. */
  checks?: number;
}

export interface MilestoneOutline {
  id: string;
  title: string;
  /** Number of checks of the milestone itself, run on a fresh checkout when its features are done. */
  checks: number;
  features: FeatureOutline[];
  /** It has pages to look at. */
  ui?: true;
  /** Default `wait`. */
  onQuota?: OnQuota;
}

/** How many features of a milestone may run at once. */
export interface AtOnce {
  code: number;
  other: number;
}

/** Every wait of a mission in ms, so that a test shrinks a day to a second. */
export interface Timings {
  /** Least time between two progress signals of a milestone. */
  progressMs: number;
  /** How long a milestone that must continue-as-new waits for running features. */
  drainMs: number;
  /** Rate-limit waits up to this happen inside the attempt. */
  rateLimitInlineMs: number;
  /** Heartbeat timeout of the attempt: how soon a dead worker is noticed. */
  heartbeatMs: number;
  /** After this an activity on a host's own queue asks whether the host lives. */
  hostScheduleMs: number;
  /** A host whose worker asked for work within this lives; left out: 70 s, because one question lasts a minute. */
  hostSeenMs?: number;
  /** Longest run of one check or script command. */
  commandMs: number;
  /** First wait between two attempts of an activity. */
  retryMs: number;
  /** New starts that are held for a change of the plan and never released go on after this. */
  replanHoldMs: number;
  /** Between two looks at the CI of a pull request. */
  ciPollMs: number;
  /** A CI that has not ended after this becomes a question to a person. */
  ciWaitMs: number;
  /** Before a feature that was stopped for safety goes on by itself, where its next route is to wait; left out: 15 min. */
  recoverLaterMs?: number;
  /** Before a provider that does not say when its limit ends is asked again; left out: 60 s. */
  quotaUnknownMs?: number;
}

export const DEFAULT_TIMINGS: Timings = {
  progressMs: 1_000,
  drainMs: 60_000,
  rateLimitInlineMs: 120_000,
  heartbeatMs: 20_000,
  hostScheduleMs: 60_000,
  commandMs: 600_000,
  retryMs: 500,
  replanHoldMs: 1_800_000,
  ciPollMs: 30_000,
  ciWaitMs: 7_200_000,
};

export type GateKind = "plan" | "budget" | "alert" | "deadline" | "feature" | "milestone";

export interface GateOption {
  choice: string;
  means: string;
}

/** A durable wait for a person's decision. */
export interface Gate {
  id: string;
  kind: GateKind;
  question: string;
  options: GateOption[];
  openedAt: string;
  /** The mission counts as paused while it is open. */
  pauses?: true;
  milestoneId?: string;
  featureId?: string;
}

/** What the guard last said about the account. */
export interface BudgetTotals {
  caps: Caps;
  spent: Amount;
  reserved: Amount;
  /** Booked above a slice (a bill that came in higher); part of `spent`. */
  overrun: Amount;
  activeMs: number;
  /** Share spent of the tightest currency, in percent, rounded down. */
  usedPct: number;
  tightest: Currency;
  alertThresholdPct: number;
  onAlert: OnAlert;
}

export type Currency = "money" | "tokens" | "time";

/** One line of the mission's story: decisions, progress and recovery, in mission.md and `missions log`. */
export interface StoryLine {
  /** Unique within the mission, so that a line is written once. */
  seq: string;
  at: string;
  kind: "progress" | "decision" | "recovery";
  text: string;
  by?: Actor;
}

/** A feature's state as people see it. */
export interface FeatureView {
  id: string;
  title: string;
  status: FeatureStatus;
  /** Why it waits or is blocked, or what it last did. */
  note?: string;
  commit?: string;
  attempts: number;
  spent: Amount;
  /** Result files in the mission folder, as `scripts/x.sh`. */
  files?: string[];
  /** Address of its pull request, or the review file's path in the mission folder. */
  pullRequest?: string;
}

export interface MilestoneView {
  id: string;
  title: string;
  status: MilestoneStatus;
  featuresDone: number;
  featuresTotal: number;
  note?: string;
  /** `ValidationReport` of its last validation, from which mission.md shows its Exit report. */
  exit?: BlobRef;
  /** Why no judge has looked at it, or has not yet. */
  unjudged?: string;
}

/** Answer of the `snapshot` query; under 100 kB. */
export interface MissionSnapshot {
  missionId: string;
  title: string;
  status: MissionStatus;
  mode: MissionMode;
  generation: number;
  planHash: string;
  startedAt?: string;
  endedAt?: string;
  deadline?: Deadline;
  milestones: MilestoneView[];
  /** Those that run, are blocked or changed last; at most 200. */
  features: FeatureView[];
  featuresDone: number;
  featuresTotal: number;
  /** The oldest 20 that are open; the `gates` query has all. */
  gates: Gate[];
  gatesOpen: number;
  budget: BudgetTotals;
  /** The last lines of the story, oldest first. */
  story: StoryLine[];
  result?: string;
}
