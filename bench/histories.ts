/** What workflows leave behind: events and bytes over all runs of a workflow's continue-as-new chain. */
import type { Client } from "@temporalio/client";
import { runsOf } from "./events.js";

export interface Counted {
  events: number;
  bytes: number;
  runs: number;
  /** Events by type, as `activityTaskScheduled`. */
  types: Record<string, number>;
}

const AT_ONCE = 10;

export async function countHistories(client: Client, workflowIds: string[]): Promise<Counted> {
  const total: Counted = { events: 0, bytes: 0, runs: 0, types: {} };
  const left = [...workflowIds];
  const lane = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift())
      add(total, await count(client, id));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return total;
}

async function count(client: Client, workflowId: string): Promise<Counted> {
  const total: Counted = { events: 0, bytes: 0, runs: 0, types: {} };
  for await (const { events, bytes } of runsOf(client, workflowId)) {
    const types: Record<string, number> = {};
    for (const event of events) {
      const attributes = Object.keys(event).find((key) => key.endsWith("EventAttributes"));
      const type = attributes?.replace("EventAttributes", "") ?? "unknown";
      types[type] = (types[type] ?? 0) + 1;
    }
    add(total, { events: events.length, bytes, runs: 1, types });
  }
  return total;
}

export function add(total: Counted, more: Counted): void {
  total.events += more.events;
  total.bytes += more.bytes;
  total.runs += more.runs;
  for (const [type, events] of Object.entries(more.types)) {
    total.types[type] = (total.types[type] ?? 0) + events;
  }
}
