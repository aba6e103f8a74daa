/** Temporal's server on PostgreSQL, with the schema script and the settings of docker-compose.yml. */
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../config/env.js";
import { startInBackground, type BackgroundProcess } from "../../config/processes.js";
import { waitUntilHealthy } from "../../config/server/dev-server.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { composeService, repositoryPath } from "../helpers/compose-file.js";
import { freeLowPorts } from "./ports.js";
import type { Postgres } from "./postgres.js";
import { temporalProgram } from "./programs.js";
import { mustRun } from "./run-program.js";

const HEALTHY_MS = 120_000;

/** Runs the script of the service `schema`; safe to repeat. */
export async function setUpSchema(options: {
  folder: string;
  environment: Environment;
  postgres: Postgres;
  say: (line: string) => void;
}): Promise<void> {
  const { folder, environment, postgres } = options;
  // The image has the tool under this name.
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const tool = await temporalProgram("sql", environment, options.say);
  await symlink(tool, join(bin, "temporal-sql-tool")).catch(() => undefined);
  const { environment: variables = {}, volumes = [] } = composeService("schema");
  const script = volumes[0]?.split(":")[0] ?? "";
  await mustRun(["/bin/sh", repositoryPath(script)], {
    env: {
      ...variables,
      PATH: `${bin}:${environment.path}`,
      SQL_HOST: "127.0.0.1",
      SQL_PORT: String(postgres.port),
      SQL_PASSWORD: postgres.password,
    },
  });
}

/** @returns its address. @throws when it does not answer in time, with the end of its log. */
export async function startCluster(options: {
  folder: string;
  environment: Environment;
  postgres: Postgres;
  say: (line: string) => void;
  /** Given the process before it is known to work. */
  keep: (started: BackgroundProcess) => void;
}): Promise<string> {
  const { folder, environment, postgres } = options;
  const { environment: variables = {}, volumes = [] } = composeService("temporal");
  const names = ["FRONTEND", "HISTORY", "MATCHING", "WORKER"].flatMap((service) =>
    ["GRPC", "MEMBERSHIP"].map((kind) => `${service}_${kind}_PORT`),
  );
  const ports = await freeLowPorts(names.length + 1);
  const port = ports[0] ?? 0;
  const logFile = join(folder, "logs", "temporal.log");
  const started = await startInBackground({
    program: await temporalProgram("server", environment, options.say),
    args: ["start"],
    cwd: folder,
    variables: {
      ...variables,
      PATH: environment.path,
      POSTGRES_SEEDS: "127.0.0.1",
      DB_PORT: String(postgres.port),
      POSTGRES_PWD: postgres.password,
      BIND_ON_IP: "127.0.0.1",
      DYNAMIC_CONFIG_FILE_PATH: repositoryPath(volumes[0]?.split(":")[0] ?? ""),
      ...Object.fromEntries(names.map((name, at) => [name, String(ports[at])])),
      FRONTEND_HTTP_PORT: String(ports.at(-1)),
    },
    logFile,
  });
  options.keep(started);
  await waitUntilHealthy(started, port, HEALTHY_MS, async () => {
    const log = await readFile(logFile, "utf8");
    return new Problem(EXIT.noServer, `Temporal did not start: ${log.slice(-2_000)}`, "Read on.");
  });
  return `127.0.0.1:${port}`;
}
