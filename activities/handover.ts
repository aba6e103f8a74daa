/** Files that an agent hands over: from the workspace's staging folder into the mission folder, never through a link. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { join, sep } from "node:path";
import { isMissing } from "../store/files.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";

const FOLDERS = ["research", "agents", "scripts", "assets"];
const LIMIT = { depth: 5, files: 200, fileBytes: 20_000_000, allBytes: 200_000_000 } as const;

interface Found {
  from: string;
  /** Sanitised, as `scripts/x.sh`. */
  to: string;
}

/**
 * Moves regular files of research/, agents/, scripts/ and assets/ into `folder`, with secrets taken out.
 * @returns all files of this feature, as `scripts/x.sh`, also those that an earlier call moved.
 */
export async function moveHandover(
  scrub: (text: string) => string,
  place: WorkspacePaths,
  folder: string,
  featureId: string,
): Promise<string[]> {
  const found = await list(place.handover);
  const done = await readDone(place);
  if (found.length === 0) return [...done];
  let allBytes = 0;
  for (const { from, to } of found) {
    const file = await readRegular(from);
    if (file === undefined || (allBytes += file.bytes.byteLength) > LIMIT.allBytes) continue;
    const bytes = scrubBytes(scrub, file.bytes);
    const target = await freeName(folder, to, featureId, bytes, done);
    if (!(await put(folder, target, bytes, file.executable))) continue;
    done.add(target);
    await writeFile(doneFile(place), JSON.stringify([...done]));
    await rm(from, { force: true });
  }
  return [...done];
}

const doneFile = (place: WorkspacePaths) => join(place.attempt, "handed-over.json");

async function readDone(place: WorkspacePaths): Promise<Set<string>> {
  try {
    return new Set(JSON.parse(await readFile(doneFile(place), "utf8")) as string[]);
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return new Set();
    throw error;
  }
}

async function list(handover: string): Promise<Found[]> {
  const files: Found[] = [];
  const walk = async (from: string, to: string, depth: number): Promise<void> => {
    const entries = await readdir(from, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= LIMIT.files) return;
      const next = { from: join(from, entry.name), to: `${to}/${cleanName(entry.name)}` };
      if (entry.isFile()) files.push(next);
      else if (entry.isDirectory() && depth < LIMIT.depth)
        await walk(next.from, next.to, depth + 1);
    }
  };
  const top = await readdir(handover, { withFileTypes: true }).catch(() => []);
  for (const entry of top)
    if (entry.isDirectory() && FOLDERS.includes(entry.name))
      await walk(join(handover, entry.name), entry.name, 1);
  return files;
}

/** A name that is safe in a path, a table of mission.md and a shell. */
function cleanName(name: string): string {
  const clean = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[.-]+/, "_");
  return clean.length <= 100 ? clean : `${clean.slice(0, 80)}${clean.slice(-20)}`;
}

async function readRegular(path: string) {
  const file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > LIMIT.fileBytes) return undefined;
    return { bytes: await file.readFile(), executable: (stats.mode & 0o111) !== 0 };
  } finally {
    await file.close();
  }
}

/** Texts are scrubbed; bytes that are no text stay as they are. */
function scrubBytes(scrub: (text: string) => string, bytes: Buffer): Buffer {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? Buffer.from(scrub(text)) : bytes;
}

/** Two features may hand over the same name: the second one's gets its feature's id. Reports of looks have a folder each. */
async function freeName(
  folder: string,
  to: string,
  featureId: string,
  bytes: Buffer,
  done: Set<string>,
): Promise<string> {
  const there = await readFile(join(folder, to)).catch(() => undefined);
  if (there === undefined || there.equals(bytes) || done.has(to)) return to;
  if (to.startsWith(`assets/qa/${cleanName(featureId)}/`)) return to;
  const dot = to.lastIndexOf(".");
  const stem = dot > to.lastIndexOf("/") ? dot : to.length;
  return `${to.slice(0, stem)}-${cleanName(featureId)}${to.slice(stem)}`;
}

/** @returns false when the way there leads out of the mission folder. */
async function put(folder: string, to: string, bytes: Buffer, executable: boolean) {
  const target = join(folder, to);
  const parent = join(target, "..");
  await mkdir(parent, { recursive: true });
  const [root, real] = await Promise.all([realpath(folder), realpath(parent)]);
  if (!real.startsWith(root + sep)) return false;
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  await writeFile(temporary, bytes, { flag: "wx" });
  await chmod(temporary, executable ? 0o755 : 0o644);
  await rename(temporary, target);
  return true;
}
