/**
 * Every signal, query and update. A command of a person exists as a signal and as an update of one name with one handler;
 * docs/operations.md shows the JSON to paste into the Web UI. Signals between workflows follow below.
 */
import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";
import type { AdjustBudget, CommandName, CommandReply } from "../domain/commands.js";
import type { Settlement, SliceRequest } from "../domain/ledger.js";
import type {
  Actor,
  Amount,
  AtDeadline,
  AtOnce,
  BlobRef,
  BudgetTotals,
  Caps,
  Gate,
  FeatureView,
  GoalType,
  MilestoneStatus,
  MissionMode,
  MissionSnapshot,
  OnAlert,
  StoryLine,
  Timings,
} from "../domain/mission.js";
import { BEGIN_SIGNAL } from "../domain/queue.js";
import type { PlanningTask } from "../domain/planning/planning-work.js";
import type { Slice } from "../domain/work.js";

export { COMMAND_NAMES } from "../domain/commands.js";
export type { AdjustBudget, CommandName, CommandReply, Commands } from "../domain/commands.js";
export type { Settlement, SliceRequest } from "../domain/ledger.js";
export type { PlanningTask } from "../domain/planning/planning-work.js";

export const commandSignal = (name: CommandName) => defineSignal<[unknown]>(name);
export const commandUpdate = (name: CommandName) => defineUpdate<CommandReply, [unknown]>(name);

export const snapshotQuery = defineQuery<MissionSnapshot>("snapshot");
export const budgetQuery = defineQuery<BudgetTotals>("budget");
export const gatesQuery = defineQuery<Gate[]>("gates");
/** A page of a milestone's features (100), with why each waits. */
export const featuresQuery = defineQuery<FeatureView[], [number]>("features");

/** Input of `missionWorkflow`; the carried state is our own and not part of the contract. */
export interface MissionInput {
  missionId: string;
  generation: number;
  title: string;
  mode: MissionMode;
  planHash: string;
  milestones: { id: string; title: string; features: number }[];
  caps: Caps;
  alertThresholdPct: number;
  onAlert: OnAlert;
  atOnce: AtOnce;
  /** True when the plan was approved before the start (`--approve`, `--plan` with `--yes`, the demo). */
  approved: boolean;
  by: Actor;
  /** UTC; no attempt starts after it. */
  deadline?: string;
  /** IANA zone in which it is shown; default UTC. */
  deadlineZone?: string;
  /** Default `finish`. */
  atDeadline?: AtDeadline;
  /** The deadline was given as "in 9 days": counts from the approval and takes the place of `deadline` then. */
  deadlineSpanMs?: number;
  /** Approved, but begins when the pulse or a person says so. */
  queued?: boolean;
  timings?: Partial<Timings>;
  /** Default `git`. */
  workspace?: "git" | "folder";
  /** Task queue of the host that has the mission folder; default: the shared queue. */
  homeQueue?: string;
  /** Lowers the continue-as-new threshold; only tests set it. */
  continueAfterEvents?: number;
  carried?: unknown;
}
export interface MissionResult {
  status: "completed" | "cancelled" | "failed";
  summary: string;
  spent: Amount;
  activeMs: number;
}

/** Input of `planningWorkflow`: one paid question to the orchestrator's model before or beside a mission. */
export interface PlanningInput {
  missionId: string;
  generation: number;
  /** Counts the plannings of this mission from 1; part of the workflow's id and of its slice keys. */
  n: number;
  task: PlanningTask;
  /** What all plannings of this mission together may cost; the guard's caps until a plan is approved. */
  cap: Amount;
  /** What other plannings have cost, where the guard's account is not theirs alone. */
  spentBefore?: Amount;
  /** False while the mission itself runs: its guard then holds the money. */
  opensGuard: boolean;
  timings?: Partial<Timings>;
  /** Task queue of the host that the person is at; default: the shared queue. */
  homeQueue?: string;
}
/** `notes`: what the planner says to the person beside the plan; at most 5 lines. */
export type PlanningResult = { spent: Amount } & (
  | { kind: "classified"; type: GoalType; why: string }
  /** `rounds`: replies that were needed until the rules held, at most 3; `promptHash`: of the prompt file used. */
  | { kind: "drafted"; planHash: string; rounds: number; promptHash: string; notes?: string[] }
  | { kind: "failed"; reason: string; remedy: string }
);

/** What a planning does at the moment. */
export interface PlanningView {
  /** One line for a person, as "waits for the rate limit of openai until 2030-01-31T12:00:00.000Z". */
  doing: string;
  spent: Amount;
}
export const planningQuery = defineQuery<PlanningView>("planning");

// ---- between workflows -------------------------------------------------------------------------------------------------------

export interface RequestSlices {
  requests: SliceRequest[];
  settlements: Settlement[];
}
export interface Grants {
  grants: Slice[];
  totals: BudgetTotals;
  /** True from the warning threshold on: use a cheaper tier where the feature allows it. */
  preferCheaper: boolean;
  /** What all plannings have cost. */
  plannings?: Amount;
}
export interface Hold {
  reason: "pause" | "alert" | "replan";
  held: boolean;
  /** With `pause`: what is granted may be used up. */
  drain?: boolean;
  forMs?: number;
}
export interface GuardAlert {
  /** `cleared`: a gate opened by the guard is no longer needed; `released`: a hold for a new plan has run out. */
  kind:
    | "warn"
    | "alert"
    | "exhausted"
    | "stalled"
    | "time"
    | "deadline"
    | "overrun"
    | "cleared"
    | "released";
  /** Once per kind, currency and cap. */
  key: string;
  text: string;
  totals: BudgetTotals;
  /** With `deadline`, and with `stalled` where the deadline is why; guards of 0.1.0 leave it out and mean `stop`. */
  atDeadline?: AtDeadline;
}
export interface FeatureEnded {
  featureId: string;
  result: unknown;
}
export interface Progress {
  milestoneId: string;
  status: MilestoneStatus;
  featuresDone: number;
  featuresTotal: number;
  features: FeatureView[];
  story: StoryLine[];
  totals?: BudgetTotals;
  /** Features that a safety stop ended and that are on their next route. */
  recovering?: number;
  /** `ValidationReport` of its last validation. */
  exit?: BlobRef;
  /** Why no judge has looked at it, or has not yet. */
  unjudged?: string;
  /** What it fails by, as long as it does. */
  note?: string;
  /** The engine extended the plan. A mission whose plan is not `from` has a newer one of a person, which holds. */
  extended?: { from: string; to: string };
}

/** Guard <- milestone, feature, mission. */
export const requestSlicesSignal = defineSignal<[RequestSlices]>("requestSlices");
/**
 * `pause`: a person's; `alert`: the alert threshold's, released by a decision; `replan`: only features that have not begun wait,
 * for at most `forMs`.
 */
export const holdSignal = defineSignal<[Hold]>("hold");
/**
 * With `generation`: a mission takes over a guard that it found open. With `planning`: a later planning has a higher cap, which
 * counts only until then.
 */
export const adjustSignal =
  defineSignal<[AdjustBudget & { generation?: number; planning?: boolean }]>("adjust");
export const withdrawSignal = defineSignal<[{ keys: string[] }]>("withdraw");
/** Nothing of that milestone is held or asked any more. */
export const milestoneClosedSignal = defineSignal<[{ milestoneId: string }]>("milestoneClosed");
/** Its workflow was ended from outside: it will never settle. */
export const featureGoneSignal =
  defineSignal<[{ milestoneId: string; featureId: string }]>("featureGone");
export const closeGuardSignal = defineSignal<[{ replyTo: string }]>("close");

/** Milestone and feature <- guard. */
export const grantsSignal = defineSignal<[Grants]>("grants");

/** Mission <- guard. */
export const guardAlertSignal = defineSignal<[GuardAlert]>("guardAlert");
export const guardClosedSignal = defineSignal<[BudgetTotals]>("guardClosed");

/** Mission <- pulse: its turn in the queue has come. The name is that of domain/queue.ts. */
export const beginSignal = defineSignal(BEGIN_SIGNAL);

/** Mission <- milestone. */
export const progressSignal = defineSignal<[Progress]>("progress");
export const openGateSignal = defineSignal<[Gate]>("openGate");
export const closeGateSignal = defineSignal<[{ id: string; why: string }]>("closeGate");

/** Milestone <- mission. */
export const milestonePauseSignal =
  defineSignal<[{ paused: boolean; drain: boolean }]>("pauseWork");
export const milestoneRetrySignal = defineSignal<[{ feature: string }]>("retryWork");
export const milestoneSkipSignal =
  defineSignal<[{ feature: string; reason: string; by: Actor }]>("skipWork");
export const milestoneSteerSignal = defineSignal<[{ note: string; feature?: string }]>("steerWork");
export const milestoneReplanSignal = defineSignal<[{ planHash: string }]>("replanWork");
export const milestoneGateSignal =
  defineSignal<[{ gate: string; choice: string; by: Actor; note?: string }]>("gateDecided");
export const milestoneCancelSignal = defineSignal("cancelWork");
/**
 * The time or money is used up: end running attempts after their call in flight, and give back what is not begun.
 * `drain`: only that; what runs goes on. `lapse`: but not on to another attempt, without asking the guard. `money`: time is left.
 */
export const milestoneStopAttemptsSignal =
  defineSignal<[{ why: string; drain?: boolean; lapse?: boolean; money?: boolean }]>(
    "stopAttempts",
  );

/** Milestone <- guard: someone waits for budget that lies unused in slices asked ahead. */
export const returnUnusedSignal = defineSignal("returnUnused");

/** Milestone <- feature. */
export const featureEndedSignal = defineSignal<[FeatureEnded]>("featureEnded");
export interface FeatureWaits {
  featureId: string;
  /** False asks for a place in the window; `resumeFeature` is the answer. */
  waiting: boolean;
  note: string;
  settlements: Settlement[];
  /** What a person is asked to do: a gate opens, and their word brings the feature back into the window. */
  question?: string;
  /** When a provider's limit is reset: it goes on by itself then. */
  until?: string;
  /** It waits for a host with a free slot. */
  hostless?: true;
}
export const featureWaitsSignal = defineSignal<[FeatureWaits]>("featureWaits");

/** What holds a feature up that keeps its place in the window. */
export const featureNotedSignal =
  defineSignal<[{ featureId: string; note: string }]>("noteFeature");

/** Feature <- milestone. */
export const featurePauseSignal =
  defineSignal<[{ paused: boolean; drain: boolean }]>("pauseFeature");
export const featureSteerSignal = defineSignal<[{ note: string }]>("steerFeature");
/** It has a place in the window again after a wait. */
export const featureResumeSignal = defineSignal("resumeFeature");
/** End the attempt after its call in flight, settle, and ask the guard again. */
export const featureInterruptSignal = defineSignal("interruptFeature");
/** The deadline has passed: no further attempt begins on the slice in hand. */
export const featureLapseSignal = defineSignal("lapseSlice");
/** End after the call in flight and settle; the feature ends as cancelled (or dropped by a new plan). */
export const featureStopSignal = defineSignal<[{ why: string }]>("stopFeature");
export const reportBySignalSignal = defineSignal<[{ to: string }]>("reportBySignal");
