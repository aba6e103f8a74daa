/** The queue as people see it. Pure. */
import { isRunningStatus, queueOf, whyQueued, DEFAULT_MAX_RUNNING } from "../../domain/queue.js";
import type { MissionEntry } from "../mission-list.js";
import type { Pulse } from "./pulse-schedule.js";

export interface QueueView {
  maxRunning: number;
  pulse: "runs" | "paused" | "missing";
  /** Ids of the missions that use their places now. */
  running: string[];
  /** In the order in which they start. */
  queued: { missionId: string; title: string; startedAt: string; why: string }[];
}

export function queueView(missions: readonly MissionEntry[], pulse: Pulse | undefined): QueueView {
  const open = missions.filter(({ onServer }) => onServer === "open");
  const maxRunning = pulse?.maxRunning ?? DEFAULT_MAX_RUNNING;
  const running = open
    .filter(({ status }) => isRunningStatus(status))
    .map(({ missionId }) => missionId);
  const state = pulse === undefined ? "missing" : pulse.paused ? "paused" : "runs";
  const queued = queueOf(open).map(({ missionId, title, startedAt }, place) => ({
    missionId,
    title,
    startedAt,
    why: PULSE_FAULTS[state] ?? whyQueued(place, running, maxRunning),
  }));
  return { maxRunning, pulse: state, running, queued };
}

const PULSE_FAULTS: Partial<Record<QueueView["pulse"], string>> = {
  missing: "Nothing starts it: the pulse is gone. Make it again with: npx missions up",
  paused: "Nothing starts it: the schedule missions-pulse is paused. Unpause it in the Web UI.",
};
