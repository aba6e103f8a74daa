/** An engine of its own for one bench: real server on free ports, folders below a temporary one, all gone at the end. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Client, Connection } from "@temporalio/client";
import { down } from "../client/commands/down.js";
import { up } from "../client/commands/up.js";
import type { Context } from "../client/context.js";
import { createOutput } from "../client/terminal/output.js";
import { connectClient, type ServerTarget } from "../config/connection.js";
import { readEnvironment, type Environment } from "../config/env.js";
import { packageRoot } from "../config/package-root.js";
import { enginePaths, type EnginePaths } from "../store/engine-paths.js";
import { progress } from "./print.js";

export interface Engine {
  folder: string;
  environment: Environment;
  /** What a child process of this engine gets as its environment. */
  variables: Record<string, string>;
  paths: EnginePaths;
  target: ServerTarget;
  client: Client;
  connection: Connection;
  /** As the command line would have it. */
  context: Context;
  serverVersion: string;
  /** Runs `missions <args>` as a person would, without npm. @returns what it printed. */
  missions(...args: string[]): Promise<string>;
}

/** Starts the server as `missions up` does, runs `work`, and stops whatever runs, also on Ctrl-C. */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "missions-bench-"));
  const variables = await variablesFor(folder);
  const environment = readEnvironment(variables);
  const stop = async () => {
    await down({ environment, workerGraceMs: 5_000 }, () => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const onSignal = () => {
    progress("Stopping what the bench started.");
    void stop().finally(() => process.exit(130));
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const { server } = await up({ environment, worker: false }, progress);
    const { client, connection, close } = await connectClient(server.target, 30_000);
    try {
      return await work({
        folder,
        environment,
        variables,
        paths: enginePaths(environment.engineHome),
        target: server.target,
        client,
        connection,
        context: contextOf(environment),
        serverVersion: server.version,
        missions: (...args) => runCommand(variables, folder, args),
      });
    } finally {
      await close();
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await stop();
  }
}

/** The caller's, without its missions, its Temporal and its home; the cache of server binaries stays. */
async function variablesFor(folder: string): Promise<Record<string, string>> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(?:MISSIONS_|TEMPORAL_|npm_|INIT_CWD)/.test(entry[0]),
  );
  const home = join(folder, "home");
  await mkdir(home);
  const [port, uiPort] = await freePorts(2);
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    INIT_CWD: folder,
    XDG_CACHE_HOME: dirname(readEnvironment().cacheHome),
    MISSIONS_HOME: join(folder, "missions"),
    MISSIONS_ENGINE_HOME: join(folder, "engine"),
    MISSIONS_PROJECTS: join(folder, "projects"),
    MISSIONS_TEMPORAL_PORT: String(port),
    MISSIONS_UI_PORT: String(uiPort),
  };
}

function contextOf(environment: Environment): Context {
  return {
    environment,
    paths: enginePaths(environment.engineHome),
    output: createOutput({ json: true, color: false }),
    verbose: false,
    by: { who: "bench", from: "library" },
  };
}

/** Ports that are free now, held together so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function runCommand(
  variables: Record<string, string>,
  cwd: string,
  args: string[],
): Promise<string> {
  const cli = join(packageRoot(), "dist", "client", "cli.js");
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: variables });
  let output = "";
  let errors = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new Error(`missions ${args.join(" ")} ended with ${String(code)}: ${errors}`);
  return output;
}
