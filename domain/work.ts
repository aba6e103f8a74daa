/** What workflows hand to activities and get back: small, plain, and stable across versions (fields are only added as optional). */
import type {
  Amount,
  BlobRef,
  BudgetTotals,
  FeatureView,
  Gate,
  Interval,
  MilestoneView,
  MissionMode,
  MissionStatus,
  StoryLine,
  Tier,
} from "./mission.js";

/** Names one feature of one generation of a mission; with `planHash` its whole text can be read. */
export interface FeatureRef {
  missionId: string;
  generation: number;
  milestoneId: string;
  featureId: string;
  planHash: string;
}

/** Budget reserved for one feature. Keys are `<generation>/<milestone>/<feature>/<n>`. */
export interface Slice {
  key: string;
  amount: Amount;
  /** Active time left for the whole mission when this was granted. */
  activeMsLeft: number;
  /** The mission's deadline when this was granted, in UTC: no attempt on it begins afterwards. */
  notAfter?: string;
}

/** Where a feature's workspace is. `hostQueue` is the task queue of the host that holds it. */
export interface Workspace {
  hostId: string;
  hostQueue: string;
  /** Name below the host's workspaces folder. */
  name: string;
  /** Commit the work starts from; empty for a plain folder. */
  baseCommit: string;
}

export interface PrepareInput {
  feature: FeatureRef;
  mode: MissionMode;
  /** Commit to resume from (checkpoint of another attempt); else the head of the integration branch. */
  checkpoint?: BlobRef;
}

export interface AttemptInput {
  feature: FeatureRef;
  workspace: Workspace;
  slice: Slice;
  /** True when an earlier activity already worked on this slice: its journal must then exist. */
  sliceOpened: boolean;
  /** Resume from here: transcript and tree of an earlier attempt. */
  checkpoint?: BlobRef;
  /** Notes of people to the agent, oldest first. */
  notes: string[];
  /** Output of failed checks that this attempt shall mend. */
  repair?: { round: number; evidence: BlobRef };
  /** Set when the budget asks for a cheaper model where the feature allows it. */
  tier?: Tier;
  rateLimitInlineMs: number;
  commandMs: number;
}

/** What every ending of an attempt says about its cost. `spent` counts the whole slice so far, open calls at worst case. */
export interface AttemptCost {
  spent: Amount;
  calls: number;
  /** Times in which the host slept while this ran. */
  sleeps: Interval[];
}

export type AttemptOutcome = AttemptCost &
  (
    | { kind: "done"; summary: string; checkpoint?: BlobRef }
    | { kind: "needs-more"; ask: Amount; checkpoint: BlobRef }
    | { kind: "wait-until"; at: string; why: string; checkpoint?: BlobRef }
    | { kind: "stopped"; checkpoint?: BlobRef }
    | { kind: "slice-lost" }
    | { kind: "failed"; reason: string; evidence?: BlobRef; checkpoint?: BlobRef }
  );

export interface ChecksInput {
  feature: FeatureRef;
  workspace: Workspace;
  commandMs: number;
}

/** `evidence` holds every check's command, exit code, time and tail of output; this stays under 2 kB. */
export interface ChecksOutcome {
  passed: boolean;
  ran: number;
  failed: string[];
  /** Checks only a person can see; always listed, never counted as passed by the engine. */
  unseen: string[];
  summary: string;
  evidence?: BlobRef;
}

/** Asks what a person has to know to do a feature in its workspace. */
export interface ManualWorkInput {
  feature: FeatureRef;
  workspace: Workspace;
}

export interface CommitInput {
  feature: FeatureRef;
  workspace: Workspace;
  /** Author and committer date, so that a second run makes the same commit. */
  at: string;
}

export interface CommitOutcome {
  /** Empty when the workspace is a plain folder or nothing changed. */
  commit: string;
  filesChanged: number;
  /** Hand-over files moved into the mission folder, as `scripts/x.sh`; at most 20 named. */
  files: string[];
  /** Set when the change is refused, e.g. because it edits a mission folder. */
  refused?: string;
}

export interface IntegrateInput {
  feature: FeatureRef;
  commit: string;
  at: string;
}

export type IntegrateOutcome =
  | { kind: "merged"; head: string }
  | { kind: "conflict"; files: string[] }
  /** The user's repository could not take the branch; the work is kept in the engine's own. */
  | { kind: "unpublished"; head: string; reason: string };

export interface ValidateInput {
  missionId: string;
  generation: number;
  milestoneId: string;
  planHash: string;
  commandMs: number;
}

export interface SettleInput {
  feature: FeatureRef;
  slice: Slice;
  /** False when no attempt on the slice has ended yet: without a journal none has begun, and nothing was spent. */
  sliceOpened?: boolean;
}

/** Writes what changed into mission.md and the state record. Safe to repeat: values are set, story lines have a `seq`. */
export interface MissionFileInput {
  missionId: string;
  generation: number;
  planHash: string;
  /** Left out by workers of 0.1.0. */
  mode?: MissionMode;
  status: MissionStatus;
  startedAt?: string;
  completedAt?: string;
  /** UTC, ISO 8601; empty: there is none any more. Left out: nothing is said of it. */
  deadline?: string;
  milestones: MilestoneView[];
  features: FeatureView[];
  budget?: BudgetTotals;
  story: StoryLine[];
  gates: Gate[];
  result?: string;
  /** Also commit the folder, with this subject. */
  commit?: string;
}

export interface MissionFileOutcome {
  /** Values that a person edited by hand, each with the command that would apply the edit; at most 10. */
  handEdits: { field: string; found: string; command: string }[];
}

export interface AnnounceInput {
  missionId: string;
  title: string;
  /** Stable: an announcement with a key already seen is not repeated. */
  key: string;
  question: string;
  command: string;
}

export interface OutlineInput {
  missionId: string;
  planHash: string;
  milestoneId: string;
}
