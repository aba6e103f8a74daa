/** The worker that `missions up` keeps in the background: started, recognised by its build, replaced, stopped. */
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EXIT, Problem } from "../domain/problem.js";
import { enginePaths, type EnginePaths } from "../store/engine-paths.js";
import { writeWhole } from "../store/files.js";
import type { Environment } from "./env.js";
import {
  isRunning,
  startInBackground,
  startTimeOf,
  stopProcess,
  type ProcessIdentity,
} from "./processes.js";
import { readRecord } from "./server/record.js";

export interface WorkerRecord extends ProcessIdentity {
  buildHash: string;
  /** Server that it was started for. */
  address: string;
  namespace: string;
  /** Seen polling. Kept here because a worker in the foreground overwrites the ready file with its own id. */
  wasReady?: boolean;
}

/** Where a worker writes its process id once it polls. */
export const workerReadyFile = (engine: EnginePaths) => join(engine.run, "worker.ready");
const recordPath = (engine: EnginePaths) => join(engine.run, "worker.json");

export function readWorkerRecord(engine: EnginePaths): WorkerRecord | undefined {
  return readRecord<WorkerRecord>(recordPath(engine));
}

export async function removeWorkerRecord(engine: EnginePaths): Promise<void> {
  await rm(recordPath(engine), { force: true });
  await rm(workerReadyFile(engine), { force: true });
}

/** Asked before a running worker of another build is stopped; a refusal keeps the old one. */
export type MayReplaceWorker = (
  running: WorkerRecord,
  newBuildHash: string,
) => Promise<{ ok: true } | { ok: false; reason: string }>;

export interface EnsuredWorker {
  pid: number;
  buildHash: string;
  /** `kept`: it ran already. `outdated`: another build runs on because replacing it was refused. */
  kind: "started" | "replaced" | "kept" | "outdated";
}

/** How long features get to reach their next checkpoint before the process is ended. */
export const WORKER_GRACE_MS = 60_000;

/** @throws Problem when the worker does not come up; then nothing of it runs. */
export async function ensureWorker(options: {
  environment: Environment;
  server: { address: string; namespace: string };
  /** The script to run and the build it belongs to. */
  entry: string;
  buildHash: string;
  report: (line: string) => void;
  mayReplaceWorker: MayReplaceWorker;
  readyLimitMs?: number;
}): Promise<EnsuredWorker> {
  const { environment, server, buildHash, report } = options;
  const engine = enginePaths(environment.engineHome);
  const running = readWorkerRecord(engine);
  if (!running || !isRunning(running)) {
    if (running) {
      report(
        startTimeOf(running.pid) === undefined
          ? `Stale pid file: worker process ${running.pid} is gone; starting anew.`
          : `Stale pid file: process ${running.pid} is another program now and is left alone; starting anew.`,
      );
    }
    const { pid } = await startWorkerProcess(options);
    report(`Worker started (process ${pid}).`);
    return { pid, buildHash, kind: "started" };
  }
  const elsewhere = running.address !== server.address || running.namespace !== server.namespace;
  if (running.buildHash === buildHash && !elsewhere) {
    if (running.wasReady !== true) {
      await waitUntilReady(engine, running, undefined, options.readyLimitMs);
    }
    report(`The worker runs already (process ${running.pid}).`);
    return { pid: running.pid, buildHash, kind: "kept" };
  }
  const answer = elsewhere
    ? ({ ok: true } as const)
    : await options.mayReplaceWorker(running, buildHash);
  if (!answer.ok) {
    report(`Worker ${running.pid} of another build goes on: ${answer.reason}`);
    return { pid: running.pid, buildHash: running.buildHash, kind: "outdated" };
  }
  report(
    elsewhere
      ? `Worker ${running.pid} serves ${running.address}; replacing it.`
      : `Worker ${running.pid} is of another build; replacing it after its calls in flight.`,
  );
  await stopProcess(running, WORKER_GRACE_MS);
  const { pid } = await startWorkerProcess(options);
  report(`Worker started (process ${pid}).`);
  return { pid, buildHash, kind: "replaced" };
}

/** Starts `node <entry>` with an environment built from nothing; no provider's key of the shell reaches it. */
export async function startWorkerProcess(options: {
  environment: Environment;
  server: { address: string; namespace: string };
  entry: string;
  buildHash: string;
  readyLimitMs?: number;
}): Promise<WorkerRecord> {
  const { environment, server } = options;
  const engine = enginePaths(environment.engineHome);
  await removeWorkerRecord(engine);
  const logFile = join(engine.logs, "worker.log");
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const worker = await startInBackground({
    program: process.execPath,
    args: ["--enable-source-maps", options.entry],
    cwd: engine.root,
    variables: environment.childVariables("worker"),
    logFile,
  });
  const record: WorkerRecord = {
    pid: worker.pid,
    startTime: worker.startTime,
    buildHash: options.buildHash,
    address: server.address,
    namespace: server.namespace,
  };
  try {
    await writeRecord(engine, record);
    await waitUntilReady(engine, record, logStart, options.readyLimitMs);
    await writeRecord(engine, { ...record, wasReady: true });
    return record;
  } catch (error) {
    await stopProcess(worker, 5_000);
    await removeWorkerRecord(engine);
    throw error;
  }
}

function writeRecord(engine: EnginePaths, record: WorkerRecord): Promise<void> {
  return writeWhole(recordPath(engine), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

async function waitUntilReady(
  engine: EnginePaths,
  worker: ProcessIdentity,
  logStart: number | undefined,
  limitMs = 90_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    const ready = await readFile(workerReadyFile(engine), "utf8").catch(() => "");
    if (ready.trim() === String(worker.pid)) return;
    const alive = isRunning(worker);
    if (!alive || Date.now() >= end) {
      const logFile = join(engine.logs, "worker.log");
      const log = (await readFile(logFile).catch(() => Buffer.alloc(0))).subarray(logStart ?? 0);
      const last = log.toString("utf8").trim().split("\n").at(-1)?.slice(0, 300);
      throw new Problem(
        EXIT.noServer,
        `The worker ${alive ? "did not get ready in time" : "ended while starting"}${last ? ` (${last})` : ""}.`,
        `Read ${logFile}, then: npx missions down && npx missions up`,
      );
    }
    await delay(25);
  }
}
