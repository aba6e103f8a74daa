/** The demo: its plan, and the local server that plays its model with canned replies. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { packageRoot } from "../../config/package-root.js";
import { isRunning, startInBackground, stopProcess } from "../../config/processes.js";
import { readRecord } from "../../config/server/record.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import type { Undo } from "./undo.js";

export const demoPlanPath = () => join(packageRoot(), "examples", "web-service", "plan.yaml");

const READY_MS = 30_000;

/** Started once and kept for later demos; `missions down` stops it. */
export async function ensureDemoModel(context: Context, undo: Undo): Promise<void> {
  const { environment, paths } = context;
  const recordFile = join(paths.run, "demo-model.json");
  const running = readRecord(recordFile);
  if (running !== undefined && isRunning(running)) return;
  const logFile = join(paths.logs, "demo-model.log");
  const { exited, ...model } = await startInBackground({
    program: process.execPath,
    args: [join(packageRoot(), "dist", "workers", "demo-model.js")],
    cwd: packageRoot(),
    variables: {
      ...environment.childVariables("worker"),
      MISSIONS_ENGINE_HOME: environment.engineHome,
    },
    logFile,
  });
  undo.add(async () => {
    await stopProcess(model, 5_000);
  });
  const ended = new AbortController();
  void exited.then(() => {
    ended.abort();
  });
  const end = Date.now() + READY_MS;
  while (Date.now() < end && !ended.signal.aborted) {
    if (readRecord(recordFile)?.pid === model.pid) return;
    await delay(50);
  }
  throw new Problem(
    EXIT.environment,
    "The demo's model server did not start.",
    `Read ${logFile}, then try again.`,
  );
}
