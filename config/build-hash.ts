/** Names a build of the worker by its code, so that a worker of another build is recognised. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import { isMissing } from "../store/files.js";

/** What no worker loads (lint holds that): a change of it alone is no reason to replace one. A new folder counts. */
const NOT_LOADED = ["client", "bench"];

/** @returns 16 hexadecimal digits. @throws Problem when `dist/` is not built. */
export async function buildHash(dist: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for (const file of await scriptsIn(dist)) {
      hash
        .update(file)
        .update("\0")
        .update(await readFile(join(dist, file)))
        .update("\0");
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Problem(EXIT.environment, `${dist} is not built.`, "npm run build", error);
  }
  return hash.digest("hex").slice(0, 16);
}

async function scriptsIn(dist: string): Promise<string[]> {
  const files = await readdir(dist, { recursive: true });
  return files
    .filter(
      (file) => file.endsWith(".js") && !NOT_LOADED.some((part) => file.startsWith(part + sep)),
    )
    .sort();
}
