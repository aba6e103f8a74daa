/** Puts a worker together; the only place that makes adapters. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { createActivities } from "../activities/index.js";
import { createAgentSlots } from "../activities/adapters/agent-slots.js";
import { clearStay } from "../activities/leaving.js";
import { createQueuePort } from "../activities/adapters/open-missions.js";
import { createPollers } from "../activities/adapters/pollers.js";
import { connectClient, connectWorker, resolveTarget } from "../config/connection.js";
import type { Environment } from "../config/env.js";
import { createLog, temporalLogSink } from "../config/log.js";
import { packageRoot } from "../config/package-root.js";
import { workerReadyFile } from "../config/worker-process.js";
import { hostQueue, placementQueue, TASK_QUEUE } from "../domain/ids.js";
import { EXIT, Problem } from "../domain/problem.js";
import type { HeldSlot } from "../store/agent-slots.js";
import { enginePaths } from "../store/engine-paths.js";
import { writeWhole } from "../store/files.js";
import { readHostId } from "../store/host-id.js";
import { assembleDependencies } from "./dependencies.js";
import { hasEnded, placementTuner } from "./placement-worker.js";

const GRACE_MS = 20_000;
const FORCE_MS = 40_000;
const BESIDE = 20;
/** While features wait for a slot, those that hold one are looked at this often. */
const SWEEP_EVERY_MS = 15_000;

/** Runs until SIGTERM or SIGINT: then attempts checkpoint, calls in flight end, and Temporal retries elsewhere or later. */
export async function runWorker(
  environment: Environment,
  { agentSlots }: { agentSlots: number },
): Promise<void> {
  const paths = enginePaths(environment.engineHome, environment.store);
  await requireStoreFolder(environment);
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
    const sweeping = {
      isOver: hasEnded(client.client),
      clear: (slot: HeldSlot) => clearStay(assembled.dependencies, slot),
    };
    let sweptAt = 0;
    const slots = createAgentSlots({
      folder: paths.slots,
      slots: agentSlots,
      onFull: (full) => {
        if (Date.now() - sweptAt < SWEEP_EVERY_MS) return;
        sweptAt = Date.now();
        full.sweep(sweeping).catch((error: unknown) => {
          log.warn("slots could not be looked at", { error: String(error) });
        });
      },
    });
    const activities = createActivities({ ...assembled.dependencies, pollers, queue, slots });
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
        // Room for merges, checks and files beside the features that are at work.
        maxConcurrentActivityTaskExecutions: agentSlots + BESIDE,
      }),
      Worker.create({
        ...shared,
        taskQueue: placementQueue(TASK_QUEUE),
        tuner: placementTuner(slots),
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

/** A store that several hosts share may be a mount that is not there just now. @throws Problem */
async function requireStoreFolder({ store }: Environment): Promise<void> {
  if (store === undefined) return;
  try {
    const probe = join(store, `${process.pid}.probe`);
    await writeWhole(probe, "");
    await rm(probe);
  } catch (error) {
    throw new Problem(
      EXIT.environment,
      `The store ${store} cannot be written: ${String(error).slice(0, 200)}`,
      "Mount it or mend its rights, or unset MISSIONS_STORE where this is the only host.",
      error,
    );
  }
}
