/** Working folders in the cache: `partial-<pid>-<start time>`, so that a killed process's leftovers can be told. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startTimeOf } from "../processes.js";

/** Removes what killed downloads and builds left behind. */
export async function sweepPartials(cacheHome: string): Promise<void> {
  for (const name of await readdir(cacheHome).catch(() => [])) {
    const match = /^partial-(\d+)-(.*)$/.exec(name);
    if (!match) continue;
    const startTime = startTimeOf(Number(match[1]))?.replace(/\W+/g, "_");
    if (startTime !== match[2]) await rm(join(cacheHome, name), { recursive: true, force: true });
  }
}
