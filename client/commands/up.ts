/** `missions up`: a server that answers, made ready, and a worker on it. Safe to repeat; two at once start one of each. */
import { join } from "node:path";
import { buildHash } from "../../config/build-hash.js";
import { connectClient } from "../../config/connection.js";
import type { Environment } from "../../config/env.js";
import { withLock } from "../../config/lock.js";
import { packageRoot } from "../../config/package-root.js";
import type { AcquireLimits, Report } from "../../config/server/acquire.js";
import { ensureServer, type EnsuredServer } from "../../config/server/ensure.js";
import {
  ensureWorker,
  type EnsuredWorker,
  type MayReplaceWorker,
} from "../../config/worker-process.js";
import { enginePaths } from "../../store/engine-paths.js";
import { repairPulse } from "../queue/pulse-schedule.js";

export interface UpOptions {
  environment: Environment;
  /** Default: yes, unless MISSIONS_WORKERS=elsewhere. */
  worker?: boolean;
  /** Asked before a worker of another build is stopped; default: yes. */
  mayReplaceWorker?: MayReplaceWorker;
  acquireLimits?: AcquireLimits;
  /** Script of the worker and the build it belongs to; default: this package's own. */
  workerBuild?: { entry: string; buildHash: string };
}

export interface UpResult {
  server: EnsuredServer;
  worker: EnsuredWorker | undefined;
}

/** Getting a server for the first time may mean building it. */
const LOCK_WAIT_MS = 75 * 60_000;

export const upLock = (environment: Environment) =>
  join(enginePaths(environment.engineHome).run, "up.lock");

/** @throws Problem with a remedy for everything that a person can mend; each step is told to `report` as it happens. */
export async function up(options: UpOptions, report: Report): Promise<UpResult> {
  const { environment } = options;
  const onWait = ({ pid }: { pid: number }) => {
    report(`Process ${pid} is starting or stopping things already; waiting for it.`);
  };
  return withLock(upLock(environment), { waitMs: LOCK_WAIT_MS, onWait }, async () => {
    const server = await ensureServer(environment, report, options.acquireLimits);
    await repairQueue(server, report);
    const worksHere = options.worker ?? !environment.workersElsewhere;
    if (!worksHere) return { server, worker: undefined };
    const build = options.workerBuild ?? (await ownBuild());
    const worker = await ensureWorker({
      environment,
      server: server.target,
      ...build,
      report,
      mayReplaceWorker: options.mayReplaceWorker ?? (() => Promise.resolve({ ok: true })),
    });
    return { server, worker };
  });
}

/** Missions may wait for a pulse that somebody deleted; that stops nothing else. */
async function repairQueue({ target }: EnsuredServer, report: Report): Promise<void> {
  try {
    const { client, close } = await connectClient(target);
    try {
      if (await repairPulse(client))
        report("Missions wait in the queue; their pulse is made again.");
    } finally {
      await close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report(`Whether missions wait in the queue could not be asked: ${why}`);
  }
}

async function ownBuild(): Promise<{ entry: string; buildHash: string }> {
  const dist = join(packageRoot(), "dist");
  return { entry: join(dist, "workers", "main.js"), buildHash: await buildHash(dist) };
}
