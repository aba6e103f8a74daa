/** A real Temporal server of its own for tests: free ports, a database in a temporary folder. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAMESPACE } from "../../domain/ids.js";
import { connectClient } from "../../config/connection.js";
import { readEnvironment } from "../../config/env.js";
import { isRunning, startInBackground, stopProcess } from "../../config/processes.js";
import { acquireBinary } from "../../config/server/acquire.js";
import { devServerArguments, waitUntilHealthy } from "../../config/server/dev-server.js";
import { problemInLog } from "../../config/server/log-problem.js";
import { prepareNamespace } from "../../config/server/namespace.js";

export interface TestServer {
  address: string;
  namespace: string;
  uiAddress: string;
  binary: string;
  dbFile: string;
  /** Of the process that runs now; changes with `restart`. */
  readonly pid: number;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  /** SIGKILL; the database file stays. */
  kill(): Promise<void>;
  /** Starts again on the same ports and file, after `kill` or on a running one. */
  restart(): Promise<void>;
}

/** @param options.synchronous `full` as `missions up` does, for benches; the default `off` still survives SIGKILL. */
export async function startTestServer(
  options: { report?: (line: string) => void; synchronous?: "full" | "off" } = {},
): Promise<TestServer> {
  const environment = readEnvironment();
  const binary = await acquireBinary(environment, options.report ?? (() => undefined));
  const folder = await mkdtemp(join(tmpdir(), "missions-server-"));
  const dbFile = join(folder, "temporal.db");
  const logFile = join(folder, "server.log");
  const [port, uiPort] = await freePorts(2);
  if (port === undefined || uiPort === undefined) throw new Error("no free port");
  const address = `127.0.0.1:${port}`;
  const start = async () => {
    const server = await startInBackground({
      program: binary.path,
      args: devServerArguments({
        dbFile,
        port,
        uiPort,
        synchronous: options.synchronous ?? "off",
      }),
      cwd: folder,
      variables: environment.childVariables("server"),
      logFile,
    });
    await waitUntilHealthy(server, port, 120_000, async () =>
      problemInLog(await readFile(logFile, "utf8"), { port, uiPort, dbFile, logFile }),
    );
    return server;
  };
  let server = await start();
  const target = { address, namespace: NAMESPACE, chosenBy: "default" } as const;
  const { connection, close } = await connectClient(target, 30_000);
  await prepareNamespace(connection, NAMESPACE, { owned: true, report: () => undefined });
  await close();
  return {
    address,
    namespace: NAMESPACE,
    uiAddress: `http://127.0.0.1:${uiPort}`,
    binary: binary.path,
    dbFile,
    get pid() {
      return server.pid;
    },
    async stop() {
      await stopProcess(server, 5_000);
      await rm(folder, { recursive: true, force: true });
    },
    async kill() {
      if (isRunning(server)) process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    async restart() {
      await stopProcess(server, 5_000);
      server = await start();
    },
  };
}

/** Below those that systems give to whoever asks for any: a browser's connection must not take one before its server does. */
const PORTS = { from: 15_000, count: 15_000 };

/** Ports that are free now and differ. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = PORTS.from + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
