/** Puts a worker together; the only place that makes adapters. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { createActivities } from "../activities/index.js";
import { createQueuePort } from "../activities/adapters/open-missions.js";
import { createPollers } from "../activities/adapters/pollers.js";
import { connectClient, connectWorker, resolveTarget } from "../config/connection.js";
import type { Environment } from "../config/env.js";
import { createLog, temporalLogSink } from "../config/log.js";
import { packageRoot } from "../config/package-root.js";
import { workerReadyFile } from "../config/worker-process.js";
import { hostQueue, TASK_QUEUE } from "../domain/ids.js";
import { enginePaths } from "../store/engine-paths.js";
import { writeWhole } from "../store/files.js";
import { readHostId } from "../store/host-id.js";
import { assembleDependencies } from "./dependencies.js";

const GRACE_MS = 20_000;
const FORCE_MS = 40_000;

/** Runs until SIGTERM or SIGINT: then attempts checkpoint, calls in flight end, and Temporal retries elsewhere or later. */
export async function runWorker(
  environment: Environment,
  { agentSlots }: { agentSlots: number },
): Promise<void> {
  const paths = enginePaths(environment.engineHome);
  const hostId = await readHostId(paths);
  const assembled = await assembleDependencies(environment, paths, hostId);
  const log = createLog({
    write: (line) => process.stdout.write(line),
    level: "info",
    secrets: assembled.secrets,
  });
  Runtime.install({
    logger: new DefaultLogger("INFO", temporalLogSink(log)),
    shutdownSignals: ["SIGINT", "SIGTERM"],
  });
  const target = resolveTarget(environment);
  const client = await connectClient(target);
  const connection: NativeConnection = await connectWorker(target);
  const ready = workerReadyFile(paths);
  try {
    const pollers = createPollers(client.connection, target.namespace);
    const queue = createQueuePort(client.client);
    const activities = createActivities({ ...assembled.dependencies, pollers, queue });
    const shared = {
      connection,
      namespace: target.namespace,
      identity: `${hostId}@${process.pid}`,
      activities,
      shutdownGraceTime: GRACE_MS,
      shutdownForceTime: FORCE_MS,
      // Heartbeats carry cancellation: at most a second late, however long the timeout is.
      maxHeartbeatThrottleInterval: 1_000,
      defaultHeartbeatThrottleInterval: 1_000,
    };
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath: join(packageRoot(), "dist", "workflow-bundle.js") },
        maxCachedWorkflows: 2_000,
        maxConcurrentActivityTaskExecutions: 100,
      }),
      Worker.create({
        ...shared,
        taskQueue: hostQueue(hostId),
        maxConcurrentActivityTaskExecutions: agentSlots,
      }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    await writeWhole(ready, `${process.pid}\n`);
    log.info("worker ready", { hostId, namespace: target.namespace, address: target.address });
    await running;
  } finally {
    await rm(ready, { force: true });
    assembled.stop();
    await connection.close();
    await client.close();
  }
}
