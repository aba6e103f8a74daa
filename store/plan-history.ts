/** `plans/<mission>.jsonl`: every version of a mission's plan by its hash, with date, who and why. */
import { join } from "node:path";
import type { Actor } from "../domain/mission.js";
import { appendLine, readJsonLines } from "./files.js";
import type { MissionRecord } from "./mission-record.js";

export interface PlanEntry {
  planHash: string;
  /** ISO 8601. */
  at: string;
  by?: Actor;
  why?: string;
}

export interface PlanVersion extends PlanEntry {
  /** From 1. */
  n: number;
}

const pathOf = (plans: string, missionId: string) => join(plans, `${missionId}.jsonl`);

/** What a mission's record says of its plan. */
type Recorded = Pick<MissionRecord, "missionId" | "planHash" | "createdAt">;

/** Oldest first. A mission without a file has the one plan of its record. */
export async function readPlanVersions(plans: string, record: Recorded): Promise<PlanVersion[]> {
  const entries = await readEntries(plans, record.missionId);
  const known = entries.length > 0 ? entries : [firstOf(record)];
  return known.map((entry, index) => ({ n: index + 1, ...entry }));
}

/**
 * Notes a plan unless it is the last one noted; the plan of the record is noted first where nothing is. Two may note the
 * same plan, who sent it and who wrote it into mission.md: it stays one version.
 */
export async function notePlan(plans: string, record: Recorded, entry: PlanEntry): Promise<void> {
  const path = pathOf(plans, record.missionId);
  const entries = await readEntries(plans, record.missionId);
  if (entries.length === 0 && record.planHash !== entry.planHash) {
    await appendLine(path, JSON.stringify(firstOf(record)));
  }
  const last = entries.at(-1);
  const saysMore = last?.why === undefined && entry.why !== undefined;
  if (last?.planHash === entry.planHash && !saysMore) return;
  await appendLine(path, JSON.stringify(entry));
}

const firstOf = ({ planHash, createdAt }: Recorded): PlanEntry => ({
  planHash,
  at: createdAt,
  why: "as the mission began",
});

async function readEntries(plans: string, missionId: string): Promise<PlanEntry[]> {
  const entries: PlanEntry[] = [];
  for (const entry of (await readJsonLines(pathOf(plans, missionId))) ?? []) {
    const last = entries.at(-1);
    if (!isEntry(entry)) continue;
    if (last?.planHash !== entry.planHash) entries.push(entry);
    else entries[entries.length - 1] = { ...entry, ...last, ...whoOf(entry) };
  }
  return entries;
}

/** Of two lines about one plan the one with a reason says who. */
const whoOf = ({ by, why }: PlanEntry): Partial<PlanEntry> =>
  why === undefined ? {} : { why, ...(by === undefined ? {} : { by }) };

function isEntry(value: unknown): value is PlanEntry {
  const entry = value as Partial<PlanEntry> | null;
  return typeof entry?.planHash === "string" && typeof entry.at === "string";
}
