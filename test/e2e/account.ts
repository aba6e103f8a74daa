/** Holds a mission's ledger against the journals on disk and against what the model server says it was called for. */
import { budget } from "../../client/missions.js";
import type { Amount } from "../../domain/mission.js";
import {
  journalPath,
  journalSpent,
  listJournals,
  readJournal,
  type JournalEntry,
} from "../../store/journal.js";
import type { DemoCall } from "../../workers/demo-model-server.js";
import type { Engine } from "./engine.js";

/** Of the demo's model: 3 and 15 USD per million tokens. */
export const billOf = (calls: readonly DemoCall[]): Amount => ({
  microUsd: calls.reduce((sum, call) => sum + call.inputTokens * 3 + call.outputTokens * 15, 0),
  tokens: calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0),
});

const add = (left: Amount, right: Amount): Amount => ({
  microUsd: left.microUsd + right.microUsd,
  tokens: left.tokens + right.tokens,
});
const NOTHING: Amount = { microUsd: 0, tokens: 0 };

export interface Account {
  /** What the guard says. */
  spent: Amount;
  reserved: Amount;
  /** What the journals say. */
  journaled: Amount;
  /** What a provider would bill for the calls of this mission. */
  billed: Amount;
  /** Calls that were opened and never closed: cut by the death of a worker. */
  unclosed: number;
  /** Their worst case. */
  unclosedWorst: Amount;
  /** Calls of one turn of one feature that were made more than once. */
  repeated: number;
  calls: DemoCall[];
  /** What is wrong with single journals; empty when they are sound. */
  faults: string[];
}

/** @param calls of the model server; those of other missions are told apart by the time and the feature, so give it only one mission's. */
export async function accountOf(
  engine: Engine,
  missionId: string,
  calls: readonly DemoCall[],
): Promise<Account> {
  const totals = await budget(engine.client, missionId);
  const faults: string[] = [];
  let journaled = NOTHING;
  let unclosed = 0;
  let unclosedWorst = NOTHING;
  const byRequest = new Map(calls.map((call) => [call.requestId, call]));
  for (const key of await listJournals(engine.paths.journals, missionId)) {
    const path = journalPath(engine.paths.journals, missionId, key);
    const entries = (await readJournal(path)) ?? [];
    faults.push(...faultsOf(key, entries, byRequest));
    journaled = add(journaled, journalSpent(entries).spent);
    for (const entry of openOnly(entries)) {
      unclosed += 1;
      unclosedWorst = add(unclosedWorst, entry.worst);
    }
  }
  return {
    spent: totals.spent,
    reserved: totals.reserved,
    journaled,
    billed: billOf(calls),
    unclosed,
    unclosedWorst,
    repeated: calls.length - new Set(calls.map(({ feature, turn }) => `${feature}/${turn}`)).size,
    calls: [...calls],
    faults,
  };
}

function openOnly(entries: JournalEntry[]) {
  const closed = new Set(entries.flatMap((each) => (each.state === "closed" ? [each.call] : [])));
  return entries.flatMap((each) => (each.state === "open" && !closed.has(each.call) ? [each] : []));
}

/** Head first, every call opened once and closed at most once, within its slice, and billed as the server says. */
function faultsOf(key: string, entries: JournalEntry[], byRequest: Map<string, DemoCall>) {
  const faults: string[] = [];
  const [head] = entries;
  if (head?.state !== "slice" || head.key !== key) return [`${key}: no head`];
  const opened = new Set<string>();
  const closed = new Set<string>();
  for (const entry of entries.slice(1)) {
    if (entry.state === "slice") faults.push(`${key}: a second head`);
    if (entry.state === "open") {
      if (opened.has(entry.call)) faults.push(`${key}: ${entry.call} opened twice`);
      opened.add(entry.call);
    }
    if (entry.state === "closed") {
      if (!opened.has(entry.call)) faults.push(`${key}: ${entry.call} closed but never opened`);
      if (closed.has(entry.call)) faults.push(`${key}: ${entry.call} closed twice`);
      closed.add(entry.call);
      const call = entry.requestId === undefined ? undefined : byRequest.get(entry.requestId);
      if (entry.requestId !== undefined && call === undefined)
        faults.push(`${key}: ${entry.requestId} was never served`);
      if (call !== undefined && entry.cost.microUsd !== billOf([call]).microUsd)
        faults.push(`${key}: ${call.requestId} booked at another price`);
    }
  }
  const { spent } = journalSpent(entries);
  if (spent.microUsd > head.amount.microUsd || spent.tokens > head.amount.tokens)
    faults.push(`${key}: spent ${JSON.stringify(spent)} of ${JSON.stringify(head.amount)}`);
  return faults;
}
