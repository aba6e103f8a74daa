/** Every activity by name: what workflows may call (as a type only) and what `createActivities` must provide. */
import type { Interval, MilestoneOutline, MissionMode } from "../domain/mission.js";
import type { PlanningOutcome, PlanningWork } from "../domain/planning/planning-work.js";
import type { PulseInput, PulseResult } from "../domain/queue.js";
import type * as hosts from "../domain/between-hosts.js";
import type * as shipping from "../domain/shipping-work.js";
import type * as validation from "../domain/validation-work.js";
import type * as work from "../domain/work.js";

export interface Activities {
  /** Makes or finds the feature's workspace on this host. */
  prepareWorkspace(input: work.PrepareInput): Promise<work.Placement>;
  /** One attempt of the agent on one slice; resumes from its checkpoint; ends normally when cancelled. */
  runAttempt(input: work.AttemptInput): Promise<work.AttemptOutcome>;
  /** What the slice's journal says was spent; the whole slice where there is no journal. */
  settleFromJournal(input: work.SettleInput): Promise<work.AttemptCost>;
  runChecks(input: work.ChecksInput): Promise<work.ChecksOutcome>;
  /** What a person is asked to do, where, and what is checked afterwards, in one line. */
  describeManualWork(input: work.ManualWorkInput): Promise<{ question: string }>;
  /** Has a commit read by the validation tier, paid from the slice in hand; the same commit and round are paid for once. */
  reviewFeature(input: shipping.ReviewInput): Promise<shipping.ReviewOutcome>;
  commitFeature(input: work.CommitInput): Promise<work.CommitOutcome>;
  /** Merges one commit into the integration branch; found there already, it changes nothing. */
  integrateFeature(input: shipping.IntegrateInput): Promise<shipping.IntegrateOutcome>;
  /** The milestone's checks on a fresh checkout of the integration head. */
  validateMilestone(input: work.ValidateInput): Promise<validation.ValidationOutcome>;
  /** Ends every process of the mission and removes its workspaces; plain folders stay. */
  endMission(input: { missionId: string }): Promise<void>;

  /** One paid question of a planning on one slice; goes on from the last answer; ends normally when cancelled. */
  runPlanning(input: PlanningWork): Promise<PlanningOutcome>;

  readOutline(input: work.OutlineInput): Promise<MilestoneOutline>;
  readMilestones(input: { missionId: string; planHash: string }): Promise<{
    milestones: { id: string; title: string; features: number }[];
    mode?: MissionMode;
  }>;
  /** Times since `fromMs` in which this host slept. */
  readSleeps(input: { fromMs: number }): Promise<Interval[]>;
  /** True when a worker asked for work on that queue within this time; default: the last 70 s. */
  hostAlive(input: { queue: string; withinMs?: number }): Promise<boolean>;

  /** Tells the queued missions of that task queue whose turn it is to begin; a mission takes it once. */
  beginQueued(input: PulseInput & { taskQueue: string }): Promise<PulseResult>;

  writeMissionFile(input: work.MissionFileInput): Promise<work.MissionFileOutcome>;
  /** Runs MISSIONS_ON_GATE once for a key. */
  announce(input: work.AnnounceInput): Promise<void>;
}

/** Of Full mode. */
export interface FullModeActivities {
  /** Fresh-context review of a commit on the slice in hand; ends normally when cancelled. */
  reviewFeature(input: shipping.ReviewInput): Promise<shipping.ReviewOutcome>;
  /** Opens the pull request of a feature, or finds it. */
  openPullRequest(input: shipping.PullRequestInput): Promise<shipping.PullRequestOutcome>;
  readPullRequest(input: shipping.PullRequestWatch): Promise<shipping.PullRequestState>;
  /** Tells the forge of a merge. May be repeated. */
  settlePullRequest(input: shipping.PullRequestEnding): Promise<shipping.PullRequestEnded>;
  /** Of a cancelled mission: closes what was never merged and nobody else touched. May be repeated. */
  abandonPullRequests(
    input: shipping.MissionPullRequestInput,
  ): Promise<shipping.AbandonedPullRequests>;
  /** The mission's own, when it is complete; nothing is merged by it. */
  openMissionPullRequest(
    input: shipping.MissionPullRequestInput,
  ): Promise<shipping.MissionPullRequestOutcome>;
}

/** Of features of kind `browser-qa`. */
export interface BrowserActivities {
  /** Looks at the app in the feature's workspace and hands its report over; may be repeated. */
  lookAtApp(input: work.LookInput): Promise<work.LookOutcome>;
}

/** Of missions that several hosts work on. */
export interface ManyHostsActivities {
  /**
   * Ids of the hosts whose workers asked that queue for work within this time; default: the last 70 s. None where the home has
   * no queue of its own: then nothing moves.
   */
  liveHosts(input: {
    queue: string;
    homeQueue?: string;
    withinMs?: number;
  }): Promise<{ hosts: string[] }>;
  /** Puts what a feature starts from into the store. Home only. */
  publishBase(input: { feature: work.FeatureRef }): Promise<hosts.PublishedBase>;
  /** Gives the slot back; away from home it also ends what runs, packs a report and removes the workspace. */
  leaveHost(input: hosts.LeaveInput): Promise<hosts.LeaveOutcome>;
  /** Takes a report in. Home only. @returns hand-over files as they are called in the mission folder; at most 20. */
  takeReport(input: hosts.TakeReportInput): Promise<{ files: string[] }>;
}

/** Of what follows a milestone's features: who judges it, and what mends it. */
export interface ValidationActivities {
  /** Fresh eyes on a validation's evidence, paid from its slice; the same report is paid for once. */
  judgeMilestone(input: validation.JudgeInput): Promise<validation.JudgeOutcome>;
  /** Adds features to a milestone of the plan, or splits one; the same input gives the same plan. */
  extendPlan(input: validation.ExtendPlanInput): Promise<validation.ExtendPlanOutcome>;
  /** What failed in each round and what was tried, for the question of a gate. Only reads. */
  diagnoseMilestone(input: validation.DiagnoseInput): Promise<{ question: string }>;
}
