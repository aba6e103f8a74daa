/** Workers in the bench's own process, set like those of `workers/run-worker.ts`. */
import { join } from "node:path";
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from "@temporalio/worker";
import type { Activities } from "../activities/contract.js";
import { packageRoot } from "../config/package-root.js";
import { placementQueue, TASK_QUEUE } from "../domain/ids.js";
import type { Engine } from "./engine.js";

/** Queue of the bare workflows; their activities run where ours do. */
export const BARE_QUEUE = "missions-bench-bare";

const dist = (...path: string[]) => join(packageRoot(), "dist", ...path);
const silent = () => undefined;
const quiet = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: console.warn,
  error: console.error,
};

let installed = false;
function quietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
}

export interface Workers {
  activities: Activities;
  /** Task queue of this host. */
  queue: string;
  /** Also serve the bare workflows. */
  bare?: boolean;
  agentSlots?: number;
}

/** Runs `body` beside the shared queue's worker, the host's, and where asked the bare one. */
export async function withWorkers<T>(
  { target }: Engine,
  { activities, queue, bare = false, agentSlots = 20 }: Workers,
  body: () => Promise<T>,
): Promise<T> {
  quietRuntime();
  const connection = await NativeConnection.connect({ address: target.address });
  const shared = {
    connection,
    namespace: target.namespace,
    activities,
    maxHeartbeatThrottleInterval: 1_000,
    defaultHeartbeatThrottleInterval: 1_000,
  };
  const workflows = { maxCachedWorkflows: 2_000, maxConcurrentActivityTaskExecutions: 100 };
  try {
    const workers = [
      await Worker.create({
        ...shared,
        ...workflows,
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath: dist("workflow-bundle.js") },
      }),
      await Worker.create({
        ...shared,
        taskQueue: queue,
        maxConcurrentActivityTaskExecutions: agentSlots,
      }),
      await Worker.create({ ...shared, taskQueue: placementQueue(TASK_QUEUE) }),
    ];
    if (bare) {
      const workflowBundle = await bundleWorkflowCode({
        workflowsPath: dist("bench", "bare-workflows.js"),
        logger: quiet,
      });
      workers.push(
        await Worker.create({ ...shared, ...workflows, taskQueue: BARE_QUEUE, workflowBundle }),
        await Worker.create({ ...shared, taskQueue: placementQueue(BARE_QUEUE) }),
      );
    }
    const running = Promise.all(workers.map((worker) => worker.run()));
    try {
      return await Promise.race([body(), running.then(endedEarly)]);
    } finally {
      for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
      await running;
    }
  } finally {
    await connection.close();
  }
}

function endedEarly(): never {
  throw new Error("a worker ended before the bench did");
}
