/** The cap that all plannings of a mission share, beside the caps of the mission itself. Pure. */
import type { Ledger, SliceRequest } from "../ledger.js";
import { parseKey } from "../slice-key.js";
import { PLANNING } from "./planning-work.js";

const CURRENCIES = ["microUsd", "tokens"] as const;

/** True while what plannings have cost and hold leaves no room for the request. Those of features have no such cap. */
export function isAboveSharedCap(ledger: Ledger, { estimate, within }: SliceRequest): boolean {
  if (within === undefined) return false;
  const held = Object.entries(ledger.reserved).filter(
    ([key]) => parseKey(key)?.milestoneId === PLANNING,
  );
  return CURRENCIES.some((currency) => {
    const spent = ledger.plannings?.[currency] ?? 0;
    const used = held.reduce((sum, [, slice]) => sum + slice[currency], spent);
    return estimate[currency] > 0 && used + estimate[currency] > within[currency];
  });
}
