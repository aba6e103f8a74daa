/** Makes sure that a server answers, starting our own where none does. Called under the lock of `missions up`. */
import { createServer } from "node:net";
import { NAMESPACE } from "../../domain/ids.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { askServer, configuredTarget, connectClient, type ServerTarget } from "../connection.js";
import type { Environment } from "../env.js";
import { isRunning, startTimeOf } from "../processes.js";
import { ACQUIRE_LIMITS, acquireBinary, type AcquireLimits, type Report } from "./acquire.js";
import { databaseVersions } from "./database.js";
import { startDevServer } from "./dev-server.js";
import { prepareNamespace } from "./namespace.js";
import {
  readServerRecord,
  removeServerRecord,
  serverAddress,
  serverUiUrl,
  writeServerRecord,
  type ServerRecord,
} from "./record.js";
import { isOlder, OLDEST_SERVER, PINNED } from "./version.js";

export interface EnsuredServer {
  target: ServerTarget;
  version: string;
  /** Started by this call. */
  started: boolean;
  /** Ours to stop: `missions up` started it, now or before. */
  owned: boolean;
  /** Which way it was found or got, for people. */
  source: string;
}

/** @throws Problem with its own words for each way this can fail; nothing half-started stays. */
export async function ensureServer(
  environment: Environment,
  report: Report,
  limits: AcquireLimits = ACQUIRE_LIMITS,
): Promise<EnsuredServer> {
  const server = await findOrStart(environment, report, limits);
  if (isOlder(server.version, OLDEST_SERVER)) {
    throw new Problem(
      EXIT.noServer,
      `The server at ${server.target.address} is Temporal ${server.version}; missions needs ${OLDEST_SERVER} or newer.`,
      "Update it, or start one of our own beside it: MISSIONS_TEMPORAL_PORT=7243 npx missions up",
    );
  }
  const { connection, close } = await connectClient(server.target, 10_000);
  try {
    await prepareNamespace(connection, server.target.namespace, { owned: server.owned, report });
  } finally {
    await close();
  }
  return server;
}

async function findOrStart(
  environment: Environment,
  report: Report,
  limits: AcquireLimits,
): Promise<EnsuredServer> {
  const configured = configuredTarget(environment);
  const running = await findRecorded(environment, report);
  if (configured && running?.insteadOf !== configured.address) {
    const answer = await askServer(configured);
    if (answer.kind === "temporal") {
      report(
        `Using ${configured.address} (${configured.chosenBy}): server ${answer.version}${versionNote(answer.version)}.`,
      );
      return found(configured, answer.version, configured.chosenBy);
    }
    report(
      `${configured.address} (${configured.chosenBy}) does not answer as Temporal; going on with a server of our own.`,
    );
  }
  if (running) {
    report(`The server runs already at ${serverAddress(running)} (process ${running.pid}).`);
    if (configured && running.insteadOf !== configured.address) {
      await writeServerRecord(enginePaths(environment.engineHome), {
        ...running,
        insteadOf: configured.address,
      });
    }
    if (configured) {
      report(`It stands in for ${configured.address} until: npx missions down`);
    }
    return ours(running, false);
  }
  return startOrBorrow(environment, report, limits, configured?.address);
}

/** The recorded server if it lives and answers; a stale record is removed and told. */
async function findRecorded(
  environment: Environment,
  report: Report,
): Promise<ServerRecord | undefined> {
  const engine = enginePaths(environment.engineHome);
  const record = readServerRecord(engine);
  if (!record) return undefined;
  if (!isRunning(record)) {
    report(
      startTimeOf(record.pid) === undefined
        ? `Stale pid file: server process ${record.pid} is gone; starting anew.`
        : `Stale pid file: process ${record.pid} is another program now and is left alone; starting anew.`,
    );
    await removeServerRecord(engine);
    return undefined;
  }
  const answer = await askServer(ours(record, false).target, 30_000);
  if (answer.kind === "temporal") {
    if (answer.version !== record.version) {
      report(
        `The server at ${serverAddress(record)} says version ${answer.version}, but ${record.version} was started there.`,
      );
    }
    return { ...record, version: answer.version };
  }
  throw new Problem(
    EXIT.noServer,
    `Server process ${record.pid} runs but does not answer at ${serverAddress(record)}.`,
    `npx missions down && npx missions up (its log: ${engine.logs}/server.log)`,
  );
}

async function startOrBorrow(
  environment: Environment,
  report: Report,
  limits: AcquireLimits,
  insteadOf: string | undefined,
): Promise<EnsuredServer> {
  const engine = enginePaths(environment.engineHome);
  const versions = await databaseVersions(engine);
  let port = environment.temporalPort;
  const usual: ServerTarget = {
    address: `127.0.0.1:${port}`,
    namespace: NAMESPACE,
    chosenBy: "default",
    uiUrl: `http://127.0.0.1:${environment.uiPort}`,
  };
  const answer = await askServer(usual);
  if (answer.kind === "temporal") {
    // Missions are in our own file, and a worker that is somebody else's would take our work.
    const other = await freePortFrom(port + 10);
    report(
      `Port ${port} is another Temporal server (${answer.version}), which missions did not start; ours starts at ${other}. To use that one, set TEMPORAL_ADDRESS=127.0.0.1:${port}.`,
    );
    port = other;
  } else if (!(await isFree(port))) {
    throw new Problem(
      EXIT.environment,
      `Port ${port} is taken by a program that is not Temporal.`,
      `End that program, or take another port: MISSIONS_TEMPORAL_PORT=${await freePortFrom(port + 10)} npx missions up`,
    );
  }
  const wantedUiPort = port === environment.temporalPort ? environment.uiPort : port + 1000;
  const uiPort = await freePortFrom(wantedUiPort);
  if (uiPort !== wantedUiPort)
    report(`Port ${wantedUiPort} is taken; the Web UI goes to ${uiPort}.`);
  const binary = await acquireBinary(environment, report, versions[0], limits);
  if (versions[0] !== undefined && !versions.includes(binary.serverVersion)) {
    report(
      `Missions kept by server ${versions[0]} stay in ${engine.server}/temporal-${versions[0]}.db; server ${binary.serverVersion} starts a file of its own. To go on with them put that version's temporal first on PATH.`,
    );
  }
  const record = await startDevServer({
    binary,
    engine,
    port,
    uiPort,
    variables: environment.childVariables("server"),
    ...(insteadOf === undefined ? {} : { insteadOf }),
  });
  report(`Server ${record.version} started at ${serverAddress(record)} (process ${record.pid}).`);
  return ours(record, true);
}

function found(target: ServerTarget, version: string, source: string): EnsuredServer {
  return { target, version, started: false, owned: false, source };
}

function ours(record: ServerRecord, started: boolean): EnsuredServer {
  return {
    target: {
      address: serverAddress(record),
      namespace: NAMESPACE,
      chosenBy: "missions up",
      uiUrl: serverUiUrl(record),
    },
    version: record.version,
    started,
    owned: true,
    source: record.source,
  };
}

const versionNote = (version: string) =>
  version === PINNED.serverVersion ? "" : ` (missions is tested with ${PINNED.serverVersion})`;

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
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
}

async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + 100 && port <= 65_535; port++) {
    if (await isFree(port)) return port;
  }
  throw new Problem(
    EXIT.environment,
    `No free port from ${first} on.`,
    "Set MISSIONS_TEMPORAL_PORT and MISSIONS_UI_PORT to free ports, then: npx missions up",
  );
}
