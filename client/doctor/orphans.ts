/** Features that run although their mission has ended: they were abandoned on purpose and may be left over. */
import type { Client } from "@temporalio/client";
import { missionWorkflowId } from "../../domain/ids.js";
import type { DoctorFinding } from "./finding.js";

const MOST_LISTED = 2_000;

export async function findOrphans(client: Client): Promise<DoctorFinding | undefined> {
  try {
    const open = await listRunning(client, "missionWorkflow");
    if (open === undefined) return undefined; // a cut list would accuse the living
    const missions = new Set(open);
    const orphans = ((await listRunning(client, "featureWorkflow")) ?? []).filter(
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

/** Ids of open workflows of a type. @returns undefined when there are more than are listed. */
export async function listRunning(client: Client, type: string): Promise<string[] | undefined> {
  const ids: string[] = [];
  const query = `WorkflowType = "${type}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.push(workflowId);
    if (ids.length >= MOST_LISTED) return undefined;
  }
  return ids;
}
