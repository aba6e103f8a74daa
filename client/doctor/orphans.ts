/** Features that run although their mission has ended: they were abandoned on purpose and may be left over. */
import type { Client } from "@temporalio/client";
import { missionWorkflowId } from "../../domain/ids.js";
import type { DoctorFinding } from "./finding.js";

const MOST_LISTED = 2_000;

export async function findOrphans(client: Client): Promise<DoctorFinding | undefined> {
  try {
    const missions = new Set(await runningIds(client, "missionWorkflow"));
    if (missions.size >= MOST_LISTED) return undefined; // a cut list would accuse the living
    const orphans = (await runningIds(client, "featureWorkflow")).filter(
      (id) => !missions.has(missionWorkflowId(id.split("/")[1] ?? "")),
    );
    if (orphans.length === 0) return undefined;
    return {
      name: "features",
      ok: "warn",
      found: `${orphans.length} run without a mission: ${orphans.slice(0, 5).join(", ")}`,
      remedy: "Cancel them in the Web UI, or: npx missions cancel ID",
    };
  } catch {
    // A namespace that is not there yet has no features.
    return undefined;
  }
}

async function runningIds(client: Client, type: string): Promise<string[]> {
  const ids: string[] = [];
  const query = `WorkflowType = "${type}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.push(workflowId);
    if (ids.length >= MOST_LISTED) break;
  }
  return ids;
}
