/** Agents of others, got from npm by the tests that use them: once, into the cache of missions, never into our own packages. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEnvironment } from "../../config/env.js";

const run = promisify(execFile);

/** @returns the folder of an npm package. @throws with npm's words when it cannot be had. */
export async function installed(name: string, version: string): Promise<string> {
  const agents = join(readEnvironment().cacheHome, "agents");
  const folder = join(agents, `${name}-${version}`);
  const place = join(folder, "node_modules", name);
  if (existsSync(place)) return place;
  await mkdir(agents, { recursive: true });
  // Whole or not at all: a test that is ended in the middle leaves nothing that the next one would take.
  const partial = await mkdtemp(join(agents, "partial-"));
  try {
    const order = ["install", "--prefix", partial, "--no-audit", "--no-fund", "--no-package-lock"];
    const ours = Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key));
    await run("npm", [...order, "--ignore-scripts", `${name}@${version}`], {
      cwd: partial,
      env: Object.fromEntries(ours),
    });
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return place;
}
