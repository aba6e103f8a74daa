/** A worker in this process on the test server, with the activities a test gives it. */
import { randomBytes } from "node:crypto";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import type { Activities } from "../../activities/contract.js";
import { placementQueue } from "../../domain/ids.js";
import type { missionWorkflow } from "../../workflows/mission.js";
import type { MissionInput } from "../../workflows/messages.js";

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is set by the global set-up`);
  return value;
};

export const testAddress = () => environment("MISSIONS_TEST_ADDRESS");
export const testNamespace = () => environment("MISSIONS_TEST_NAMESPACE");
export const testBundle = () => environment("MISSIONS_TEST_BUNDLE");

let installed = false;
function quietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger("ERROR") });
}

export interface TestBench {
  client: Client;
  /** Starts a mission; its id is fresh unless given. */
  start(input: Partial<MissionInput>): Promise<MissionHandle>;
}
export type MissionHandle = WorkflowHandle<typeof missionWorkflow>;

/** Runs `body` beside a worker; the shared queue and the host queue of the test are both served. */
export async function withWorker(
  activities: Activities,
  body: (bench: TestBench) => Promise<void>,
  /** False: no host has a free slot until the test starts a worker for `placementQueue(TEST_QUEUE)`. */
  hasSlots = true,
): Promise<void> {
  quietRuntime();
  const address = testAddress();
  const namespace = testNamespace();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  try {
    const worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue: TEST_QUEUE,
      workflowBundle: { codePath: testBundle() },
      activities,
      maxCachedWorkflows: 500,
    });
    const host = await Worker.create({
      connection: native,
      namespace,
      taskQueue: TEST_HOST_QUEUE,
      activities,
      maxConcurrentActivityTaskExecutions: 50,
    });
    const client = new Client({ connection, namespace });
    const start = (input: Partial<MissionInput>) => startMission(client, input);
    const run = () => host.runUntil(worker.runUntil(() => body({ client, start })));
    if (!hasSlots) {
      await run();
      return;
    }
    const places = await Worker.create({
      connection: native,
      namespace,
      taskQueue: placementQueue(TEST_QUEUE),
      activities,
    });
    await places.runUntil(run);
  } finally {
    await connection.close();
    await native.close();
  }
}

/** Of one test file: files run side by side on one server. */
const files = randomBytes(4).toString("hex");
export const TEST_QUEUE = `missions-test-${files}`;
export const TEST_HOST_QUEUE = `missions-host-test-${files}`;

export function aMissionInput(input: Partial<MissionInput> = {}): MissionInput {
  return {
    missionId: `m-20260101-${randomBytes(3).toString("hex")}`,
    generation: 1,
    title: "A mission",
    mode: "full",
    planHash: "0".repeat(64),
    milestones: [{ id: "1", title: "First", features: 2 }],
    caps: { microUsd: 1_000_000, tokens: 1_000_000, activeMs: 3_600_000 },
    alertThresholdPct: 80,
    onAlert: "continue",
    atOnce: { code: 3, other: 10 },
    approved: true,
    by: { who: "tester", from: "test" },
    timings: { progressMs: 50, heartbeatMs: 60_000, retryMs: 50, drainMs: 1_000 },
    ...input,
  };
}

async function startMission(client: Client, input: Partial<MissionInput>): Promise<MissionHandle> {
  const full = aMissionInput(input);
  return client.workflow.start<typeof missionWorkflow>("missionWorkflow", {
    workflowId: `mission/${full.missionId}`,
    taskQueue: TEST_QUEUE,
    args: [full],
  });
}

/** Polls a query until it holds; patient, because the machine may be slow. */
export async function until<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  what = "condition",
): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
