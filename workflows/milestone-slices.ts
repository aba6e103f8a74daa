/** Slices ahead of need: one message asks for half a window and brings the settlements of the features that ended. */
import { aheadOf, startable } from "../domain/schedule.js";
import { guardWorkflowId, milestoneWorkflowId, sliceKey } from "../domain/ids.js";
import type { Milestone } from "./milestone-work.js";
import {
  requestSlicesSignal,
  withdrawSignal,
  type Settlement,
  type SliceRequest,
} from "./messages.js";
import { tell } from "./tell.js";

export const unused = (key: string): Settlement => ({
  key,
  spent: { microUsd: 0, tokens: 0 },
  sleeps: [],
});

/** Asks for the next features when fewer than half a window are in hand, and hands over settlements when someone waits for them. */
export async function askAhead(milestone: Milestone): Promise<void> {
  const { state, input } = milestone;
  const window = milestone.window();
  const inHand = Object.keys(state.asked).length + Object.keys(state.granted).length;
  const requests: SliceRequest[] = [];
  if (milestone.mayStart() && inHand < Math.ceil(window / 2)) {
    const wanted = window + Math.ceil(window / 2) - inHand;
    const schedule = milestone.schedule();
    // A person's work starts without a slice and soon gives its place up.
    const isForAgent = (id: string) => !milestone.isManual(id);
    const isFree = (id: string) =>
      state.asked[id] === undefined && state.granted[id] === undefined && isForAgent(id);
    // With nobody at work, only what can start now: a slice that waits would keep the clock running.
    const mayAskAhead = milestone.isWorking() && !state.frugal;
    const ahead = mayAskAhead ? aheadOf(schedule, window * 2) : [];
    const next = [...startable(schedule, window * 2, isForAgent), ...ahead];
    for (const id of [...new Set(next)].filter(isFree).slice(0, wanted)) {
      const outline = milestone.outlineOf(id);
      const entry = milestone.entry(id);
      if (outline === undefined) continue;
      entry.asks += 1;
      const key = sliceKey(input.generation, input.milestoneId, id, entry.asks);
      state.asked[id] = key;
      requests.push({
        key,
        order: milestone.orderOf(id),
        estimate: outline.estimate,
        replyTo: milestoneWorkflowId(input.missionId, input.milestoneId),
      });
    }
  }
  const someoneWaits = Object.keys(state.asked).length > 0;
  // At its end without a validation, what is owed rides on the milestone's result.
  const isOver = milestone.hasEnded() && !milestone.needsValidation();
  const nobodyRuns = milestone.runningIds().length === 0 && !isOver;
  if (requests.length === 0 && !(state.settlements.length > 0 && (someoneWaits || nobodyRuns)))
    return;
  await sendToGuard(milestone, requests);
}

/** Sends what is owed to the guard now, e.g. before a wait in which nothing else would be asked. */
export async function settleUp(milestone: Milestone): Promise<void> {
  if (milestone.state.settlements.length > 0) await sendToGuard(milestone, []);
}

/**
 * Someone waits for budget: what cannot start now goes back. What can start stays asked for, or the guard's queue would
 * look as if it had moved and the two would go on for ever.
 */
export async function returnUnused(milestone: Milestone): Promise<void> {
  const { state } = milestone;
  const isForAgent = (id: string) => !milestone.isManual(id);
  const now = new Set(startable(milestone.schedule(), milestone.window() * 2, isForAgent));
  const ids = [...Object.keys(state.asked), ...Object.keys(state.granted)];
  for (const id of ids)
    if (milestone.outlineOf(id) !== undefined && !now.has(id)) drop(milestone, id);
  await settleUp(milestone);
}

/** A feature that will not start (skipped, dropped) neither holds nor asks for a slice, or others would wait for it. */
export function dropSlice(milestone: Milestone, id: string): void {
  drop(milestone, id);
  milestone.send(() => settleUp(milestone));
}

function drop(milestone: Milestone, id: string): void {
  const { state, input } = milestone;
  const { [id]: asked, ...otherAsked } = state.asked;
  const { [id]: granted, ...otherGranted } = state.granted;
  state.asked = otherAsked;
  state.granted = otherGranted;
  if (granted !== undefined) state.settlements.push(unused(granted.key));
  if (asked === undefined) return;
  const guard = guardWorkflowId(input.missionId);
  milestone.send(() => tell(guard, withdrawSignal, { keys: [asked] }));
}

/** Gives back every slice not used: nobody works, so the clock must stand, or the milestone ends. */
export async function giveBack(milestone: Milestone): Promise<void> {
  const { state, input } = milestone;
  const keys = Object.values(state.asked);
  for (const { key } of Object.values(state.granted)) {
    state.settlements.push(unused(key));
  }
  state.asked = {};
  state.granted = {};
  if (keys.length > 0) await tell(guardWorkflowId(input.missionId), withdrawSignal, { keys });
  await settleUp(milestone);
}

async function sendToGuard(milestone: Milestone, requests: SliceRequest[]): Promise<void> {
  const settlements = milestone.state.settlements.splice(0);
  const guard = guardWorkflowId(milestone.input.missionId);
  await tell(guard, requestSlicesSignal, { requests, settlements });
}
