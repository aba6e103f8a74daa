/** The slices of a milestone's validation: of nothing for checks, so that pause and caps hold for them; of money for its judge. */
import { condition } from "@temporalio/workflow";
import { guardWorkflowId, milestoneWorkflowId, sliceKey } from "../domain/ids.js";
import type { Amount } from "../domain/mission.js";
import type { Slice } from "../domain/work.js";
import { requestSlicesSignal, type Settlement } from "./messages.js";
import { without } from "./milestone-messages.js";
import { giveBack, settleUp } from "./milestone-slices.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

/** Key part of a validation's slices; no feature can be called so, because theirs hold their milestone's id. */
export const VALIDATION = "validation";

/** Somebody wants something else than to go on with the validation. */
export const isOvertaken = ({ state }: Milestone): boolean =>
  state.cancelling || state.replanTo !== undefined || state.reading !== undefined;

/** Waits until the guard grants it. @param whole a part of it would buy nothing. @returns undefined when overtaken; nothing is held then. */
export async function askSlice(
  milestone: Milestone,
  estimate: Amount,
  whole = false,
): Promise<Slice | undefined> {
  const { state } = milestone;
  while (!isOvertaken(milestone)) {
    if (state.paused) await settleUp(milestone);
    await condition(() => !state.paused || isOvertaken(milestone));
    const slice = await askOnce(milestone, estimate, whole);
    if (slice !== undefined) return slice;
  }
  return undefined;
}

/** @returns undefined when overtaken, or when a pause crossed the grant; nothing is held then. */
async function askOnce(
  milestone: Milestone,
  estimate: Amount,
  whole: boolean,
): Promise<Slice | undefined> {
  const { input, state } = milestone;
  const { missionId, generation, milestoneId } = input;
  state.validations += 1;
  const key = sliceKey(generation, milestoneId, VALIDATION, state.validations);
  state.asked[VALIDATION] = key;
  const replyTo = milestoneWorkflowId(missionId, milestoneId);
  const order = milestone.orderOf("");
  await tell(guardWorkflowId(missionId), requestSlicesSignal, {
    requests: [{ key, order, estimate, replyTo, ...(whole ? { whole } : {}) }],
    settlements: state.settlements.splice(0),
  });
  await condition(() => state.granted[VALIDATION] !== undefined || isOvertaken(milestone));
  const slice = state.granted[VALIDATION];
  if (slice !== undefined && !isOvertaken(milestone) && !state.paused) {
    state.granted = without(state.granted, VALIDATION);
    return slice;
  }
  await giveBack(milestone);
  return undefined;
}

export async function settleSlice(milestone: Milestone, settlement: Settlement): Promise<void> {
  milestone.state.settlements.push(settlement);
  await settleUp(milestone);
}
