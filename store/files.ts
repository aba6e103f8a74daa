/** Whole-file writes that a crash cannot tear: temporary file, fsync, rename. And reading what they wrote. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** Replaces `path` in one step; safe to repeat. @throws the system's error (ENOSPC, EACCES) with nothing half-written. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Appends one line and waits until it is on disk; a line before it that a full disk or a crash tore stays a line of its own. */
export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a+");
  try {
    await file.appendFile(`${(await endsInMidLine(file)) ? "\n" : ""}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function endsInMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

/** @returns undefined where there is no such file. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Values of a file with one JSON document a line; a line torn by a crash is left out. @returns undefined without a file. */
export async function readJsonLines(path: string): Promise<unknown[] | undefined> {
  const text = await readTextIfThere(path);
  return text?.split("\n").flatMap((line): unknown[] => {
    try {
      return line === "" ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** Code of a system error (`ENOENT`), without `instanceof`: such errors may come from another realm, as under jest. */
export function systemCode(error: unknown): string | undefined {
  return typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : undefined;
}

/** True for "no such file or folder". */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === "ENOENT";
}
