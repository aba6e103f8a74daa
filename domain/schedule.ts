/** Which features of a milestone may run now: dependencies, windows, declared paths. */
import { reachable } from "./dependencies.js";
import type { AtOnce, FeatureOutline, FeatureStatus, MissionMode } from "./mission.js";
import { overlapOf, prefixesOf } from "./touches.js";

export interface ScheduleInput {
  /** In plan order. Indexed once by identity: replace the array, or change its length, when the plan changes. */
  features: FeatureOutline[];
  /** By feature id; one that is missing is pending. */
  statuses: Record<string, FeatureStatus>;
  /** Paths that features changed without declaring them, by feature id. */
  touched?: Record<string, string[]>;
  atOnce: AtOnce;
  mode: MissionMode;
  /** False when every feature has a folder of its own and nothing is merged: then paths and POC's one branch do not matter. */
  overlaps: boolean;
  /** Ids of features that run with nothing beside them: they wait until all others have given their places up, and nothing starts meanwhile. */
  alone?: readonly string[];
  /** Ids of features that gave their places up until a host has a free slot. As many as a window holds are enough: no other starts. */
  hostless?: readonly string[];
}

export interface ScheduleIndex {
  size: number;
  byId: Map<string, FeatureOutline>;
  prefixes: Map<string, ReturnType<typeof prefixesOf>>;
}

type Window = keyof AtOnce;
const WINDOWS: readonly Window[] = ["code", "other"];
type Obstacle =
  | { kind: "dependency"; ids: string[] }
  | { kind: "window"; window: Window }
  /** So many wait for a host already. */
  | { kind: "host"; count: number }
  /** Another one is to run alone; or this one is, and others still run. */
  | { kind: "alone"; id: string }
  | { kind: "company"; id: string }
  | { kind: "overlap"; id: string; path: string };

/** What takes places and paths now. */
interface Board {
  taken: Record<Window, number>;
  hostless: Record<Window, number>;
  code: FeatureOutline[];
  holders: string[];
}

const indexes = new WeakMap<FeatureOutline[], ScheduleIndex>();

/** Made once for a list of features and remembered beside it. */
export function indexSchedule(features: FeatureOutline[]): ScheduleIndex {
  const known = indexes.get(features);
  if (known?.size === features.length) return known;
  const index: ScheduleIndex = {
    size: features.length,
    byId: new Map(features.map((feature) => [feature.id, feature])),
    prefixes: new Map(features.map(({ id, touches }) => [id, prefixesOf(touches)])),
  };
  indexes.set(features, index);
  return index;
}

/** Ids that may start now, in plan order, each taking its place as it is chosen. @param isReady false: passed over, takes no place. */
export function startable(
  input: ScheduleInput,
  limit: number,
  isReady: (id: string) => boolean = () => true,
): string[] {
  const board = readBoard(input);
  const chosen: string[] = [];
  for (const feature of input.features) {
    if (chosen.length >= limit || WINDOWS.every((each) => isClosed(input, board, each))) break;
    if (statusOf(input, feature.id) !== "pending" || !isReady(feature.id)) continue;
    if (obstacleOf(input, board, feature) !== undefined) continue;
    take(board, feature);
    chosen.push(feature.id);
  }
  return chosen;
}

/** Pending ids likely to start next: first those that only wait for a place or a path, then those whose dependencies are under way. */
export function aheadOf(input: ScheduleInput, count: number): string[] {
  const ready: string[] = [];
  const near: string[] = [];
  for (const feature of input.features) {
    if (ready.length >= count) break;
    if (statusOf(input, feature.id) !== "pending") continue;
    const unmet = unmetOf(input, feature);
    if (unmet.length === 0) ready.push(feature.id);
    else if (unmet.every((id) => isUnderWay(statusOf(input, id)))) near.push(feature.id);
  }
  return [...ready, ...near].slice(0, Math.max(0, count));
}

/** True when a feature that gave up its place (waiting, blocked) may have one again. */
export function mayResume(input: ScheduleInput, id: string): boolean {
  const feature = indexSchedule(input.features).byId.get(id);
  return feature !== undefined && obstacleOf(input, readBoard(input), feature) === undefined;
}

/** Why a pending feature does not start, for people; undefined when nothing is in its way or it is not pending. */
export function explainWait(input: ScheduleInput, id: string): string | undefined {
  const feature = indexSchedule(input.features).byId.get(id);
  if (feature === undefined || statusOf(input, id) !== "pending") return undefined;
  const obstacle = obstacleOf(input, readBoard(input), feature);
  switch (obstacle?.kind) {
    case undefined:
      return undefined;
    case "dependency": {
      const named = obstacle.ids.slice(0, 3).map((other) => `${other} (${statusOf(input, other)})`);
      const more = obstacle.ids.length - named.length;
      return `waits for ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    }
    case "window": {
      const places = placesOf(input, obstacle.window);
      const kind = obstacle.window === "code" ? "code" : "other";
      return `window full (${places} ${kind} feature${places === 1 ? "" : "s"})`;
    }
    case "host":
      return `waits until a host takes one of ${obstacle.count} that wait for a free slot`;
    case "alone":
      return `waits for ${obstacle.id}, which is to run alone`;
    case "company":
      return `is to run alone, and waits for ${obstacle.id}`;
    case "overlap":
      return `overlaps with ${obstacle.id} in ${obstacle.path || "the whole repository"}`;
  }
}

/** Every feature is done or skipped: validation may start. A cancelled one does not count, or a milestone would pass around it. */
export const hasEnded = (input: ScheduleInput): boolean =>
  input.features.every(({ id }) => isMet(statusOf(input, id)));

/** Pending ids that can never start, because something they depend on is blocked or cancelled (or a cycle). */
export function isStuck(input: ScheduleInput): string[] {
  const reached = reachable(input.features, ({ id }) => {
    const status = statusOf(input, id);
    if (status === "pending") return "follows";
    return status === "blocked" || status === "cancelled" ? "never" : "free";
  });
  return input.features
    .map(({ id }) => id)
    .filter((id) => statusOf(input, id) === "pending" && !reached.has(id));
}

function statusOf({ statuses }: ScheduleInput, id: string): FeatureStatus {
  return Object.hasOwn(statuses, id) ? (statuses[id] ?? "pending") : "pending";
}
const isMet = (status: FeatureStatus) => status === "done" || status === "skipped";
const holdsPlace = (status: FeatureStatus) =>
  status === "queued" || status === "running" || status === "integrating";
const isUnderWay = (status: FeatureStatus) => holdsPlace(status) || status === "waiting";

const windowOf = ({ kind }: FeatureOutline): Window => (kind === "code" ? "code" : "other");

function placesOf({ atOnce, mode, overlaps }: ScheduleInput, window: Window): number {
  return window === "code" && mode === "poc" && overlaps ? 1 : atOnce[window];
}
const isFull = (input: ScheduleInput, board: Board, window: Window) =>
  board.taken[window] >= placesOf(input, window);
const lacksHosts = (input: ScheduleInput, board: Board, window: Window) =>
  board.hostless[window] >= placesOf(input, window);
/** For what has not begun. */
const isClosed = (input: ScheduleInput, board: Board, window: Window) =>
  isFull(input, board, window) || lacksHosts(input, board, window);

function take(board: Board, feature: FeatureOutline): void {
  board.taken[windowOf(feature)] += 1;
  board.holders.push(feature.id);
  if (feature.kind === "code") board.code.push(feature);
}

function readBoard(input: ScheduleInput): Board {
  const none = { code: 0, other: 0 };
  const board: Board = { taken: { ...none }, hostless: { ...none }, code: [], holders: [] };
  for (const feature of input.features) {
    if (holdsPlace(statusOf(input, feature.id))) take(board, feature);
  }
  for (const id of input.hostless ?? []) {
    const feature = indexSchedule(input.features).byId.get(id);
    // Also one that a person's word has just called back: it waits on.
    if (feature !== undefined && isUnderWay(statusOf(input, id)))
      board.hostless[windowOf(feature)] += 1;
  }
  return board;
}

/** Ids outside the list belong to earlier milestones, which have passed. */
function unmetOf(input: ScheduleInput, { dependsOn }: FeatureOutline): string[] {
  if (dependsOn.length === 0) return dependsOn;
  const { byId } = indexSchedule(input.features);
  return dependsOn.filter((id) => byId.has(id) && !isMet(statusOf(input, id)));
}

function obstacleOf(
  input: ScheduleInput,
  board: Board,
  feature: FeatureOutline,
): Obstacle | undefined {
  const ids = unmetOf(input, feature);
  if (ids.length > 0) return { kind: "dependency", ids };
  const apart = apartFrom(input, board, feature);
  if (apart !== undefined) return apart;
  const overlap = overlapWith(input, board, feature);
  if (overlap !== undefined) return overlap;
  const window = windowOf(feature);
  if (isFull(input, board, window)) return { kind: "window", window };
  const isNew = statusOf(input, feature.id) === "pending";
  if (isNew && lacksHosts(input, board, window))
    return { kind: "host", count: board.hostless[window] };
  return undefined;
}

function apartFrom(
  input: ScheduleInput,
  { holders }: Board,
  { id }: FeatureOutline,
): Obstacle | undefined {
  const { alone = [] } = input;
  if (alone.length === 0) return undefined;
  const running = holders.find((each) => each !== id && alone.includes(each));
  if (running !== undefined) return { kind: "alone", id: running };
  if (alone.includes(id)) {
    const other = holders.find((each) => each !== id);
    return other === undefined ? undefined : { kind: "company", id: other };
  }
  // What has begun already may end first.
  if (statusOf(input, id) !== "pending") return undefined;
  const next = input.features.find(
    (each) =>
      alone.includes(each.id) &&
      statusOf(input, each.id) === "pending" &&
      unmetOf(input, each).length === 0,
  );
  return next === undefined ? undefined : { kind: "alone", id: next.id };
}

function overlapWith(
  input: ScheduleInput,
  { code }: Board,
  feature: FeatureOutline,
): Obstacle | undefined {
  if (!input.overlaps || feature.kind !== "code") return undefined;
  const own = pathsOf(input, feature);
  for (const other of code) {
    const path = overlapOf(own, pathsOf(input, other));
    if (path !== undefined) return { kind: "overlap", id: other.id, path };
  }
  return undefined;
}

/** What a feature declares, and what it was seen to change beside that. */
function pathsOf({ features, touched }: ScheduleInput, { id }: FeatureOutline) {
  const declared = indexSchedule(features).prefixes.get(id) ?? [];
  const more = touched !== undefined && Object.hasOwn(touched, id) ? (touched[id] ?? []) : [];
  return more.length === 0 ? declared : [...declared, ...prefixesOf(more)];
}
