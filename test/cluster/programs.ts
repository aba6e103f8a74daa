/** Programs of the production shape: PostgreSQL from the system, Temporal's from the pinned Go module. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Environment } from "../../config/env.js";
import { runTool } from "../../config/server/tool.js";
import { PINNED } from "../../config/server/version.js";
import { repositoryPath } from "../helpers/compose-file.js";

const BUILD_LIMIT_MS = 20 * 60_000;
const PACKAGES = {
  server: "go.temporal.io/server/cmd/server",
  sql: "go.temporal.io/server/cmd/tools/sql",
} as const;

/** @returns the program's path in the user's cache folder, built there the first time. */
export async function temporalProgram(
  name: keyof typeof PACKAGES,
  environment: Environment,
  say: (line: string) => void,
): Promise<string> {
  const path = join(environment.cacheHome, `temporal-${name}-${PINNED.serverVersion}`);
  if (existsSync(path)) return path;
  say(`Building Temporal's ${name} ${PINNED.serverVersion} with Go: once, then cached.`);
  await mkdir(environment.cacheHome, { recursive: true });
  const folder = await mkdtemp(join(environment.cacheHome, `temporal-${name}-build-`));
  try {
    const built = join(folder, name);
    const { kind, lastLines } = await runTool({
      program: "go",
      args: ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", built].concat(
        PACKAGES[name],
      ),
      cwd: repositoryPath("tools/temporal"),
      variables: { ...environment.childVariables("tool"), CGO_ENABLED: "0" },
      limitMs: BUILD_LIMIT_MS,
    });
    if (kind === "missing") throw new Error("Go is not installed: apt-get install golang");
    if (kind !== "done") throw new Error(`go build ${kind}: ${lastLines.slice(-5).join("; ")}`);
    await rename(built, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the folder with `postgres` and `initdb`: the newest of Debian's, else of PATH. */
export async function postgresFolder(path: string): Promise<string> {
  const root = "/usr/lib/postgresql";
  const versions = (await readdir(root).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  const folders = [...versions.map((version) => join(root, version, "bin"))].concat(
    path.split(delimiter).filter(Boolean),
  );
  const complete = folders.find((folder) =>
    ["initdb", "pg_isready", "postgres"].every((name) => existsSync(join(folder, name))),
  );
  if (complete === undefined) {
    throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  }
  return complete;
}
