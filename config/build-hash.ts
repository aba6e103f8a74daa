/** Names a build of the worker by its code, so that a worker of another build is recognised. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import { isMissing } from "../store/files.js";

/** What a worker process loads; a change of the client alone is no reason to replace it. */
const PARTS = ["domain", "store", "activities", "config", "workers", "workflow-bundle.js"];

/** @returns 16 hexadecimal digits. @throws Problem when `dist/` is not built. */
export async function buildHash(dist: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for (const part of PARTS) {
      for (const file of part.endsWith(".js") ? [part] : await scriptsIn(dist, part)) {
        hash
          .update(file)
          .update("\0")
          .update(await readFile(join(dist, file)))
          .update("\0");
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Problem(EXIT.environment, `${dist} is not built.`, "npm run build", error);
  }
  return hash.digest("hex").slice(0, 16);
}

async function scriptsIn(dist: string, part: string): Promise<string[]> {
  const files = await readdir(join(dist, part), { recursive: true });
  return files
    .filter((file) => file.endsWith(".js"))
    .map((file) => join(part, file))
    .sort();
}
