/** Which Temporal server to talk to, and the connections of clients and workers to it. */
import { connect as connectSocket } from "node:net";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { Client, Connection } from "@temporalio/client";
import type { NativeConnection } from "@temporalio/worker";
import { NAMESPACE } from "../domain/ids.js";
import { EXIT, Problem } from "../domain/problem.js";
import { enginePaths } from "../store/engine-paths.js";
import type { Environment } from "./env.js";
import { isRunning } from "./processes.js";
import { readServerRecord, serverAddress, serverUiUrl } from "./server/record.js";

/** TLS, API key and headers of a profile. */
type Credentials = Pick<
  ReturnType<typeof loadClientConnectConfig>["connectionOptions"],
  "tls" | "apiKey" | "metadata"
>;

export interface ServerTarget {
  address: string;
  namespace: string;
  chosenBy: "TEMPORAL_ADDRESS" | "Temporal profile" | "missions up" | "default";
  /** Web UI, where we know it. */
  uiUrl?: string;
  /** A function, so that no print of a target shows a key. */
  credentials?: () => Credentials;
}

const CONNECT_MS = 3_000;

/** The profile or TEMPORAL_ADDRESS, or undefined when neither is set. @throws Problem for an unreadable profile. */
export function configuredTarget(environment: Environment): ServerTarget | undefined {
  const variables = environment.temporalVariables;
  let config: ReturnType<typeof loadClientConnectConfig>;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: { ...variables } });
  } catch (error) {
    throw new Problem(
      EXIT.badInput,
      `Temporal's profile cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      "Mend the file, or unset TEMPORAL_PROFILE and TEMPORAL_CONFIG_FILE.",
      error,
    );
  }
  const { address, tls, apiKey, metadata } = config.connectionOptions;
  if (!address) return undefined;
  const credentials: Credentials = {
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  return {
    address,
    namespace: config.namespace ?? NAMESPACE,
    chosenBy: variables["TEMPORAL_ADDRESS"] ? "TEMPORAL_ADDRESS" : "Temporal profile",
    credentials: () => credentials,
  };
}

/**
 * Where clients and workers connect: the configured server, else the one of `missions up`, else the usual port.
 * A development server that was started because the configured one did not answer stands in for it until `missions down`,
 * so that a mission's client and worker never part.
 */
export function resolveTarget(environment: Environment): ServerTarget {
  const configured = configuredTarget(environment);
  const record = readServerRecord(enginePaths(environment.engineHome));
  const ours = record && isRunning(record) ? record : undefined;
  if (configured && ours?.insteadOf !== configured.address) return configured;
  return ours
    ? {
        address: serverAddress(ours),
        namespace: NAMESPACE,
        chosenBy: "missions up",
        uiUrl: serverUiUrl(ours),
      }
    : {
        address: `127.0.0.1:${environment.temporalPort}`,
        namespace: NAMESPACE,
        chosenBy: "default",
        uiUrl: `http://127.0.0.1:${environment.uiPort}`,
      };
}

export interface ConnectedClient {
  client: Client;
  connection: Connection;
  close: () => Promise<void>;
}

/** @throws Problem (noServer) when nothing answers as Temporal within `limitMs`. */
export async function connectClient(
  target: ServerTarget,
  limitMs = CONNECT_MS,
): Promise<ConnectedClient> {
  const connection = await connect(target, limitMs);
  return {
    client: new Client({ connection, namespace: target.namespace }),
    connection,
    close: () => connection.close(),
  };
}

/** A worker's connection; the caller closes it. @throws Problem (noServer) when nothing answers. */
export async function connectWorker(
  target: ServerTarget,
  limitMs = CONNECT_MS,
): Promise<NativeConnection> {
  // The native connection has no time limit of its own, so a plain one knocks first.
  await (await connect(target, limitMs)).close();
  const { NativeConnection: Native } = await import("@temporalio/worker");
  try {
    return await Native.connect({ address: target.address, ...target.credentials?.() });
  } catch (error) {
    throw noServer(target, error);
  }
}

/** What answers there: a Temporal server with its version, something else, or nothing. */
export type Answer =
  { kind: "temporal"; version: string } | { kind: "other" } | { kind: "nothing" };

export async function askServer(target: ServerTarget, limitMs = CONNECT_MS): Promise<Answer> {
  if (!(await isListening(target.address, limitMs))) return { kind: "nothing" };
  try {
    const connection = await Connection.connect({
      address: target.address,
      ...target.credentials?.(),
      connectTimeout: limitMs,
    });
    try {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return { kind: "temporal", version: serverVersion };
    } finally {
      await connection.close();
    }
  } catch {
    return { kind: "other" };
  }
}

async function connect(target: ServerTarget, limitMs: number): Promise<Connection> {
  if (!(await isListening(target.address, limitMs))) throw noServer(target);
  try {
    return await Connection.connect({
      address: target.address,
      ...target.credentials?.(),
      connectTimeout: limitMs,
    });
  } catch (error) {
    throw noServer(target, error);
  }
}

/** A refused socket says so at once, where gRPC would try again until its limit. */
async function isListening(address: string, limitMs: number): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connectSocket({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    // Timers come before sockets: after a pause of this process the answer may lie there unread.
    socket.setTimeout(limitMs, () => setImmediate(settle, false));
    socket.once("connect", () => {
      settle(true);
    });
    socket.once("error", () => {
      settle(false);
    });
  });
}

function noServer(target: ServerTarget, cause?: unknown): Problem {
  const named =
    target.chosenBy === "TEMPORAL_ADDRESS" || target.chosenBy === "Temporal profile"
      ? ` (set by ${target.chosenBy})`
      : "";
  return new Problem(
    EXIT.noServer,
    `No Temporal server answers at ${target.address}${named}.`,
    "npx missions up",
    cause,
  );
}
