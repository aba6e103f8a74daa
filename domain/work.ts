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
import type { PublishedBase } from "./between-hosts.js";
import type { QaVerdict } from "./qa.js";
import type { SafetyStop } from "./recovery.js";

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
  /** The feature's work so far lies in it: found there, or laid out from its checkpoint. */
  kept?: true;
  /** Names the stay on its host that this placement began: leaving ends that stay and no later one. */
  stay?: string;
}

/** `needs`: nothing is made yet, because the home has to publish first what the work starts from. */
export type Placement = Workspace & { needs?: "base" };

export interface PrepareInput {
  feature: FeatureRef;
  mode: MissionMode;
  /** Where an earlier attempt stopped; left out: from the head of the mission's branch. */
  checkpoint?: BlobRef;
  /** Task queue of the mission's home; left out, or the shared queue: each host has the mission's record. */
  homeQueue?: string;
  /** What the home has published for this feature; only another host needs it. */
  base?: PublishedBase;
  /** A person does it, and takes no slot of the host. */
  byPerson?: boolean;
  /** Id of the host that had it and does not answer. */
  movedFrom?: string;
  /** Nothing of an earlier run is kept: it is about what is on the mission's branch now. */
  fresh?: true;
  /** It was stopped there for safety: that host answers, but cannot do it. */
  movedForSafety?: true;
}

/** Something found wrong after an attempt was done, with what shows it. Default `why`: checks. */
export interface Repair {
  round: number;
  evidence: BlobRef;
  /** `tests`: they fail on the commit in which its work was merged with the mission's branch. */
  why?: "checks" | "review" | "tests";
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
  /** What this attempt shall mend: output of failed checks, or what `why` says. Rounds only grow. */
  repair?: Repair;
  /** Set when the budget asks for a cheaper model where the feature allows it. */
  tier?: Tier;
  rateLimitInlineMs: number;
  commandMs: number;
  /** The route after a safety stop: taken once, however often the attempt runs. */
  again?: TakenAgain;
}

export interface TakenAgain {
  /** Of this climb of the recovery ladder. */
  id: string;
  /** `checkpoint`: what came after it is dropped, here too; `files`: they stay, and the conversation begins anew. */
  from: "checkpoint" | "files";
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
    | ({ kind: "failed"; reason: string; evidence?: BlobRef; checkpoint?: BlobRef } & SafetyEnding)
  );

/** Left out: no safety stop, but a matter of a person, as a key or a policy. */
export interface SafetyEnding {
  stop?: SafetyStop;
  /** Neither time nor another try helps: somebody has to mend it. */
  lasting?: true;
}

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

/** A look at the app in a feature's workspace. */
export interface LookInput {
  feature: FeatureRef;
  workspace: Workspace;
  /** Longest run of one command; app and look together get a few times that. */
  commandMs: number;
}

/** Stays under 2 kB; pictures and report are in the mission folder. */
export interface LookOutcome {
  verdict: QaVerdict;
  /** One sentence; for `not-run` why, with the remedy. */
  summary: string;
  blocking: number;
  minor: number;
  /** The worst, each at most 160 characters; at most 5. */
  worst: string[];
  /** The whole report, as JSON. */
  report?: BlobRef;
  /** Files moved into the mission folder, as `assets/qa/1.2/index.html`; at most 20 named. */
  files: string[];
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
  /** The feature's commit that a pull request shows already: the new one has it as a parent, so that no push needs force. */
  onto?: string;
}

export interface CommitOutcome {
  /** Empty when the workspace is a plain folder or nothing changed. */
  commit: string;
  filesChanged: number;
  /** Hand-over files moved into the mission folder, as `scripts/x.sh`; at most 20 named. */
  files: string[];
  /** Set when the change is refused, e.g. because it edits a mission folder. */
  refused?: string;
  /** Changed paths that the feature did not declare in `touches`; at most 10 named. */
  undeclared?: string[];
  /** The commit as a git bundle, where it was made on another host than the mission's home. */
  bundle?: BlobRef;
}

export interface ValidateInput {
  missionId: string;
  generation: number;
  milestoneId: string;
  planHash: string;
  commandMs: number;
  /** From 1, through the life of the milestone; left out by 0.3.0. */
  round?: number;
  /** `ValidationReport`s whose blocking findings a person accepted: those no longer block. `by`: who, as it is shown. */
  accepted?: { report: BlobRef; by: string }[];
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
  /** The folder is committed, but the branch in the user's repository could not be moved: why. */
  unpublished?: string;
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
