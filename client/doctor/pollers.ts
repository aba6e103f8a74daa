/** Workers, here or elsewhere, that the server saw polling within the last minute. */
import type { Client } from "@temporalio/client";
import { TASK_QUEUE } from "../../domain/ids.js";
import type { DoctorFinding } from "./finding.js";

const SEEN_WITHIN_MS = 60_000;

/** @returns undefined when nobody polls. */
export async function findPollers(client: Client): Promise<DoctorFinding | undefined> {
  const { pollers } = await client.workflowService
    .describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: TASK_QUEUE },
    })
    .catch(() => ({ pollers: [] }));
  const seen = pollers.filter(
    ({ lastAccessTime }) =>
      Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - SEEN_WITHIN_MS,
  );
  const names = [...new Set(seen.map(({ identity }) => identity ?? "unnamed"))];
  return names.length === 0
    ? undefined
    : { name: "worker", ok: true, found: `polling: ${names.join(", ")}` };
}
