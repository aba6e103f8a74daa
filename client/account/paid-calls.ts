/** Every paid call of a mission, read from its journals on this host; no server is asked. */
import type { Amount } from "../../domain/mission.js";
import { PLANNING } from "../../domain/planning/planning-work.js";
import { journalPath, listJournals, readJournal, type JournalEntry } from "../../store/journal.js";

export interface PaidCall {
  /** UTC, when the call was booked; for an open one, when it was made. */
  at: string;
  milestoneId: string;
  featureId: string;
  slice: string;
  call: string;
  attempt: number;
  role: string;
  model: string;
  requestId: string;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** What the budget was charged. */
  tokens: number;
  costMicroUsd: number;
  /** Date or version of the price table. */
  priceSource: string;
  /** `worst case`: the reply had no usage; `open`: no reply was seen, so the worst case counts. */
  booked: "by usage" | "worst case" | "open";
}

/** In the order of time. */
export async function readPaidCalls(journals: string, missionId: string): Promise<PaidCall[]> {
  const calls: PaidCall[] = [];
  for (const slice of await listJournals(journals, missionId)) {
    const entries = await readJournal(journalPath(journals, missionId, slice));
    calls.push(...callsOf(slice, entries ?? []));
  }
  return calls.sort((a, b) => a.at.localeCompare(b.at));
}

/** @param slice `<generation>/<m>/<f>/<n>` */
export function callsOf(slice: string, entries: readonly JournalEntry[]): PaidCall[] {
  const [, milestoneId = "", part = ""] = slice.split("/");
  // A planning has no feature; its number alone would look like one.
  const featureId = milestoneId === PLANNING ? `${PLANNING}/${part}` : part;
  const calls = new Map<string, PaidCall>();
  for (const entry of entries) {
    if (entry.state === "open") {
      const { call, at, attempt, role, model, worst } = entry;
      const id = { at, milestoneId, featureId, slice, call, attempt, role, model, requestId: "" };
      calls.set(call, { ...id, ...noUsage, ...charged(worst), priceSource: "", booked: "open" });
    }
    if (entry.state === "closed") {
      const opened = calls.get(entry.call);
      if (opened === undefined) continue;
      calls.set(entry.call, {
        ...opened,
        at: entry.at,
        requestId: entry.requestId ?? "",
        inputTokens: entry.tokens.input,
        cacheReadTokens: entry.tokens.cacheRead,
        cacheWriteTokens: entry.tokens.cacheWrite,
        outputTokens: entry.tokens.output,
        reasoningTokens: entry.tokens.reasoning,
        ...charged(entry.cost),
        priceSource: entry.priceSource,
        booked: entry.worstCase === true ? "worst case" : "by usage",
      });
    }
  }
  return [...calls.values()];
}

const noUsage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};
const charged = ({ microUsd, tokens }: Amount) => ({ costMicroUsd: microUsd, tokens });
