/** Two worker processes that share one engine home, and the command line beside them, as docker-compose.yml sets them up. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, startInBackground, type BackgroundProcess } from "../../config/processes.js";
import { composeService, repositoryPath } from "../helpers/compose-file.js";
import { mustRun } from "./run-program.js";

const READY_MS = 90_000;

/** Variables of the service `worker-1`, with folders below `folder`. */
export function workerVariables(
  folder: string,
  address: string,
  path: string,
): Record<string, string> {
  const { environment = {} } = composeService("worker-1");
  const below = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value.startsWith("/data/") ? [[name, join(folder, value)]] : [],
    ),
  );
  return {
    ...environment,
    ...below,
    TEMPORAL_ADDRESS: address,
    PATH: path,
    HOME: join(folder, "home"),
    LANG: "C.UTF-8",
  };
}

/** @param keep is given the process at once. @returns once it polls. */
export async function startWorker(
  name: string,
  folder: string,
  variables: Record<string, string>,
  keep: (started: BackgroundProcess) => void,
): Promise<BackgroundProcess> {
  const [, ...args] = composeService("worker-1").command ?? [];
  const logFile = join(folder, "logs", `${name}.log`);
  const worker = await startInBackground({
    program: process.execPath,
    args,
    cwd: repositoryPath("."),
    variables,
    logFile,
  });
  keep(worker);
  const end = Date.now() + READY_MS;
  for (;;) {
    const log = await readFile(logFile, "utf8");
    if (log.includes("worker ready")) return worker;
    if (!isRunning(worker) || Date.now() > end) {
      throw new Error(`${name} is not ready: ${log.slice(-2_000)}`);
    }
    await delay(200);
  }
}

/** `missions <words>`; with --json the answer is parsed. */
export async function missions(
  words: readonly string[],
  variables: Record<string, string>,
): Promise<unknown> {
  const cli = repositoryPath("dist/client/cli.js");
  const command = [process.execPath, cli, ...words, "--json"];
  const answer = await mustRun(command, {
    env: variables,
    cwd: variables["MISSIONS_PROJECTS"] ?? ".",
  });
  return JSON.parse(answer) as unknown;
}
