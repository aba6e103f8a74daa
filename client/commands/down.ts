/** `missions down`: stops what `missions up` started, and only that. Missions stay in the database file. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../config/env.js";
import { withLock } from "../../config/lock.js";
import { stopProcess, type ProcessIdentity, type StopResult } from "../../config/processes.js";
import { readRecord, readServerRecord, removeServerRecord } from "../../config/server/record.js";
import {
  readWorkerRecord,
  removeWorkerRecord,
  WORKER_GRACE_MS,
} from "../../config/worker-process.js";
import { enginePaths } from "../../store/engine-paths.js";
import { upLock } from "./up.js";

export interface Stopped {
  what: "worker" | "server" | "demo model";
  pid: number;
  /** `not running`: only its stale pid file was removed. */
  how: StopResult;
}

/** @returns what there was to stop, in order; empty when `missions up` left nothing running. */
export async function down(
  options: { environment: Environment; workerGraceMs?: number },
  report: (line: string) => void,
): Promise<Stopped[]> {
  const { environment } = options;
  const engine = enginePaths(environment.engineHome);
  const demoModelFile = join(engine.run, "demo-model.json");
  const onWait = ({ pid }: { pid: number }) => {
    report(`Process ${pid} is starting or stopping things already; waiting for it.`);
  };
  return withLock(upLock(environment), { waitMs: 10 * 60_000, onWait }, async () => {
    const stopped: Stopped[] = [];
    const stop = async (
      what: Stopped["what"],
      recorded: ProcessIdentity | undefined,
      removeRecord: () => Promise<void>,
      graceMs?: number,
    ) => {
      if (recorded) {
        const how = await stopProcess(recorded, graceMs);
        stopped.push({ what, pid: recorded.pid, how });
        report(sentence(what, recorded.pid, how));
      }
      await removeRecord();
    };
    // The worker first: it settles and checkpoints with the server still there.
    await stop(
      "worker",
      readWorkerRecord(engine),
      () => removeWorkerRecord(engine),
      options.workerGraceMs ?? WORKER_GRACE_MS,
    );
    await stop("server", readServerRecord(engine), () => removeServerRecord(engine));
    await stop("demo model", readRecord(demoModelFile), () => rm(demoModelFile, { force: true }));
    if (stopped.length === 0) report("Nothing of ours runs.");
    return stopped;
  });
}

function sentence(what: string, pid: number, how: StopResult): string {
  switch (how) {
    case "stopped":
      return `Stopped the ${what} (process ${pid}).`;
    case "killed":
      return `The ${what} (process ${pid}) did not stop in time and was killed.`;
    case "not running":
      return `The ${what} (process ${pid}) was not running any more; removed its stale pid file.`;
  }
}
