/** What the guard carries from run to run: plain data, so that continue-as-new loses nothing. */
import { openClock, type ActiveClock } from "../domain/active-clock.js";
import type { AdjustBudget } from "../domain/commands.js";
import { milestoneWorkflowId } from "../domain/ids.js";
import {
  adjustCaps,
  bookWhole,
  openLedger,
  type Ledger,
  type SliceRequest,
} from "../domain/ledger.js";
import {
  DEFAULT_TIMINGS,
  type AtDeadline,
  type BudgetTotals,
  type Caps,
  type OnAlert,
} from "../domain/mission.js";
import { hoursToMs, microUsdFromUsd } from "../domain/money.js";
import { isAboveSharedCap } from "../domain/planning/shared-cap.js";
import { parseKey } from "../domain/slice-key.js";
import type { Hold } from "./messages.js";

/** A day: longer than anybody changes a plan. */
const MOST_HELD_MS = 86_400_000;
/** More restores than anybody makes. */
const MOST_GENERATIONS = 10_000;

export interface GuardInput {
  missionId: string;
  generation: number;
  caps: Caps;
  alertThresholdPct: number;
  onAlert: OnAlert;
  /** UTC, ISO 8601. */
  deadline?: string;
  /** Default `finish`. */
  atDeadline?: AtDeadline;
  /** Opened before there is a mission: its caps are what plannings may cost, and they may raise them. */
  forPlanning?: boolean;
  continueAfterEvents?: number;
  carried?: GuardState;
}

export interface GuardState {
  ledger: Ledger;
  /** Of the run that took it over; default: that of its input. */
  generation?: number;
  /** No mission has taken it over yet. */
  forPlanning?: boolean;
  /** Taken over just now: plannings that are gone have not been looked for yet. */
  adopted?: boolean;
  clock: ActiveClock;
  activeCapMs: number;
  deadlineMs?: number;
  deadlineTold: boolean;
  atDeadline?: AtDeadline;
  warnThresholdPct: number;
  alertThresholdPct: number;
  onAlert: OnAlert;
  /** Held by a person's pause. */
  paused: boolean;
  draining: boolean;
  /** Held by the alert threshold until a person decides. */
  alertHeld: boolean;
  /** Until then features that have not begun wait for a change of the plan. */
  replanHeldUntilMs?: number;
  /** Keys of thresholds already announced. */
  announced: string[];
  overruns: string[];
  stalledTold: boolean;
  stalls: number;
  /** Milestones were asked for what they do not use, since the queue last moved. */
  unusedAsked: boolean;
  /** Why the ledger no longer adds up; nothing is granted then. */
  broken?: string;
  adjusted: boolean;
}

export function openGuard(input: GuardInput): GuardState {
  const deadlineMs = Date.parse(input.deadline ?? "");
  return {
    ledger: openLedger({ microUsd: input.caps.microUsd, tokens: input.caps.tokens }),
    ...(input.forPlanning === true ? { forPlanning: true } : {}),
    clock: openClock(),
    activeCapMs: input.caps.activeMs,
    ...(Number.isFinite(deadlineMs) ? { deadlineMs } : {}),
    deadlineTold: false,
    atDeadline: input.atDeadline ?? "finish",
    warnThresholdPct: 60,
    alertThresholdPct: input.alertThresholdPct,
    onAlert: input.onAlert,
    paused: false,
    draining: false,
    alertHeld: false,
    announced: [],
    overruns: [],
    stalledTold: false,
    stalls: 0,
    unusedAsked: false,
    adjusted: false,
  };
}

/**
 * Sets what is given. A guard that was opened for planning gets everything of the mission this way.
 * @param sent as it arrived: a mission that takes the guard over adds its generation.
 * @returns what it meant: nothing, where a planning would raise the caps of a mission.
 */
export function adjustGuard(
  state: GuardState,
  adjust: AdjustBudget,
  sent: { generation?: unknown; planning?: unknown } = {},
): "adjusted" | "adopted" | "refused" {
  if (sent.planning === true && state.forPlanning !== true) return "refused";
  const isAdopted = adoptGuard(state, sent);
  const { usd, tokens, hours, alertThresholdPct, onAlert, deadline, atDeadline } = adjust;
  adjustCaps(state.ledger, {
    ...(usd === undefined ? {} : { microUsd: microUsdFromUsd(usd) }),
    ...(tokens === undefined ? {} : { tokens }),
  });
  if (hours !== undefined) state.activeCapMs = hoursToMs(hours);
  if (alertThresholdPct !== undefined) {
    state.alertThresholdPct = alertThresholdPct;
    state.announced = state.announced.filter((key) => !key.startsWith("alert/"));
  }
  if (onAlert !== undefined) state.onAlert = onAlert;
  if (deadline === null) delete state.deadlineMs;
  else if (deadline !== undefined) state.deadlineMs = Date.parse(deadline);
  if (atDeadline !== undefined) state.atDeadline = atDeadline;
  // One that has passed is told again, with what is to happen now.
  if (deadline !== undefined || atDeadline !== undefined) state.deadlineTold = false;
  return isAdopted ? "adopted" : "adjusted";
}

/** With a generation, a later run of the mission takes over: what earlier ones hold will never settle, and nobody is left to end their holds. */
function adoptGuard(state: GuardState, { generation }: { generation?: unknown }): boolean {
  if (typeof generation !== "number" || !(generation > (state.generation ?? 0))) return false;
  for (let earlier = 0; earlier < Math.min(generation, MOST_GENERATIONS); earlier += 1)
    bookWhole(state.ledger, `${earlier}/`);
  state.generation = generation;
  delete state.forPlanning;
  // Told to nobody, or to a mission that is gone.
  state.announced = [];
  state.paused = false;
  state.draining = false;
  state.stalledTold = false;
  delete state.replanHeldUntilMs;
  return true;
}

/** Holds or lets go; a hold for a new plan always ends by itself, because who asked for it may be gone. */
export function holdGuard(state: GuardState, hold: Hold, nowMs: number): void {
  const { reason, held, drain, forMs } = hold;
  switch (reason) {
    case "alert":
      state.alertHeld = held;
      return;
    case "pause":
      state.paused = held;
      state.draining = held && drain === true;
      return;
    case "replan":
      if (held) state.replanHeldUntilMs = nowMs + (forMs ?? DEFAULT_TIMINGS.replanHoldMs);
      else delete state.replanHeldUntilMs;
  }
}

/** Raw signals may carry anything. */
export function textField(payload: unknown, field: string): string | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const value = (payload as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}

export function isHold(payload: unknown): payload is Hold {
  if (typeof payload !== "object" || payload === null) return false;
  const { reason, held, forMs } = payload as Record<string, unknown>;
  if (reason !== "pause" && reason !== "alert" && reason !== "replan") return false;
  const isSpan = typeof forMs === "number" && forMs > 0 && forMs <= MOST_HELD_MS;
  return typeof held === "boolean" && (forMs === undefined || isSpan);
}

export const hasDeadlinePassed = ({ deadlineMs }: GuardState, nowMs: number): boolean =>
  deadlineMs !== undefined && nowMs >= deadlineMs;

/**
 * Plannings wait within the cap that they share. A hold for a new plan is for what a milestone asks for, because it asks only for
 * features that are to start; running ones and plannings ask themselves.
 */
export function isHeldBack(
  { replanHeldUntilMs, ledger }: GuardState,
  request: SliceRequest,
  missionId: string,
  nowMs: number,
): boolean {
  if (isAboveSharedCap(ledger, request)) return true;
  const { key, replyTo } = request;
  if (replanHeldUntilMs === undefined || nowMs >= replanHeldUntilMs) return false;
  return replyTo === milestoneWorkflowId(missionId, parseKey(key)?.milestoneId ?? "");
}

const AT_DEADLINE_TEXT: Record<AtDeadline, string> = {
  finish: "what runs uses up its slice, nothing new starts",
  stop: "running attempts end after their call in flight, nothing new starts",
  ask: "new work is held",
};
export const deadlineText = (atDeadline: AtDeadline) =>
  `The deadline has passed: ${AT_DEADLINE_TEXT[atDeadline]}.`;

export const hasHolders = (state: GuardState) => state.ledger.reservedCount > 0;

/** For the Web UI. */
export const describeAccount = ({ spent, reserved, caps, usedPct, activeMs }: BudgetTotals) =>
  `| | spent | reserved | cap |\n|---|---|---|---|\n| micro-USD | ${spent.microUsd} | ${reserved.microUsd} | ${caps.microUsd} |\n` +
  `| tokens | ${spent.tokens} | ${reserved.tokens} | ${caps.tokens} |\n| active ms | ${activeMs} | | ${caps.activeMs} |\n\n${usedPct} % used`;
