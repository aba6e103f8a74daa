/** All missions: what the server says, joined with the records of this host, so that ended and lost ones are seen too. */
import type { Client } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { Gate } from "../domain/mission.js";
import {
  listMissionRecords,
  readMissionRecord,
  type MissionRecord,
} from "../store/mission-record.js";

export interface MissionEntry {
  missionId: string;
  title: string;
  status: string;
  mode: string;
  /** `unknown`: no server was asked; `gone`: the server does not know it (any more). */
  onServer: "open" | "ended" | "gone" | "unknown";
  featuresDone?: number;
  featuresTotal?: number;
  spentUsd?: number;
  budgetUsedPct?: number;
  startedAt: string;
  folder?: string;
  /** Questions that it waited for when its record was written last; none of a mission that has ended. */
  gates?: Gate[];
}

const STATUS_KEY = defineSearchAttributeKey("MissionStatus", SearchAttributeType.KEYWORD);
const ID_KEY = defineSearchAttributeKey("MissionId", SearchAttributeType.KEYWORD);
const MODE_KEY = defineSearchAttributeKey("MissionMode", SearchAttributeType.KEYWORD);
const DONE_KEY = defineSearchAttributeKey("FeaturesDone", SearchAttributeType.INT);
const TOTAL_KEY = defineSearchAttributeKey("FeaturesTotal", SearchAttributeType.INT);
const PCT_KEY = defineSearchAttributeKey("BudgetUsedPct", SearchAttributeType.INT);
const SPEND_KEY = defineSearchAttributeKey("SpendUsd", SearchAttributeType.DOUBLE);

/** At most this many of the server are listed; older ones still have their records. */
const MOST = 1_000;

export async function readRecords(state: string): Promise<MissionRecord[]> {
  const records: MissionRecord[] = [];
  for (const id of await listMissionRecords(state)) {
    // A record torn or edited by hand hides no other mission.
    const record = await readMissionRecord(state, id).catch(() => undefined);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** The newest first. Without a client only what the records say. */
export async function listMissions(
  state: string,
  client: Client | undefined,
): Promise<MissionEntry[]> {
  const entries = new Map<string, MissionEntry>();
  for (const record of await readRecords(state)) {
    entries.set(record.missionId, entryOfRecord(record, client === undefined ? "unknown" : "gone"));
  }
  if (client !== undefined) {
    for (const entry of await listOnServer(client)) {
      const known = entries.get(entry.missionId);
      entries.set(entry.missionId, known === undefined ? entry : merge(known, entry));
    }
  }
  return [...entries.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function entryOfRecord(record: MissionRecord, onServer: MissionEntry["onServer"]): MissionEntry {
  return {
    missionId: record.missionId,
    title: record.title,
    status: record.status,
    mode: record.mode,
    onServer,
    ...(record.totals === undefined
      ? {}
      : {
          spentUsd: record.totals.spent.microUsd / 1_000_000,
          budgetUsedPct: record.totals.usedPct,
        }),
    startedAt: record.createdAt,
    folder: record.folder,
    ...(record.gates === undefined || record.gates.length === 0 ? {} : { gates: record.gates }),
  };
}

/** The server is right about a mission that runs; a title comes from the record, which has it whole. */
const merge = (record: MissionEntry, server: MissionEntry): MissionEntry => ({
  ...record,
  ...server,
  title: record.title,
});

async function listOnServer(client: Client): Promise<MissionEntry[]> {
  const found: MissionEntry[] = [];
  const query = 'WorkflowType = "missionWorkflow"';
  for await (const run of client.workflow.list({ query, pageSize: 200 })) {
    if (run.status.name === "CONTINUED_AS_NEW") continue;
    const open = run.status.name === "RUNNING" || run.status.name === "PAUSED";
    const attributes = run.typedSearchAttributes;
    const missionId = attributes.get(ID_KEY) ?? run.workflowId.replace(/^mission\//, "");
    const numbers = {
      featuresDone: attributes.get(DONE_KEY),
      featuresTotal: attributes.get(TOTAL_KEY),
      budgetUsedPct: attributes.get(PCT_KEY),
      spentUsd: attributes.get(SPEND_KEY),
    };
    found.push({
      missionId,
      title: missionId,
      status: endedOutside(run.status.name) ?? attributes.get(STATUS_KEY) ?? "unknown",
      mode: attributes.get(MODE_KEY) ?? "?",
      onServer: open ? "open" : "ended",
      startedAt: run.startTime.toISOString(),
      ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    });
    if (found.length >= MOST) break;
  }
  // The newest run of an id comes first in the list; older generations are dropped.
  return found.filter(
    ({ missionId }, at) => found.findIndex((other) => other.missionId === missionId) === at,
  );
}

/** A workflow ended over the mission's head could not update its status. */
function endedOutside(state: string): string | undefined {
  if (state === "TERMINATED" || state === "TIMED_OUT" || state === "FAILED") return "failed";
  return state === "CANCELLED" ? "cancelled" : undefined;
}
