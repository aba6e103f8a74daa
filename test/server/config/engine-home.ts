/** An engine home of its own on free ports, with a stand-in for the worker, for tests of `up`, `down` and `doctor`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { down } from "../../../client/commands/down.js";
import { up, type UpResult } from "../../../client/commands/up.js";
import { readEnvironment, type Environment } from "../../../config/env.js";
import { enginePaths, type EnginePaths } from "../../../store/engine-paths.js";
import { makeSandbox, type Sandbox } from "../../config/server/programs.js";
import { freePorts } from "../../helpers/temporal-server.js";

/** Gets ready and ends as the real worker does. */
const WORKER = `
import { writeFileSync } from "node:fs";
writeFileSync(process.env.MISSIONS_ENGINE_HOME + "/run/worker.ready", String(process.pid));
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
`;

export interface EngineHome {
  sandbox: Sandbox;
  environment: Environment;
  engine: EnginePaths;
  /** What `start` reported. */
  lines: string[];
  environmentOf(more: Record<string, string>): Environment;
  start(more?: { worker?: boolean; environment?: Environment }): Promise<UpResult>;
  /** Stops everything and removes the folder. */
  remove(): Promise<void>;
}

export async function makeEngineHome(): Promise<EngineHome> {
  const sandbox = await makeSandbox();
  await writeFile(join(sandbox.folder, "worker.mjs"), WORKER);
  const lines: string[] = [];
  const environmentOf = (more: Record<string, string>) =>
    readEnvironment({
      HOME: sandbox.folder,
      PATH: process.env["PATH"],
      // The server's binary is got once, for all tests and for the user.
      XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? "", ".cache"),
      ...more,
    });
  const [port, uiPort] = await freePorts(2);
  const environment = environmentOf({
    MISSIONS_TEMPORAL_PORT: String(port),
    MISSIONS_UI_PORT: String(uiPort),
  });
  return {
    sandbox,
    environment,
    engine: enginePaths(environment.engineHome),
    lines,
    environmentOf,
    start: (more = {}) =>
      up(
        {
          environment: more.environment ?? environment,
          worker: more.worker ?? false,
          workerBuild: { entry: join(sandbox.folder, "worker.mjs"), buildHash: "one" },
        },
        (line) => lines.push(line),
      ),
    async remove() {
      await down({ environment }, () => undefined);
      await sandbox.remove();
    },
  };
}
