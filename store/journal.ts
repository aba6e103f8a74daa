/**
 * `journals/<mission>/<slice>.jsonl`: every paid call of a slice, opened (fsync) before the call and closed after it.
 * A call that was opened and never closed counts at its worst case.
 */
import { randomBytes } from "node:crypto";
import { link, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Amount } from "../domain/mission.js";
import { appendLine, readJsonLines, systemCode, writeWhole } from "./files.js";

export interface JournalOpen {
  state: "open";
  call: string;
  at: string;
  attempt: number;
  role: string;
  model: string;
  worst: Amount;
}
export interface JournalClosed {
  state: "closed";
  call: string;
  at: string;
  cost: Amount;
  /** Id that the provider gave the request, where it gave one. */
  requestId?: string;
  tokens: {
    input: number;
    cacheRead: number;
    cacheWrite: number;
    output: number;
    reasoning: number;
  };
  /** Date or version of the price table used. */
  priceSource: string;
  /** True when the reply had no usage and the worst case was booked. */
  worstCase?: boolean;
}
/** First line of a journal: which slice it belongs to. */
export interface JournalHead {
  state: "slice";
  key: string;
  amount: Amount;
  at: string;
  featureId: string;
  milestoneId: string;
}
export type JournalEntry = JournalHead | JournalOpen | JournalClosed;

export const journalPath = (journals: string, missionId: string, key: string) =>
  join(journals, missionId, `${key.replaceAll("/", "~")}.jsonl`);

/** Creates the journal with its head, in one step: there is never one without a head. @returns false when it exists already. */
export async function createJournal(path: string, head: JournalHead): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  await writeWhole(temporary, `${JSON.stringify(head)}\n`);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

export async function appendJournal(path: string, entry: JournalEntry): Promise<void> {
  await appendLine(path, JSON.stringify(entry));
}

/** @returns undefined when there is no journal; a torn last line is left out (its call was never made). */
export async function readJournal(path: string): Promise<JournalEntry[] | undefined> {
  return (await readJsonLines(path)) as JournalEntry[] | undefined;
}

/** What a journal says was spent: closed calls at cost, open ones at worst case. */
export function journalSpent(entries: JournalEntry[]): { spent: Amount; calls: number } {
  const calls = new Map<string, Amount>();
  for (const entry of entries) {
    if (entry.state === "open") calls.set(entry.call, entry.worst);
    if (entry.state === "closed") calls.set(entry.call, entry.cost);
  }
  const spent = { microUsd: 0, tokens: 0 };
  for (const cost of calls.values()) {
    spent.microUsd += cost.microUsd;
    spent.tokens += cost.tokens;
  }
  return { spent, calls: calls.size };
}

/** Slice keys of a mission that have a journal on this host. */
export async function listJournals(journals: string, missionId: string): Promise<string[]> {
  const names = await readdir(join(journals, missionId)).catch(() => []);
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => name.slice(0, -".jsonl".length).replaceAll("~", "/"))
    .sort();
}
