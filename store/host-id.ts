/** A host is an id kept in its engine folder, not its host name: two hosts may share a name, and a name may change. */
import { randomBytes } from "node:crypto";
import { readFile, rename, link, rm, mkdir, writeFile } from "node:fs/promises";
import type { EnginePaths } from "./engine-paths.js";
import { isMissing } from "./files.js";

/** Reads the id, or makes it once; two processes that start together agree on one. */
export async function readHostId(paths: EnginePaths): Promise<string> {
  try {
    const id = (await readFile(paths.hostId, "utf8")).trim();
    if (/^[0-9a-z]{8,40}$/.test(id)) return id;
    await rename(paths.hostId, `${paths.hostId}.unreadable`);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await mkdir(paths.root, { recursive: true });
  const id = randomBytes(6).toString("hex");
  // Named by the id, not the process: two containers on one folder have the same process ids.
  const draft = `${paths.hostId}.${id}.tmp`;
  await writeFile(draft, `${id}\n`);
  // A link fails where the file exists: the first process wins.
  await link(draft, paths.hostId).catch(() => undefined);
  await rm(draft, { force: true });
  return (await readFile(paths.hostId, "utf8")).trim();
}
