/** The guard of a mission: started with it, or taken over from its planning or from an earlier run that an operator ended. */
import { WorkflowIdReusePolicy } from "@temporalio/workflow";
import { guardWorkflowId } from "../domain/ids.js";
import { hoursFromMs, usdFromMicroUsd } from "../domain/money.js";
import { startGuardUnlessOpen } from "./guard-start.js";
import * as messages from "./messages.js";
import { deadlineOf } from "./mission-state.js";
import type { Mission } from "./mission-work.js";
import { tell } from "./tell.js";

export async function startGuard(mission: Mission): Promise<void> {
  const { input, state } = mission;
  const { missionId, generation, caps, alertThresholdPct, onAlert, continueAfterEvents } = input;
  const deadline = deadlineOf(input, state);
  const guard = {
    missionId,
    generation,
    caps,
    alertThresholdPct,
    onAlert,
    ...(deadline === undefined ? {} : { deadline: deadline.at, atDeadline: deadline.atDeadline }),
    ...(continueAfterEvents === undefined ? {} : { continueAfterEvents }),
  };
  const isNew = await startGuardUnlessOpen(guard, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  if (!isNew) await adoptGuard(mission);
  state.isGuardOpen = true;
}

/** It keeps its ledger: what planning or an earlier run spent is this mission's, and its totals come with the answer. */
async function adoptGuard({ input, state }: Mission): Promise<void> {
  const { missionId, generation, caps, alertThresholdPct, onAlert } = input;
  const deadline = deadlineOf(input, state);
  await tell(guardWorkflowId(missionId), messages.adjustSignal, {
    generation,
    usd: usdFromMicroUsd(caps.microUsd),
    tokens: caps.tokens,
    hours: hoursFromMs(caps.activeMs),
    alertThresholdPct,
    onAlert,
    ...(deadline === undefined
      ? { deadline: null }
      : { deadline: deadline.at, deadlineZone: deadline.zone, atDeadline: deadline.atDeadline }),
  });
}
