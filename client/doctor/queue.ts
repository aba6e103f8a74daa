/** Missions that wait in the queue while nothing starts them. */
import type { Client } from "@temporalio/client";
import { countQueued, readPulse } from "../queue/pulse-schedule.js";
import type { DoctorFinding } from "./finding.js";

export async function findQueue(client: Client): Promise<DoctorFinding | undefined> {
  try {
    const queued = await countQueued(client);
    if (queued === 0) return undefined;
    const pulse = await readPulse(client);
    const found = `${queued} ${queued === 1 ? "mission waits" : "missions wait"} for a turn`;
    if (pulse === undefined) {
      const remedy = "npx missions up";
      return { name: "queue", ok: "warn", found: `${found} and no pulse starts them`, remedy };
    }
    if (!pulse.paused) return { name: "queue", ok: true, found };
    const remedy = "Unpause the schedule missions-pulse in the Web UI.";
    return { name: "queue", ok: "warn", found: `${found} and the pulse is paused`, remedy };
  } catch {
    // A namespace that is not there yet has no queue.
    return undefined;
  }
}
