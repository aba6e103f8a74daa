/** Plannings that hold slices of the guard: what becomes of those that were terminated from outside. */
import { planningWorkflowId } from "../domain/ids.js";
import { bookWhole } from "../domain/ledger.js";
import type { BudgetTotals } from "../domain/mission.js";
import { PLANNING } from "../domain/planning/planning-work.js";
import { parseKey } from "../domain/slice-key.js";
import type { GuardState } from "./guard-state.js";
import { grantsSignal } from "./messages.js";
import { tell } from "./tell.js";

/** One that is gone will never settle: its slice is booked whole, or it would hold budget and clock for ever. @returns true when there was one. */
export async function bookLostPlannings(
  { ledger }: GuardState,
  missionId: string,
  totals: () => BudgetTotals,
): Promise<boolean> {
  let isAnyLost = false;
  for (const key of Object.keys(ledger.reserved)) {
    const parts = parseKey(key);
    if (parts?.milestoneId !== PLANNING) continue;
    const planning = planningWorkflowId(missionId, Number(parts.featureId));
    const news = { grants: [], totals: totals(), preferCheaper: false };
    if ((await tell(planning, grantsSignal, news)) === "delivered") continue;
    bookWhole(ledger, key);
    isAnyLost = true;
  }
  return isAnyLost;
}
