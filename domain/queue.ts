/** The queue of approved missions that wait for their turn: who is next, and why the others wait. Pure. */
import type { MissionStatus } from "./mission.js";

export const PULSE_SCHEDULE_ID = "missions-pulse";
export const PULSE_EVERY_MS = 60_000;
export const BEGIN_SIGNAL = "begin";
/** How many missions may run before queued ones wait. */
export const DEFAULT_MAX_RUNNING = 2;
export const MOST_RUNNING = 100;

/** They use workers and models now. One that is paused, blocked or not approved keeps no place. */
export const RUNNING_STATUSES = [
  "active",
  "validating",
  "recovering",
] as const satisfies MissionStatus[];

/** Input of the pulse; kept in its schedule. */
export interface PulseInput {
  maxRunning: number;
}
export interface PulseResult {
  /** At most 50 are named. */
  begun: string[];
  running: number;
  queued: number;
}

/** An open mission as the server lists it. */
export interface OpenMission {
  missionId: string;
  status: string;
  /** UTC, ISO 8601. */
  startedAt: string;
}

export const isRunningStatus = (status: string): boolean =>
  (RUNNING_STATUSES as readonly string[]).includes(status);

/** The oldest first. */
export function queueOf<Mission extends OpenMission>(open: readonly Mission[]): Mission[] {
  return open
    .filter(({ status }) => status === "queued")
    .sort(
      (a, b) => a.startedAt.localeCompare(b.startedAt) || a.missionId.localeCompare(b.missionId),
    );
}

/**
 * The missions whose turn it is. Asked again before the list shows that they run, it names the same ones and no more, because
 * they still are the oldest that wait.
 */
export function turnsOf(open: readonly OpenMission[], maxRunning: number): string[] {
  const running = open.filter(({ status }) => isRunningStatus(status)).length;
  return queueOf(open)
    .slice(0, Math.max(0, maxRunning - running))
    .map(({ missionId }) => missionId);
}

/** Why the mission at that place of the queue (from 0) waits, in one sentence. */
export function whyQueued(place: number, running: readonly string[], maxRunning: number): string {
  const ahead = place === 0 ? "it is next" : `${place} ${place === 1 ? "is" : "are"} ahead of it`;
  if (maxRunning === 0) return `The queue is held: at most 0 missions may run; ${ahead}.`;
  if (running.length + place < maxRunning) return "The next pulse starts it, within a minute.";
  const full = `${running.length} of at most ${maxRunning} run`;
  const names = running.length === 0 ? "" : ` (${running.slice(0, 5).join(", ")})`;
  return `${full}${names}; ${ahead}.`;
}
