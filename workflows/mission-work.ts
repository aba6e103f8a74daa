/** The mission's state with the ways in which everything else acts on it. */
import type { SignalDefinition } from "@temporalio/workflow";
import { guardWorkflowId, milestoneWorkflowId } from "../domain/ids.js";
import type { Actor, FeatureView, Gate, StoryLine } from "../domain/mission.js";
import type { AnnounceInput } from "../domain/work.js";
import type { MissionInput } from "./messages.js";
import { keepStory, noteFeatures, tell as tellStory, type MissionState } from "./mission-state.js";
import { openOutlines } from "./mission-outlines.js";
import { tell } from "./tell.js";

export type Mission = ReturnType<typeof openMissionWork>;

/** What mission.md does not show yet. */
export interface Unwritten {
  features: Map<string, FeatureView>;
  story: StoryLine[];
  commit?: string;
}

export function openMissionWork(input: MissionInput, state: MissionState) {
  const outbox: (() => Promise<unknown>)[] = [];
  const announcements: AnnounceInput[] = [];
  let unwritten: Unwritten = { features: new Map(), story: [] };
  let dirty = true;
  let isSending = false;
  let starting: Promise<unknown> = Promise.resolve();

  const touch = () => {
    dirty = true;
  };
  const story = (kind: StoryLine["kind"], text: string, by?: Actor) => {
    unwritten.story.push(tellStory(state, input.generation, kind, text, by));
    touch();
  };
  const announce = (key: string, question: string, command: string) => {
    const { missionId, title } = input;
    announcements.push({ missionId, title, key: `${input.generation}/${key}`, question, command });
  };
  const commandFor = ({ id, kind, options }: Gate) =>
    kind === "plan"
      ? `npx missions approve ${input.missionId}`
      : `npx missions decide ${input.missionId} ${id} ${options.map(({ choice }) => choice).join("|")}`;

  return {
    input,
    state,
    outlines: openOutlines(input.missionId),
    touch,
    story,
    announce,
    toGuard: <Args extends unknown[]>(signal: SignalDefinition<Args>, ...args: Args) => {
      outbox.push(() => tell(guardWorkflowId(input.missionId), signal, ...args));
    },
    /** Dropped when no milestone runs: the next one starts from the mission's state. */
    toMilestone: <Args extends unknown[]>(signal: SignalDefinition<Args>, ...args: Args) => {
      const current = state.milestones[state.current];
      if (!state.isMilestoneOpen || current === undefined) return;
      outbox.push(async () => {
        await starting;
        return tell(milestoneWorkflowId(input.missionId, current.id), signal, ...args);
      });
    },
    /** What is sent to the milestone before it has started waits for that. */
    milestoneStarts: (start: Promise<unknown>) => {
      starting = start.catch(() => undefined);
    },
    hasOutbox: () => outbox.length > 0,
    /** Sends what happened first. */
    sendNext: async () => {
      isSending = true;
      await outbox.shift()?.();
      isSending = false;
    },
    /** Nothing waits to be sent, and nothing is on its way. */
    isSent: () => outbox.length === 0 && !isSending,
    openGate: (gate: Gate) => {
      if (state.gates.some(({ id }) => id === gate.id)) return;
      state.gates.push(gate);
      announce(`gate/${gate.id}`, gate.question, commandFor(gate));
      touch();
    },
    closeGate: (id: string, why?: string) => {
      if (!state.gates.some((gate) => gate.id === id)) return;
      state.gates = state.gates.filter((gate) => gate.id !== id);
      if (why === undefined) touch();
      else story("decision", `Gate ${id} is closed: ${why}`);
    },
    takeAnnouncements: () => announcements.splice(0),
    cancel: (by: Actor, reason?: string) => {
      if (state.cancelledBy !== undefined) return;
      state.cancelledBy = by;
      if (reason !== undefined) state.cancelReason = reason;
      touch();
    },
    replan: (planHash: string) => {
      state.replanTo = planHash;
      touch();
    },
    hasReplan: () => state.replanTo !== undefined,
    takeReplan: () => {
      const hash = state.replanTo;
      delete state.replanTo;
      return hash;
    },
    noteProgress: (features: FeatureView[], lines: StoryLine[]) => {
      noteFeatures(state, features);
      keepStory(state, lines);
      for (const feature of features) unwritten.features.set(feature.id, feature);
      unwritten.story.push(...lines);
      touch();
    },
    /** The next write of mission.md also commits the folder. */
    commitFolder: (subject: string) => {
      unwritten.commit = subject;
      touch();
    },
    takeUnwritten: () => {
      const taken = unwritten;
      unwritten = { features: new Map(), story: [] };
      return taken;
    },
    takeDirty: () => {
      const was = dirty;
      dirty = false;
      return was;
    },
    isDirty: () => dirty,
  };
}
