/** Features of a milestone that a safety stop ended, until they go on: what is kept of each, and who runs alone. */
import type { Rung, SafetyStop } from "../domain/recovery.js";
import type { TriedRung } from "../domain/recovery-ladder.js";
import type { BlobRef } from "../domain/mission.js";
import type { FeatureResult, Route } from "./feature-input.js";
import type { FeatureEntry, MilestoneState } from "./milestone-state.js";
import type { Milestone } from "./milestone-work.js";

/** A safety stop, as the feature told it. */
export interface StoppedFeature {
  stop: SafetyStop;
  why: string;
  lasting?: true;
  hostId?: string;
  failed?: string[];
  evidence?: BlobRef;
}

/** Of one feature, over all its stops. */
export interface FeatureRecovery {
  /** Oldest first; of those that asked a person only the last, so that they stay fewer than the rungs. */
  steps: TriedRung[];
  /** Counts all climbs. */
  climbs: number;
  /** Its next route is not chosen yet. */
  stopped?: StoppedFeature;
  /** It waits until then, in UTC. */
  until?: string;
  /** What the new plan that is to be read makes of it. */
  parts?: string[];
  /** The rung that it takes now. */
  rung?: Rung;
  route?: Route;
  /** What its agent is told. */
  advice?: string;
}

/** Its next route is chosen by the milestone's recovery; until then it holds no slice and no place. */
export function stopForSafety(milestone: Milestone, id: string, stopped: StoppedFeature): void {
  const recovery = (milestone.entry(id).recovery ??= { steps: [], climbs: 0 });
  recovery.stopped = stopped;
  milestone.setStatus(id, "waiting", `stopped (${stopped.stop}): ${stopped.why}`);
}

export function stoppedOf(
  stop: SafetyStop,
  { note, lasting, hostId, failed, evidence }: FeatureResult,
): StoppedFeature {
  return {
    stop,
    why: (note ?? "It could not go on.").slice(0, 300),
    ...(lasting === undefined ? {} : { lasting }),
    ...(hostId === undefined ? {} : { hostId }),
    ...(failed === undefined ? {} : { failed: failed.slice(0, 5) }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** It waits without a workflow of its own: for its next route, or for its time. */
export const isResting = ({ recovery }: Pick<FeatureEntry, "recovery">): boolean =>
  recovery?.stopped !== undefined || recovery?.until !== undefined;

/** A wait is over, by itself or by a person's word. */
export function goOn(milestone: Milestone, id: string, why: string): void {
  const { recovery } = milestone.entry(id);
  if (recovery?.until === undefined) return;
  delete recovery.until;
  milestone.setStatus(id, "pending", why);
}

/** What it did about a stop is over, one way or another; its steps are remembered. */
export function endRecovery(state: MilestoneState, id: string): void {
  const entry = state.features[id];
  if (entry?.recovery === undefined) return;
  const { steps, climbs } = entry.recovery;
  entry.recovery = { steps, climbs };
  setAlone(state, id, false);
}

/** A person has acted: every rung may help again. Climbs count on, because a workspace knows by them which route it took. */
export function renewLadder({ recovery }: Pick<FeatureEntry, "recovery">): void {
  if (recovery !== undefined) recovery.steps = [];
}

/** A new plan has changed it: whatever stopped it belongs to what it was. */
export function forgetRecovery(state: MilestoneState, id: string): void {
  const entry = state.features[id];
  if (entry === undefined) return;
  endRecovery(state, id);
  renewLadder(entry);
  delete entry.verified;
}

export function setAlone(state: MilestoneState, id: string, isAlone: boolean): void {
  const others = (state.alone ?? []).filter((each) => each !== id);
  if (isAlone) state.alone = [...others, id];
  else if (state.alone !== undefined) state.alone = others;
}

/** Features that were stopped and have not ended since. */
export const recoveringIn = ({ features }: MilestoneState): number =>
  Object.values(features).filter((entry) => isResting(entry) || entry.recovery?.rung !== undefined)
    .length;
