/** `interviews/<id>.json`: interviews that are under way or answered and not yet a mission. Written after each answer. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { MISSION_ID } from "../domain/ids.js";
import type { Interview } from "../domain/interview/interview.js";
import { EXIT, Problem } from "../domain/problem.js";
import { parseInterview } from "../domain/schemas/interview.js";
import { isMissing, readTextIfThere, writeWhole } from "./files.js";

const pathOf = (folder: string, id: string) => join(folder, `${id}.json`);

/** Answers may hold what is nobody else's business: mode 0600. Safe to repeat. */
export async function writeInterview(folder: string, interview: Interview): Promise<void> {
  requireId(interview.id);
  await writeWhole(
    pathOf(folder, interview.id),
    `${JSON.stringify(interview, undefined, 2)}\n`,
    0o600,
  );
}

/** @returns undefined when there is none. @throws Problem for a damaged file, which stays as it is. */
export async function readInterview(folder: string, id: string): Promise<Interview | undefined> {
  requireId(id);
  const path = pathOf(folder, id);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const read = parseInterview(parseJson(text));
  if ("wrong" in read) throw damaged(path, id, read.wrong);
  if (read.id !== id) throw damaged(path, id, `it is of ${read.id}`);
  return read;
}

/** @returns false when there was none. */
export async function dropInterview(folder: string, id: string): Promise<boolean> {
  requireId(id);
  try {
    await rm(pathOf(folder, id));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Ids, the one that was touched last first; damaged ones too, so that they can be dropped. */
export async function listInterviews(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const ids = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .filter((id) => MISSION_ID.test(id));
  const touched = await Promise.all(
    ids.map(async (id) => ({
      id,
      ms: (await stat(pathOf(folder, id)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  return touched.sort((a, b) => b.ms - a.ms || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ids become paths, and come from a command line. */
function requireId(id: string): void {
  if (MISSION_ID.test(id)) return;
  throw new Problem(
    EXIT.badInput,
    `${JSON.stringify(id.slice(0, 60))} is not the id of an interview.`,
    "See those there are with: npx missions interview list",
  );
}

const damaged = (path: string, id: string, why: string) =>
  new Problem(
    EXIT.environment,
    `The interview ${id} cannot be read (${why}).`,
    `Mend ${path}, or drop it and begin again: npx missions interview drop ${id}`,
  );
