/** Records the histories of every scenario: `npm run record-histories`. Old ones stay: running missions still follow them. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { Client } from "@temporalio/client";
import { startTestEnvironment } from "../helpers/test-environment.js";
import { DEFAULT_MAX_RUNNING, PULSE_SCHEDULE_ID } from "../../domain/queue.js";
import { fakeWorld } from "../helpers/fake-activities.js";
import { TEST_QUEUE, withWorker } from "../helpers/with-worker.js";
import { PLANNED } from "./planning-scenario.js";
import { inputOf, SCENARIOS, worldOf } from "./scenarios.js";

const version = process.argv[2] ?? "0.4.0";
/** Names after the version record those scenarios alone. */
const only = process.argv.slice(3);
const isWanted = (name: string) => only.length === 0 || only.includes(name);
const all = [...SCENARIOS, PLANNED];
const chosen = all.filter(({ name }) => isWanted(name));
const folder = fileURLToPath(new URL(`./histories/${version}/`, import.meta.url));
await mkdir(folder, { recursive: true });
const server = await startTestEnvironment();
try {
  for (const scenario of chosen) {
    await withWorker(worldOf(scenario).activities, async ({ start, client }) => {
      const missionId = `m-20260101-${randomBytes(3).toString("hex")}`;
      await scenario.before?.(client, missionId);
      const handle = await start({ missionId, ...inputOf(scenario) });
      await scenario.steps?.(handle);
      await handle.result();
      for (const { workflowId, runId } of await runsOf(client, handle.workflowId)) {
        const part = workflowId.split("/").slice(2).join("-") || "mission";
        await record(client, workflowId, runId, `${scenario.name}.${part}.${runId.slice(0, 4)}`);
      }
    });
    console.log(`recorded ${scenario.name}`);
  }
  if (isWanted("pulse"))
    await withWorker(fakeWorld([]).activities, async ({ client }) => {
      const workflowId = `${PULSE_SCHEDULE_ID}-recorded`;
      const args = [{ maxRunning: DEFAULT_MAX_RUNNING }];
      const pulse = { workflowId, taskQueue: TEST_QUEUE, args };
      const { firstExecutionRunId: runId } = await client.workflow.start("pulseWorkflow", pulse);
      await client.workflow.getHandle(workflowId).result();
      await record(client, workflowId, runId, `pulse.pulse.${runId.slice(0, 4)}`);
    });
} finally {
  await server.stop();
}

async function record(client: Client, workflowId: string, runId: string, name: string) {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const json = { workflowId, history: JSON.parse(historyToJSON(history)) as unknown };
  await writeFile(`${folder}${name}.json.gz`, gzipSync(JSON.stringify(json)));
}

/** Every run of the mission and of its parts; visibility lags, so those of mission and guard must be there. */
async function runsOf(client: Client, missionWorkflowId: string) {
  for (;;) {
    const runs: { workflowId: string; runId: string }[] = [];
    const query = `WorkflowId STARTS_WITH "${missionWorkflowId}"`;
    for await (const { workflowId, runId, closeTime } of client.workflow.list({ query })) {
      if (closeTime !== undefined) runs.push({ workflowId, runId });
    }
    const has = (id: string) => runs.some(({ workflowId }) => workflowId === id);
    if (has(missionWorkflowId) && has(`${missionWorkflowId}/budget`)) return runs;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
