/** An engine of its own for a test: temporary homes, a namespace of its own, real worker processes that can be killed and frozen. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import type { Context } from "../../client/context.js";
import { readEnvironment } from "../../config/env.js";
import { packageRoot } from "../../config/package-root.js";
import { isRunning, startTimeOf } from "../../config/processes.js";
import { prepareNamespace } from "../../config/server/namespace.js";
import { workerReadyFile } from "../../config/worker-process.js";
import { enginePaths, type EnginePaths } from "../../store/engine-paths.js";
import { writeWhole } from "../../store/files.js";
import { createOutput } from "../../client/terminal/output.js";

/** Patient, because the machine may be slow and busy. */
export const PATIENCE_MS = 120_000;

export interface WorkerProcess {
  pid: number;
  exited: Promise<void>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** SIGKILL to its whole process group: git goes with it, as when a container ends. */
  killGroup(): void;
}

export interface Engine {
  /** Temporary folder that holds everything below. */
  root: string;
  paths: EnginePaths;
  /** Environment of the engine's processes. */
  variables: Record<string, string>;
  context: Context;
  client: Client;
  namespace: string;
  /** Starts `node dist/workers/main.js` and waits until it polls. */
  startWorker(more?: Record<string, string>): Promise<WorkerProcess>;
  /** Ends what is left of it. @throws when the test left a worker running that it did not mean to. */
  close(): Promise<void>;
}

/**
 * @param address of a real server; the namespace is made there.
 * @param host another host of a mission: the namespace of its home, and what goes before its workers' command.
 */
export async function openEngine(
  address: string,
  more: Record<string, string> = {},
  host: { namespace?: string; through?: readonly string[] } = {},
): Promise<Engine> {
  const main = join(packageRoot(), "dist", "workers", "main.js");
  if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
  const root = await mkdtemp(join(tmpdir(), "missions-e2e-"));
  const namespace = host.namespace ?? `e2e-${randomBytes(4).toString("hex")}`;
  const variables: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    LANG: "C.UTF-8",
    HOME: join(root, "home"),
    MISSIONS_HOME: join(root, "missions"),
    MISSIONS_ENGINE_HOME: join(root, "engine"),
    MISSIONS_PROJECTS: join(root, "projects"),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    ...more,
  };
  const paths = enginePaths(join(root, "engine"), more["MISSIONS_STORE"]);
  await Promise.all([paths.run, paths.logs, join(root, "home")].map(makeFolder));
  const connection = await Connection.connect({ address, connectTimeout: PATIENCE_MS });
  const limitMs = PATIENCE_MS;
  await prepareNamespace(connection, namespace, { owned: true, report: () => undefined, limitMs });
  const client = new Client({ connection, namespace });
  const workers: WorkerProcess[] = [];

  const startWorker = async (extra: Record<string, string> = {}) => {
    const log = openSync(join(paths.logs, "worker.log"), "a");
    await rm(workerReadyFile(paths), { force: true });
    const command = [...(host.through ?? []), process.execPath, "--enable-source-maps", main];
    const child = spawn(command[0] ?? "", command.slice(1), {
      cwd: root,
      env: { ...variables, ...extra },
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const worker = workerOf(child);
    workers.push(worker);
    const isReady = async () =>
      (await readFile(workerReadyFile(paths), "utf8").catch(() => "")).trim() ===
      String(worker.pid);
    await until(isReady, (ready) => ready || !worker.isRunning(), "a worker that polls");
    if (!worker.isRunning()) throw new Error(`the worker ended: ${logOf(paths)}`);
    return worker;
  };
  return {
    root,
    paths,
    variables,
    client,
    namespace,
    startWorker,
    context: contextOf(variables, paths, root),
    close: async () => {
      for (const worker of workers.filter((each) => each.isRunning())) {
        worker.kill("SIGCONT");
        worker.kill("SIGKILL");
        await worker.exited;
      }
      await connection.close();
      await until(
        async () => processesIn(root),
        (left) => left.length === 0,
        "the end of all processes of the engine",
      );
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const makeFolder = (path: string) => mkdir(path, { recursive: true });

const logOf = ({ logs }: EnginePaths) =>
  readFileSync(join(logs, "worker.log"), "utf8").split("\n").slice(-5).join("\n");

function workerOf(child: ChildProcess): WorkerProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error("the worker has no process id");
  const identity = { pid, startTime: startTimeOf(pid) };
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  return {
    pid,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null && isRunning(identity),
    kill: (signal) => void child.kill(signal),
    killGroup: () => {
      if (isRunning(identity)) process.kill(-pid, "SIGKILL");
    },
  };
}

function contextOf(variables: Record<string, string>, paths: EnginePaths, root: string): Context {
  const nothing = () => undefined;
  return {
    environment: readEnvironment({ ...variables, INIT_CWD: root }),
    paths,
    output: {
      ...createOutput({ json: true, color: false }),
      line: nothing,
      note: nothing,
      answer: nothing,
      jsonLine: nothing,
      write: nothing,
    },
    verbose: false,
    by: { who: "tester", from: "test" },
  };
}

/** A folder that confined commands may read: flags in it tell them to go on. */
export async function shownFolder({ root, paths }: Engine): Promise<string> {
  const folder = join(root, "shown");
  await mkdir(folder, { recursive: true });
  await mkdir(paths.root, { recursive: true });
  await appendFile(paths.settings, `sandbox: {readable: [${JSON.stringify(folder)}]}\n`);
  return folder;
}

/** Ids of processes whose working folder lies below `root` (Linux); what a worker's commands leave behind is found so. */
export function processesIn(root: string): number[] {
  if (!existsSync("/proc/self")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(root);
      } catch {
        return false; // it has ended
      }
    })
    .map(Number);
}

/** Polls until it holds. */
export async function until<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  what: string,
  limitMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Says where the demo's model is, as its own process does. */
export async function announceModel(paths: EnginePaths, port: number): Promise<void> {
  await writeWhole(
    join(paths.run, "demo-model.json"),
    JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid), port }),
  );
}
