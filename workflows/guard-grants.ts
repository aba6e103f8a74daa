/** What the guard tells those who get slices. Pure. */
import type { SliceGrant } from "../domain/ledger.js";
import type { BudgetTotals } from "../domain/mission.js";
import type { GuardState } from "./guard-state.js";
import type { Grants } from "./messages.js";

/** One message for each receiver, in the order of the grants. */
export function grantsByReceiver(
  state: GuardState,
  granted: readonly SliceGrant[],
  totals: BudgetTotals,
): Map<string, Grants> {
  const { activeCapMs, warnThresholdPct, deadlineMs, ledger } = state;
  const activeMsLeft = Math.max(0, activeCapMs - totals.activeMs);
  const notAfter = deadlineMs === undefined ? {} : { notAfter: new Date(deadlineMs).toISOString() };
  const byReceiver = new Map<string, Grants>();
  for (const { key, amount, replyTo } of granted) {
    const message = byReceiver.get(replyTo) ?? {
      grants: [],
      totals,
      preferCheaper: totals.usedPct >= warnThresholdPct,
      ...(ledger.plannings === undefined ? {} : { plannings: { ...ledger.plannings } }),
    };
    message.grants.push({ key, amount, activeMsLeft, ...notAfter });
    byReceiver.set(replyTo, message);
  }
  return byReceiver;
}
