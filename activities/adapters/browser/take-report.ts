/** Reads back what a confined look left behind: plain files of bounded size only, and of the report what fits its shape. */
import { constants, type Dirent } from "node:fs";
import { lstat, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { QaReport } from "../../../domain/qa.js";
import { readQaReport } from "../../../domain/schemas/qa-report.js";

const REPORT = "qa-report.json";
const LIMIT = {
  depth: 4,
  files: 1_000,
  reportBytes: 20_000_000,
  fileBytes: 20_000_000,
  allBytes: 200_000_000,
  /** Of a picture: more fills the memory of whoever opens it. */
  pixels: 100_000_000,
} as const;

/**
 * Removes whatever else lies there: links, devices, what is too large, pictures that are none.
 * @returns undefined when there is no report that can be read. Contract: called when nothing writes there any more.
 */
export async function takeReport(out: string): Promise<QaReport | undefined> {
  const kept = await tidy(out);
  if (!kept.has(REPORT)) return undefined;
  const text = await readPlain(join(out, REPORT));
  const report = text === undefined ? undefined : parse(text);
  if (report === undefined) return undefined;
  const isThere = (path: string | undefined) => path !== undefined && kept.has(path);
  const visits = report.visits.map(({ picture, trace, ...visit }) => ({
    ...visit,
    ...(isThere(picture) ? { picture } : {}),
    ...(isThere(trace) ? { trace } : {}),
  }));
  const findings = report.findings.map(({ picture, ...finding }) => ({
    ...finding,
    ...(isThere(picture) ? { picture } : {}),
  }));
  return { ...report, visits, findings };
}

function parse(text: string): QaReport | undefined {
  try {
    const read = readQaReport(JSON.parse(text));
    return "report" in read ? read.report : undefined;
  } catch {
    return undefined;
  }
}

/** @returns paths of what stayed, relative to `out`. */
async function tidy(out: string): Promise<Set<string>> {
  const kept = new Set<string>();
  let bytes = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(out, folder), { withFileTypes: true });
    const rank = (entry: Dirent) => `${entry.isDirectory() ? 1 : 0}${entry.name}`;
    for (const entry of entries.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const at = join(out, path);
      // As what a look that was ended had not published.
      const isHidden = entry.name.startsWith(".");
      if (entry.isDirectory() && !isHidden && depth < LIMIT.depth) {
        await walk(path, depth + 1);
        continue;
      }
      const size = entry.isFile() && !isHidden ? (await lstat(at)).size : Infinity;
      const fits = size <= LIMIT.fileBytes && bytes + size <= LIMIT.allBytes;
      if (fits && kept.size < LIMIT.files && (!path.endsWith(".png") || (await isPicture(at)))) {
        bytes += size;
        kept.add(path);
      } else await rm(at, { recursive: true, force: true });
    }
  };
  await walk("", 1);
  return kept;
}

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

/** By its first bytes, in which its size is too. */
async function isPicture(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(24), 0, 24, 0);
    const pixels = buffer.readUInt32BE(16) * buffer.readUInt32BE(20);
    return buffer.subarray(0, PNG.length).equals(PNG) && pixels <= LIMIT.pixels;
  } finally {
    await file.close();
  }
}

async function readPlain(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > LIMIT.reportBytes) return undefined;
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
