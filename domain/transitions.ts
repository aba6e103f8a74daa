/** Which status may follow which, and why not. Staying the same is always legal: messages may arrive twice. */
import type { FeatureStatus, MilestoneStatus, MissionStatus } from "./mission.js";

interface Statuses {
  mission: MissionStatus;
  milestone: MilestoneStatus;
  feature: FeatureStatus;
}
type Table<Status extends string> = Record<Status, readonly Status[]>;

const MISSION: Table<MissionStatus> = {
  planning: ["queued", "active", "cancelled", "failed"],
  queued: ["planning", "active", "paused", "cancelled", "failed"],
  active: ["validating", "paused", "recovering", "blocked", "completed", "cancelled", "failed"],
  validating: ["active", "paused", "recovering", "blocked", "completed", "cancelled", "failed"],
  paused: ["queued", "active", "validating", "recovering", "blocked", "cancelled", "failed"],
  recovering: ["active", "validating", "paused", "blocked", "cancelled", "failed"],
  blocked: ["active", "validating", "paused", "recovering", "completed", "cancelled", "failed"],
  completed: [],
  cancelled: [],
  failed: [],
};

const MILESTONE: Table<MilestoneStatus> = {
  pending: ["active", "cancelled"],
  active: ["validating", "blocked", "cancelled"],
  validating: ["active", "blocked", "done", "cancelled"],
  blocked: ["active", "validating", "cancelled"],
  done: [],
  cancelled: [],
};

const FEATURE: Table<FeatureStatus> = {
  pending: ["queued", "running", "blocked", "skipped", "cancelled"],
  queued: ["pending", "running", "waiting", "integrating", "blocked", "skipped", "cancelled"],
  running: [
    "pending",
    "queued",
    "waiting",
    "integrating",
    "done",
    "blocked",
    "skipped",
    "cancelled",
  ],
  waiting: ["pending", "queued", "running", "done", "blocked", "skipped", "cancelled"],
  // A conflict or a red merge sends it back; what is being merged cannot be skipped.
  integrating: ["pending", "queued", "running", "waiting", "done", "blocked", "cancelled"],
  blocked: ["pending", "queued", "running", "skipped", "cancelled"],
  cancelled: ["pending", "queued", "running", "skipped"],
  done: [],
  skipped: [],
};

const TABLES: { [K in keyof Statuses]: Table<Statuses[K]> } = {
  mission: MISSION,
  milestone: MILESTONE,
  feature: FEATURE,
};

/** @returns true, or one sentence on why not. */
export function mayBecome<K extends keyof Statuses>(
  kind: K,
  from: Statuses[K],
  to: Statuses[K],
): true | string {
  const next = TABLES[kind][from] as readonly string[];
  if (from === to || next.includes(to)) return true;
  return next.length === 0
    ? `the ${kind} is ${from}, and that does not change any more`
    : `a ${kind} that is ${from} cannot become ${to}`;
}

/** No status can follow. */
export const isFinal = <K extends keyof Statuses>(kind: K, status: Statuses[K]): boolean =>
  TABLES[kind][status].length === 0;
