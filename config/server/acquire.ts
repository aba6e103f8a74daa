/** Finds or gets the Temporal server's binary, the cheapest way first, and says which way it was. */
import { constants } from "node:fs";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Environment } from "../env.js";
import { withLock } from "../lock.js";
import { startTimeOf } from "../processes.js";
import { downloadBinary } from "./download.js";
import { buildBinary } from "./go-build.js";
import { sweepPartials } from "./partials.js";
import { isOlder, OLDEST_SERVER, PINNED, serverVersionOf } from "./version.js";

export type BinarySource = "PATH" | "cache" | "download" | "go build";

export interface ServerBinary {
  path: string;
  serverVersion: string;
  source: BinarySource;
}

export type Report = (line: string) => void;

export interface AcquireLimits {
  /** A download that brings nothing for this long is given up. */
  downloadSilenceMs: number;
  downloadMs: number;
  buildMs: number;
}
export const ACQUIRE_LIMITS: AcquireLimits = {
  downloadSilenceMs: 14_000,
  downloadMs: 10 * 60_000,
  buildMs: 60 * 60_000,
};

/** What one slow step did: a finished binary in the working folder, or why not, in half a sentence. */
export type StepResult = { kind: "made"; path: string } | { kind: "passed over"; reason: string };

/** The pinned binary in the user's cache folder. */
export const cachedBinary = (cacheHome: string) => join(cacheHome, `temporal-${PINNED.cliVersion}`);

/**
 * PATH, cache, official download, `go build`; each step tells `report` what it did.
 * @param fileVersion server version that made the missions' database; a server on PATH of another version is passed over.
 * @throws Problem when no way leads to a binary; nothing half-made stays behind.
 */
export async function acquireBinary(
  environment: Environment,
  report: Report,
  fileVersion?: string,
  limits: AcquireLimits = ACQUIRE_LIMITS,
): Promise<ServerBinary> {
  const present =
    (await findOnPath(environment, report, fileVersion)) ??
    (await findInCache(environment, report));
  if (present) return present;
  const lock = join(environment.cacheHome, "acquire.lock");
  const onWait = ({ pid }: { pid: number }) => {
    report(`Process ${pid} is getting the server already; waiting for it.`);
  };
  return withLock(lock, { waitMs: limits.downloadMs + limits.buildMs, onWait }, async () => {
    await sweepPartials(environment.cacheHome);
    return (
      (await findInCache(environment, report)) ?? (await getBinary(environment, report, limits))
    );
  });
}

async function findOnPath(
  environment: Environment,
  report: Report,
  fileVersion: string | undefined,
): Promise<ServerBinary | undefined> {
  for (const folder of environment.path.split(delimiter).filter(Boolean)) {
    const path = join(folder, process.platform === "win32" ? "temporal.exe" : "temporal");
    if (!(await isExecutable(path))) continue;
    const version = await serverVersionOf(path, environment.childVariables("server"));
    if (version === undefined) {
      report(`${path} does not say its version as Temporal's CLI would; passed over.`);
    } else if (isOlder(version, OLDEST_SERVER)) {
      report(`${path} is server ${version}, older than ${OLDEST_SERVER}; passed over.`);
    } else if (fileVersion !== undefined && version !== fileVersion) {
      report(
        `${path} is server ${version}, but the missions here were kept by ${fileVersion}; passed over.`,
      );
    } else {
      const differs =
        version === PINNED.serverVersion
          ? ""
          : ` (missions is tested with ${PINNED.serverVersion})`;
      report(`Using ${path} from PATH: server ${version}${differs}.`);
      return { path, serverVersion: version, source: "PATH" };
    }
    return undefined;
  }
  return undefined;
}

async function findInCache(
  environment: Environment,
  report: Report,
): Promise<ServerBinary | undefined> {
  const path = cachedBinary(environment.cacheHome);
  if (!(await isExecutable(path))) return undefined;
  const version = await serverVersionOf(path, environment.childVariables("server"));
  if (version === undefined) {
    report(`${path} does not run on this machine; getting it again.`);
    return undefined;
  }
  report(`Using ${path}: server ${version}.`);
  return { path, serverVersion: version, source: "cache" };
}

async function getBinary(
  environment: Environment,
  report: Report,
  limits: AcquireLimits,
): Promise<ServerBinary> {
  const workFolder = join(
    environment.cacheHome,
    `partial-${process.pid}-${startTimeOf(process.pid)?.replace(/\W+/g, "_") ?? "unknown"}`,
  );
  const variables = environment.childVariables("tool");
  const steps = [
    { source: "download", run: downloadBinary },
    { source: "go build", run: buildBinary },
  ] as const;
  const reasons: string[] = [];
  try {
    for (const { source, run } of steps) {
      await rm(workFolder, { recursive: true, force: true });
      await mkdir(workFolder, { recursive: true });
      const result = await run({ workFolder, variables, report, limits });
      const version =
        result.kind === "made" ? await serverVersionOf(result.path, variables) : undefined;
      if (result.kind === "made" && version !== undefined) {
        const path = cachedBinary(environment.cacheHome);
        await rename(result.path, path);
        report(`Server ${version} is ready: ${path} (${source}).`);
        return { path, serverVersion: version, source };
      }
      const reason = result.kind === "made" ? "what it gave does not run here" : result.reason;
      reasons.push(`${source}: ${reason}`);
      report(`${source}: ${reason}.`);
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
  throw noBinary(reasons);
}

function noBinary(reasons: string[]): Problem {
  if (reasons.some((reason) => reason.includes("disk is full"))) {
    return new Problem(
      EXIT.environment,
      `The Temporal server could not be got because the disk is full (${reasons.join("; ")}).`,
      "Free about 3 GB, then: npx missions up",
    );
  }
  return new Problem(
    EXIT.noServer,
    `No Temporal server could be got (${reasons.join("; ")}).`,
    `Install Temporal's CLI (https://docs.temporal.io/cli) or Go 1.21 or newer (https://go.dev/dl), then: npx missions up. Or name a running server: TEMPORAL_ADDRESS=host:7233 npx missions up`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
