/** `run/server.json`: the development server that `missions up` started, for every later command. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { EnginePaths } from "../../store/engine-paths.js";
import { isMissing, writeWhole } from "../../store/files.js";
import type { ProcessIdentity } from "../processes.js";
import type { BinarySource } from "./acquire.js";

export interface ServerRecord extends ProcessIdentity {
  port: number;
  uiPort: number;
  /** Server version. */
  version: string;
  source: BinarySource;
  binary: string;
  dbFile: string;
  /** The configured address that did not answer, in whose place this server was started. */
  insteadOf?: string;
}

const recordPath = (engine: EnginePaths) => join(engine.run, "server.json");

export const serverAddress = (record: { port: number }) => `127.0.0.1:${record.port}`;
export const serverUiUrl = (record: { uiPort: number }) => `http://127.0.0.1:${record.uiPort}`;

/** @returns undefined when there is none, or none that can be read: it is then as good as stale. */
export function readServerRecord(engine: EnginePaths): ServerRecord | undefined {
  return readRecord<ServerRecord>(
    recordPath(engine),
    (record) => typeof record.port === "number" && typeof record.uiPort === "number",
  );
}

export async function writeServerRecord(engine: EnginePaths, record: ServerRecord): Promise<void> {
  await writeWhole(recordPath(engine), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export async function removeServerRecord(engine: EnginePaths): Promise<void> {
  await rm(recordPath(engine), { force: true });
}

/** Reads a pid file; a missing, torn or foreign one is undefined. */
export function readRecord<T extends ProcessIdentity>(
  path: string,
  isWhole: (record: Partial<T>) => boolean = () => true,
): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<T> | null;
    return value && Number.isInteger(value.pid) && (value.pid ?? 0) > 1 && isWhole(value)
      ? (value as T)
      : undefined;
  } catch {
    return undefined;
  }
}
