/** What a milestone carries from run to run; its outline is read again from the plan. */
import type {
  Actor,
  Amount,
  AtOnce,
  BlobRef,
  FeatureStatus,
  MilestoneOutline,
  MissionMode,
  StoryLine,
  Timings,
} from "../domain/mission.js";
import type { FailedValidation } from "../domain/validation-work.js";
import type { Repair, Slice } from "../domain/work.js";
import type { OpenedPullRequest, Verified } from "./feature-input.js";
import type { Progress, Settlement } from "./messages.js";
import type { FeatureRecovery } from "./milestone-stops.js";

export interface MilestoneInput {
  missionId: string;
  generation: number;
  milestoneId: string;
  title: string;
  mode: MissionMode;
  planHash: string;
  /** Position of the milestone's first feature in the plan: the order in which the guard grants. */
  firstOrder: number;
  atOnce: AtOnce;
  timings: Timings;
  homeQueue: string;
  /** False for plain folders: features cannot get in each other's way. */
  overlaps: boolean;
  paused: boolean;
  notes: { note: string; feature?: string }[];
  continueAfterEvents: number;
  /** What is seen at its end. Left out by 0.3.0: the plan's own checks, and a gate when they fail. */
  validation?: "all";
  /** Of `planHash`, where the mission had the time to read it ahead. */
  outline?: MilestoneOutline;
  carried?: MilestoneState;
}

export interface MilestoneResult {
  kind: "done" | "cancelled";
  featuresDone: number;
  planHash: string;
  /** What the guard is owed and the mission does not know yet; rides on the result, so that nobody waits for signals. */
  settlements?: Settlement[];
  progress?: Progress;
}

/** One feature as the milestone knows it. */
export interface FeatureEntry {
  status: FeatureStatus;
  /** Highest n asked for. */
  asks: number;
  attempts: number;
  spent: Amount;
  note?: string;
  commit?: string;
  files?: string[];
  checkpoint?: BlobRef;
  /** Times it came back from integration with a conflict. */
  conflicts: number;
  /** Times its tests failed on the merged commit. */
  reds?: number;
  /** What integration found wrong with its earlier commit, for the agent that does it again. */
  repair?: Repair;
  /** Rounds of repair so far. */
  repairs?: number;
  pullRequest?: OpenedPullRequest;
  /** Paths that it changed without declaring them; from then on they count as declared. */
  undeclared?: string[];
  /** Its wait is over, and it wants a place in the window again. */
  isBack?: boolean;
  /** While it waits: for a host with a free slot. */
  isHostless?: boolean;
  /** What its earlier change conflicted with; for the agent that does it again. */
  conflict?: string;
  /** Gate that waits for a decision about it. */
  gate?: string;
  gates: number;
  /** A new plan wants it started again, or dropped, when it has ended. */
  after?: "restart" | "drop" | "skip";
  digest?: string;
  verified?: Verified;
  /** Set by its first safety stop. */
  recovery?: FeatureRecovery;
}

/** A commit that waits for its turn to be merged. */
export interface ReadyFeature {
  featureId: string;
  commit: string;
  /** Of the host that made it. */
  hostQueue: string;
  bundle?: BlobRef;
}

export interface MilestoneState {
  planHash: string;
  features: Record<string, FeatureEntry>;
  /** Keys asked of the guard and not yet granted, by feature. */
  asked: Record<string, string>;
  /** Granted and not yet started. */
  granted: Record<string, Slice>;
  preferCheaper: boolean;
  /** Budget is short: nothing is asked ahead of need any more. */
  frugal: boolean;
  settlements: Settlement[];
  ready: ReadyFeature[];
  /** Features that run with nothing beside them. */
  alone?: string[];
  /** Tests that fail without the work of any feature here: told once. */
  redBefore?: string[];
  paused: boolean;
  draining: boolean;
  cancelling: boolean;
  /** A new plan that is to be applied. */
  replanTo?: string;
  /** A new plan that is being read, and then applied. */
  reading?: string;
  notes: { note: string; feature?: string }[];
  story: StoryLine[];
  storyCount: number;
  progressSent: number;
  validations: number;
  milestoneGate?: string;
  validated: boolean;
  /** Validations that were seen to their end, through the life of the milestone. */
  round?: number;
  /** Failed since a person decided or changed the plan. */
  failures?: number;
  /** The last failed validations, oldest first, with what was to mend them. */
  failedRounds?: FailedValidation[];
  /** What it fails by, for people. */
  blockedBy?: string;
  /** `ValidationReport` of the last validation. */
  exit?: BlobRef;
  /** Why no judge has looked at it, or has not yet. */
  unjudged?: string;
  /** Reports whose blocking findings a person accepted. */
  accepted?: { report: BlobRef; by: string }[];
  /** At the gate of validation; nobody has acted on it yet. */
  decision?: { choice: string; by: Actor; note?: string };
  /** Features that the engine added to the plan. */
  added?: string[];
  /** `replanTo` is the engine's own extension of the plan. */
  extending?: { from: string; to: string; added: string[] };
  /** The engine extended the plan, and the mission does not know yet. */
  extended?: { from: string; to: string };
}

export function openMilestone(input: MilestoneInput): MilestoneState {
  return {
    planHash: input.planHash,
    features: {},
    asked: {},
    granted: {},
    preferCheaper: false,
    frugal: false,
    settlements: [],
    ready: [],
    paused: input.paused,
    draining: false,
    cancelling: false,
    notes: [...input.notes],
    story: [],
    storyCount: 0,
    progressSent: 0,
    validations: 0,
    validated: false,
  };
}

export const openEntry = (digest: string | undefined): FeatureEntry => ({
  status: "pending",
  asks: 0,
  attempts: 0,
  spent: { microUsd: 0, tokens: 0 },
  conflicts: 0,
  gates: 0,
  ...(digest === undefined ? {} : { digest }),
});

/** Adds a line to the story of this milestone; its `seq` is unique within the mission. */
export function tellStory(
  state: MilestoneState,
  { generation, milestoneId }: MilestoneInput,
  kind: StoryLine["kind"],
  text: string,
  by?: Actor,
): void {
  state.storyCount += 1;
  state.story.push({
    seq: `g${generation}-${milestoneId}-${state.storyCount}`,
    at: new Date().toISOString(),
    kind,
    text: text.slice(0, 500),
    ...(by === undefined ? {} : { by }),
  });
}
