/** The milestone's state with the few questions that all its parts ask. */
import type {
  AtOnce,
  BudgetTotals,
  FeatureOutline,
  Gate,
  FeatureStatus,
  MilestoneOutline,
} from "../domain/mission.js";
import type { ScheduleInput } from "../domain/schedule.js";
import type { SignalDefinition } from "@temporalio/workflow";
import { cutAtWord } from "../domain/cut-words.js";
import { featureWorkflowId, missionWorkflowId } from "../domain/ids.js";
import { closeGateSignal, openGateSignal } from "./messages.js";
import { isResting } from "./milestone-stops.js";
import { tell } from "./tell.js";
import {
  openEntry,
  tellStory,
  type FeatureEntry,
  type MilestoneInput,
  type MilestoneState,
} from "./milestone-state.js";

export type Milestone = ReturnType<typeof openMilestoneWork>;

/** `money`: caps of money or tokens are used up; `stop`: whatever else ends work before its end. */
export type Interruption = "money" | "stop";

/** Statuses in which a feature's workflow is open. */
const OPEN: readonly FeatureStatus[] = ["running", "waiting"];
/** So many open questions about features mean that something common is broken: nothing new starts until some are answered. */
const MOST_GATES = 20;
const MOST_UNDECLARED = 40;
const isOpen = (entry: FeatureEntry) => OPEN.includes(entry.status) && !isResting(entry);
const ENDED: readonly FeatureStatus[] = ["done", "skipped"];

export function openMilestoneWork(
  input: MilestoneInput,
  state: MilestoneState,
  firstOutline: MilestoneOutline,
) {
  let outline = firstOutline;
  let byId = new Map<string, { feature: FeatureOutline; index: number }>();
  let statuses: Record<string, FeatureStatus> = {};
  let touched: Record<string, string[]> = {};
  const changed = new Set<string>();
  const started = new Map<string, Promise<unknown>>();
  const startedLate = new Set<string>();
  const outbox: (() => Promise<unknown>)[] = [];
  let dirty = true;
  let onLost: (id: string) => void = () => undefined;
  let draining = false;
  let totals: BudgetTotals | undefined;
  const mission = missionWorkflowId(input.missionId);
  let interrupt: (why: Interruption) => void = () => undefined;

  const index = () => {
    byId = new Map(outline.features.map((feature, i) => [feature.id, { feature, index: i }]));
    for (const { id, digest } of outline.features) state.features[id] ??= openEntry(digest);
    touched = {};
    for (const { id } of outline.features) {
      const paths = state.features[id]?.undeclared;
      if (paths !== undefined) touched[id] = paths;
    }
    statuses = Object.fromEntries(
      outline.features.map(({ id }) => [id, state.features[id]?.status ?? "pending"]),
    );
  };
  index();

  const entry = (id: string): FeatureEntry => (state.features[id] ??= openEntry(undefined));
  const gated = () => Object.values(state.features).filter(({ gate }) => gate !== undefined);
  const atOnce = (): AtOnce => (input.mode === "poc" ? { ...input.atOnce, code: 1 } : input.atOnce);

  return {
    input,
    state,
    entry,
    /** How far its validation is, while there is one. */
    stage: undefined as "validating" | "judging" | undefined,
    outline: () => outline,
    outlineOf: (id: string) => byId.get(id)?.feature,
    orderOf: (id: string) => input.firstOrder + (byId.get(id)?.index ?? 0),
    window: () => atOnce().code,
    schedule: (): ScheduleInput => ({
      features: outline.features,
      statuses,
      touched,
      atOnce: atOnce(),
      mode: input.mode,
      overlaps: input.overlaps,
      hostless: outline.features.map(({ id }) => id).filter((id) => state.features[id]?.isHostless),
      ...(state.alone === undefined || state.alone.length === 0 ? {} : { alone: state.alone }),
    }),
    replaceOutline: (next: MilestoneOutline) => {
      outline = next;
      index();
    },
    /** From now on these paths of a feature count as declared. */
    noteUndeclared: (id: string, paths: string[]) => {
      const it = entry(id);
      const news = paths.filter((path) => !(it.undeclared ?? []).includes(path));
      if (news.length === 0) return;
      it.undeclared = [...(it.undeclared ?? []), ...news].slice(0, MOST_UNDECLARED);
      touched = { ...touched, [id]: it.undeclared };
      const named = news.slice(0, 5).map((path) => JSON.stringify(path));
      const more = news.length > 5 ? " and more" : "";
      const text = `${id} changed paths that it did not declare: ${named.join(", ")}${more}`;
      tellStory(state, input, "progress", text);
      dirty = true;
    },
    setStatus: (id: string, status: FeatureStatus, note?: string) => {
      const it = entry(id);
      it.status = status;
      if (note === undefined) delete it.note;
      else it.note = cutAtWord(note, 400);
      if (byId.has(id)) statuses[id] = status;
      changed.add(id);
      dirty = true;
    },
    runningIds: () => Object.keys(state.features).filter((id) => isOpen(entry(id))),
    hasEnded: () =>
      state.ready.length === 0 &&
      outline.features.every(({ id }) => ENDED.includes(statuses[id] ?? "pending")),
    /** False when there is nothing of it to see; 0.3.0 looked at the plan's own checks alone. */
    needsValidation: () =>
      outline.checks > 0 ||
      (input.validation !== undefined && (input.overlaps || outline.ui === true)),
    featuresDone: () => outline.features.filter(({ id }) => statuses[id] === "done").length,
    isWorking: () => Object.values(state.features).some(({ status }) => status === "running"),
    mayStart: () =>
      !state.paused &&
      !state.cancelling &&
      !draining &&
      // A person who is at work on a feature has no trouble to mend.
      gated().filter(({ status }) => status !== "waiting").length < MOST_GATES,
    isManual: (id: string) => byId.get(id)?.feature.agent === "manual",
    /** False while a person has as many open features as they can look through. */
    mayAskPerson: () => gated().length < MOST_GATES,
    drain: () => {
      draining = true;
    },
    story: (
      kind: "progress" | "decision" | "recovery",
      text: string,
      by?: { who: string; from: string },
    ) => {
      tellStory(state, input, kind, text, by);
      dirty = true;
    },
    /** Gates go to the mission at once. */
    openGate: (gate: Gate) => {
      outbox.push(() => tell(mission, openGateSignal, gate));
      dirty = true;
    },
    closeGate: (id: string, why: string) => {
      outbox.push(() => tell(mission, closeGateSignal, { id, why }));
      dirty = true;
    },
    /** Something to be sent by the main loop, in order. */
    send: (action: () => Promise<unknown>) => {
      outbox.push(action);
      dirty = true;
    },
    /** Signals a running feature once its workflow has started. */
    tellFeature: <Args extends unknown[]>(
      id: string,
      signal: SignalDefinition<Args>,
      ...args: Args
    ) => {
      outbox.push(async () => {
        await started.get(id);
        const workflowId = featureWorkflowId(input.missionId, input.milestoneId, id);
        const outcome = await tell(workflowId, signal, ...args);
        // One that an earlier run started reports by signal before it closes; ended from outside, it never will.
        if (outcome === "gone" && !started.has(id)) onLost(id);
        return outcome;
      });
      dirty = true;
    },
    whenLost: (act: (id: string) => void) => {
      onLost = act;
    },
    setTotals: (next: BudgetTotals) => {
      totals = next;
    },
    totals: () => totals,
    /** What a pause, a used-up budget or a cancel ends, besides features: its validation, and the paid question of its judge. */
    whenInterrupted: (act: (why: Interruption) => void) => {
      interrupt = act;
    },
    interrupt: (why: Interruption) => {
      interrupt(why);
    },
    /** Promises of this run: settled when a feature's workflow has started. */
    started,
    /** Those whose start was refused once because an earlier run of theirs was still open. */
    startedLate,
    takeOutbox: () => outbox.splice(0),
    hasOutbox: () => outbox.length > 0,
    /** Ids changed since the last call. */
    takeChanged: (): string[] => {
      const ids = [...changed];
      changed.clear();
      return ids;
    },
    hasChanged: () => changed.size > 0 || state.story.length > 0,
    touch: () => {
      dirty = true;
    },
    takeDirty: () => {
      const was = dirty;
      dirty = false;
      return was;
    },
    isDirty: () => dirty,
  };
}
