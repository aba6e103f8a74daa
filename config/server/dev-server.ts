/** Starts Temporal's development server in the background on the missions' own database file. */
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NAMESPACE } from "../../domain/ids.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { askServer } from "../connection.js";
import { startInBackground, stopProcess, type BackgroundProcess } from "../processes.js";
import type { ServerBinary } from "./acquire.js";
import { checkDatabase, databaseFile, markDatabase } from "./database.js";
import { problemInLog } from "./log-problem.js";
import { SEARCH_ATTRIBUTES } from "./namespace.js";
import {
  removeServerRecord,
  serverAddress,
  writeServerRecord,
  type ServerRecord,
} from "./record.js";

const LEAST_FREE_BYTES = 50e6;

export interface DevServerSettings {
  dbFile: string;
  port: number;
  uiPort: number;
  /** `full` survives a power cut; tests that only kill processes may take `off`. */
  synchronous?: "full" | "off";
}

export function devServerArguments(settings: DevServerSettings): string[] {
  return ["server", "start-dev", "--ip", "127.0.0.1", "--namespace", NAMESPACE].concat(
    ["--port", String(settings.port), "--ui-port", String(settings.uiPort)],
    ["--db-filename", settings.dbFile, "--sqlite-pragma", "journal_mode=wal"],
    ["--sqlite-pragma", `synchronous=${settings.synchronous ?? "full"}`],
    ["--ui-disable-news-fetch", "--log-format", "json", "--log-level", "warn"],
    // Heeded only when the namespace is new; prepareNamespace adds what an older file lacks.
    Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      "--search-attribute",
      `${name}=${type}`,
    ]),
  );
}

/**
 * Starts the server, records it in `run/server.json` and waits until it answers.
 * @throws Problem for a full disk, a file of another version, a port taken meanwhile; then nothing runs and nothing is recorded.
 */
export async function startDevServer(options: {
  binary: ServerBinary;
  engine: EnginePaths;
  port: number;
  uiPort: number;
  variables: Record<string, string>;
  insteadOf?: string;
  limitMs?: number;
}): Promise<ServerRecord> {
  const { binary, engine, port, uiPort } = options;
  await mkdir(engine.server, { recursive: true });
  await mkdir(engine.run, { recursive: true });
  await checkFreeSpace(engine);
  const dbFile = databaseFile(engine, binary.serverVersion);
  await checkDatabase(dbFile, binary.serverVersion);
  const isNew = !existsSync(dbFile);
  const logFile = join(engine.logs, "server.log");
  const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
  const server = await startInBackground({
    program: binary.path,
    args: devServerArguments({ dbFile, port, uiPort }),
    cwd: engine.server,
    variables: options.variables,
    logFile,
  });
  const record: ServerRecord = {
    pid: server.pid,
    startTime: server.startTime,
    port,
    uiPort,
    version: binary.serverVersion,
    source: binary.source,
    binary: binary.path,
    dbFile,
    ...(options.insteadOf === undefined ? {} : { insteadOf: options.insteadOf }),
  };
  try {
    await writeServerRecord(engine, record);
    await waitUntilHealthy(server, port, options.limitMs ?? 60_000, async () =>
      problemInLog((await readFile(logFile)).subarray(logStart).toString("utf8"), {
        port,
        uiPort,
        dbFile,
        logFile,
      }),
    );
    await markDatabase(dbFile, binary.serverVersion);
    return record;
  } catch (error) {
    await stopProcess(server, 5_000);
    await removeServerRecord(engine);
    // A half-made schema would be refused for ever; a file that never served holds no mission.
    if (isNew) {
      for (const end of ["", "-wal", "-shm", "-journal"]) await rm(dbFile + end, { force: true });
    }
    throw error;
  }
}

/** @throws what `explain` makes of the log when the server ends or stays silent. */
export async function waitUntilHealthy(
  server: BackgroundProcess,
  port: number,
  limitMs: number,
  explain: () => Promise<Problem>,
): Promise<void> {
  const state = { ended: false };
  void server.exited.then(() => {
    state.ended = true;
  });
  const end = Date.now() + limitMs;
  const target = { address: serverAddress({ port }), namespace: NAMESPACE } as const;
  for (;;) {
    const answer = await askServer({ ...target, chosenBy: "default" }, 10_000);
    // Another server on this port would answer in the place of ours, which then ends.
    if (state.ended || Date.now() >= end) throw await explain();
    if (answer.kind === "temporal") return;
    await delay(50);
  }
}

async function checkFreeSpace(engine: EnginePaths): Promise<void> {
  const { bavail, bsize } = await statfs(engine.server);
  if (bavail * bsize >= LEAST_FREE_BYTES) return;
  throw new Problem(
    EXIT.environment,
    `The disk that holds ${engine.server} is full (${Math.floor((bavail * bsize) / 1e6)} MB left).`,
    "Free some space, then: npx missions up",
  );
}
