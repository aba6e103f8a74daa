/** What a mission carries from run to run, and the snapshot that people see of it. */
import { cutAtWord } from "../domain/cut-words.js";
import { isFinal } from "../domain/transitions.js";
import { openSeen, type SeenCommands } from "../domain/dedupe.js";
import type {
  Actor,
  BudgetTotals,
  Deadline,
  FeatureView,
  Gate,
  GateKind,
  MilestoneView,
  MissionMode,
  MissionSnapshot,
  MissionStatus,
  StoryLine,
} from "../domain/mission.js";
import type { MissionInput } from "./messages.js";

const FEATURES_SHOWN = 200;
const STORY_SHOWN = 40;
/** Together with the features and the story this keeps a snapshot under 100 kB. */
const GATES_SHOWN = 20;
const TEXTS_SHOWN = [160, 80, 40, 20] as const;
const SNAPSHOT_BYTES = 95_000;

export interface MissionState {
  planHash: string;
  /** Of a plan that came before the work began; else the input's holds. */
  mode?: MissionMode;
  startedAt?: string;
  endedAt?: string;
  approved: boolean;
  /** Approved, and waits for its turn. */
  queued?: boolean;
  paused: boolean;
  /** Set where it was moved or counted from the approval; null: taken away. Otherwise the input's holds. */
  deadline?: Deadline | null;
  /** New starts wait for a change of the plan. */
  replanHeld?: boolean;
  /** Until then, if nobody ends it before; the guard keeps the time. */
  replanHeldUntilMs?: number;
  cancelledBy?: Actor;
  cancelReason?: string;
  failure?: string;
  milestones: MilestoneView[];
  /** Index of the milestone that runs or runs next. */
  current: number;
  isMilestoneOpen: boolean;
  /** Features of the current milestone that a safety stop ended and that are on their next route. */
  recovering?: number;
  /** A new plan that is to be applied. */
  replanTo?: string;
  features: FeatureView[];
  gates: Gate[];
  gateCount: number;
  budget: BudgetTotals;
  isGuardOpen: boolean;
  story: StoryLine[];
  storyCount: number;
  notes: { note: string; feature?: string }[];
  seen: SeenCommands;
  result?: string;
  /** Why the branch in the user's repository lacks what is integrated, as last told. */
  unpublished?: string;
}

export function openMission(input: MissionInput): MissionState {
  const nothing = { microUsd: 0, tokens: 0 };
  return {
    planHash: input.planHash,
    approved: input.approved,
    ...(input.approved && input.queued === true ? { queued: true } : {}),
    ...(input.approved ? countedFrom(input, Date.now()) : {}),
    paused: false,
    milestones: input.milestones.map(({ id, title, features }) => ({
      id,
      title,
      status: "pending",
      featuresDone: 0,
      featuresTotal: features,
    })),
    current: 0,
    isMilestoneOpen: false,
    features: [],
    gates: [],
    gateCount: 0,
    budget: {
      caps: input.caps,
      spent: nothing,
      reserved: nothing,
      overrun: nothing,
      activeMs: 0,
      usedPct: 0,
      tightest: "money",
      alertThresholdPct: input.alertThresholdPct,
      onAlert: input.onAlert,
    },
    isGuardOpen: false,
    story: [],
    storyCount: 0,
    notes: [],
    seen: openSeen(),
  };
}

/** A deadline given as a span begins to count. */
export function countedFrom(input: MissionInput, nowMs: number): { deadline?: Deadline } {
  const { deadlineSpanMs, deadlineZone: zone = "UTC", atDeadline = "finish" } = input;
  if (deadlineSpanMs === undefined) return {};
  return { deadline: { at: new Date(nowMs + deadlineSpanMs).toISOString(), zone, atDeadline } };
}

export function deadlineOf(input: MissionInput, state: MissionState): Deadline | undefined {
  if (state.deadline !== undefined) return state.deadline ?? undefined;
  const { deadline: at, deadlineZone: zone = "UTC", atDeadline = "finish" } = input;
  return at === undefined ? undefined : { at, zone, atDeadline };
}

/** Takes what the guard said, unless it said more since. Caps and thresholds change here first, by command. */
export function noteTotals(state: MissionState, totals: BudgetTotals): void {
  const { caps, spent, alertThresholdPct, onAlert } = state.budget;
  if (totals.spent.microUsd < spent.microUsd || totals.spent.tokens < spent.tokens) return;
  state.budget = { ...totals, caps, alertThresholdPct, onAlert };
}

const BLOCKING: readonly GateKind[] = ["budget", "alert", "deadline"];

export function statusOf(state: MissionState): MissionStatus {
  if (state.endedAt !== undefined) {
    if (state.failure !== undefined) return "failed";
    return state.cancelledBy === undefined ? "completed" : "cancelled";
  }
  if (!state.approved) return "planning";
  if (state.paused || state.gates.some(({ pauses }) => pauses === true)) return "paused";
  if (state.queued === true) return "queued";
  if (state.gates.some(({ kind }) => BLOCKING.includes(kind))) return "blocked";
  const current = state.milestones[state.current]?.status;
  if (current === "validating" || current === "blocked") return current;
  return (state.recovering ?? 0) > 0 ? "recovering" : "active";
}

/** Keeps the changed features at the front; ended ones fall off the end first. */
export function noteFeatures(state: MissionState, changed: FeatureView[]): void {
  const ids = new Set(changed.map(({ id }) => id));
  const all = [...changed, ...state.features.filter(({ id }) => !ids.has(id))];
  const isOpen = ({ status }: FeatureView) => !isFinal("feature", status);
  state.features = [...all.filter(isOpen), ...all.filter((feature) => !isOpen(feature))].slice(
    0,
    FEATURES_SHOWN,
  );
}

export function tell(
  state: MissionState,
  generation: number,
  kind: StoryLine["kind"],
  text: string,
  by?: Actor,
): StoryLine {
  state.storyCount += 1;
  const line: StoryLine = {
    seq: `g${generation}-${state.storyCount}`,
    at: new Date().toISOString(),
    kind,
    text: text.slice(0, 500),
    ...(by === undefined ? {} : { by }),
  };
  keepStory(state, [line]);
  return line;
}

export function keepStory(state: MissionState, lines: StoryLine[]): void {
  state.story = [...state.story, ...lines].slice(-STORY_SHOWN);
}

/** Where its report lies, and what that does not say, is for mission.md alone. */
const seenMilestone = (
  { exit: _, unjudged: __, ...view }: MilestoneView,
  most: number,
): MilestoneView => ({
  ...view,
  title: view.title.slice(0, most),
  // It says what a person is to decide about.
  ...(view.note === undefined ? {} : { note: cutAtWord(view.note, 2 * most) }),
});

const sum = (milestones: MilestoneView[], key: "featuresDone" | "featuresTotal") =>
  milestones.reduce((total, milestone) => total + milestone[key], 0);

const shorten = (feature: FeatureView, most: number): FeatureView => ({
  ...feature,
  title: feature.title.slice(0, most),
  ...(feature.note === undefined ? {} : { note: cutAtWord(feature.note, most) }),
  ...(feature.files === undefined ? {} : { files: feature.files.slice(0, 3) }),
});

/** Texts are shortened the more, the more there is to show. */
export function snapshotOf(input: MissionInput, state: MissionState): MissionSnapshot {
  const [first, ...shorter] = TEXTS_SHOWN;
  let snapshot = shownWith(input, state, first);
  for (const most of shorter) {
    const { length } = new TextEncoder().encode(JSON.stringify(snapshot));
    if (length < SNAPSHOT_BYTES) break;
    snapshot = shownWith(input, state, most);
  }
  return snapshot;
}

function shownWith(input: MissionInput, state: MissionState, most: number): MissionSnapshot {
  const { startedAt, endedAt, result } = state;
  const deadline = deadlineOf(input, state);
  return {
    missionId: input.missionId,
    title: input.title,
    status: statusOf(state),
    mode: state.mode ?? input.mode,
    generation: input.generation,
    planHash: state.planHash,
    milestones: state.milestones.map((each) => seenMilestone(each, most)),
    features: state.features.map((each) => shorten(each, most)),
    featuresDone: sum(state.milestones, "featuresDone"),
    featuresTotal: sum(state.milestones, "featuresTotal"),
    gates: state.gates.slice(0, GATES_SHOWN),
    gatesOpen: state.gates.length,
    budget: state.budget,
    story: state.story,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(result === undefined ? {} : { result }),
  };
}
