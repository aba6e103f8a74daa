/** The server's database files: one for each server version, because a server never migrates another one's. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { EXIT, Problem } from "../../domain/problem.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { isMissing, writeWhole } from "../../store/files.js";

export const databaseFile = (engine: EnginePaths, serverVersion: string) =>
  join(engine.server, `temporal-${serverVersion}.db`);

/** Names the version that made the file, whatever the file is called. */
const markPath = (dbFile: string) => `${dbFile}.version`;

export async function markDatabase(dbFile: string, serverVersion: string): Promise<void> {
  if (!existsSync(markPath(dbFile))) await writeWhole(markPath(dbFile), `${serverVersion}\n`);
}

/** Versions that have a file here, the one used last first. */
export async function databaseVersions(engine: EnginePaths): Promise<string[]> {
  const found: { version: string; usedMs: number }[] = [];
  for (const name of await readdir(engine.server).catch(() => [])) {
    const version = /^temporal-(.+)\.db$/.exec(name)?.[1];
    if (version === undefined) continue;
    const { mtimeMs } = await stat(join(engine.server, name));
    found.push({ version, usedMs: mtimeMs });
  }
  return found.sort((a, b) => b.usedMs - a.usedMs).map(({ version }) => version);
}

/** @throws Problem when the file is not SQLite's, or was made by another server version. */
export async function checkDatabase(dbFile: string, serverVersion: string): Promise<void> {
  let head: string;
  try {
    head = (await readFile(dbFile, { encoding: "latin1", flag: "r" })).slice(0, 15);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (head !== "" && head !== "SQLite format 3") {
    throw new Problem(
      EXIT.environment,
      `${dbFile} is not a database.`,
      `Move it away (mv ${dbFile} ${dbFile}.broken), then: npx missions up`,
    );
  }
  const madeBy = await readFile(markPath(dbFile), "utf8").catch(() => undefined);
  if (madeBy !== undefined && madeBy.trim() !== serverVersion) {
    throw otherVersion(dbFile, madeBy.trim(), serverVersion);
  }
}

export function otherVersion(dbFile: string, madeBy: string, serverVersion: string): Problem {
  return new Problem(
    EXIT.environment,
    `${dbFile} was made by Temporal server ${madeBy}; server ${serverVersion} cannot use it.`,
    `Put a temporal with server ${madeBy} first on PATH, or move the file away (its missions stay in it): mv ${dbFile} ${join(dbFile, "..", `kept-${basename(dbFile)}`)}; then: npx missions up`,
  );
}
