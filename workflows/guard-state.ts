/** What the guard carries from run to run: plain data, so that continue-as-new loses nothing. */
import { openClock, type ActiveClock } from "../domain/active-clock.js";
import { openLedger, type Ledger } from "../domain/ledger.js";
import type { Caps, OnAlert } from "../domain/mission.js";

export interface GuardInput {
  missionId: string;
  generation: number;
  caps: Caps;
  alertThresholdPct: number;
  onAlert: OnAlert;
  /** UTC, ISO 8601. */
  deadline?: string;
  continueAfterEvents?: number;
  carried?: GuardState;
}

export interface GuardState {
  ledger: Ledger;
  clock: ActiveClock;
  activeCapMs: number;
  deadlineMs?: number;
  deadlineTold: boolean;
  warnThresholdPct: number;
  alertThresholdPct: number;
  onAlert: OnAlert;
  /** Held by a person's pause. */
  paused: boolean;
  draining: boolean;
  /** Held by the alert threshold until a person decides. */
  alertHeld: boolean;
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
  return {
    ledger: openLedger({ microUsd: input.caps.microUsd, tokens: input.caps.tokens }),
    clock: openClock(),
    activeCapMs: input.caps.activeMs,
    ...(input.deadline === undefined ? {} : { deadlineMs: Date.parse(input.deadline) }),
    deadlineTold: false,
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

export const hasHolders = (state: GuardState) => state.ledger.reservedCount > 0;
