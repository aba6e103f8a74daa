/** The guard of a mission that is being planned: its caps are what planning may cost, until the mission takes it over. */
import { WorkflowIdReusePolicy } from "@temporalio/workflow";
import { hoursToMs, MAXIMA } from "../domain/money.js";
import { startGuardUnlessOpen } from "./guard-start.js";
import type { PlanningInput } from "./messages.js";

/** Opens it unless it is there. One that was closed stays closed: a new one would forget what was spent. */
export async function openPlanningGuard({
  missionId,
  generation,
  cap,
}: PlanningInput): Promise<void> {
  const guard = {
    missionId,
    generation,
    // A question takes minutes of work; its limit is the money.
    caps: { ...cap, activeMs: hoursToMs(MAXIMA.hours) },
    alertThresholdPct: 80,
    // Nobody is there yet who could be asked.
    onAlert: "continue",
    forPlanning: true,
  } as const;
  await startGuardUnlessOpen(guard, WorkflowIdReusePolicy.REJECT_DUPLICATE);
}
