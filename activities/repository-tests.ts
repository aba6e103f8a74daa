/** Which tests a repository names itself, and what they need before they can run. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { factsOf } from "../domain/interview/repository-facts.js";
import { readTextIfThere, writeWhole } from "../store/files.js";
import { readManifests } from "../store/manifests.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";
import { type CheckPlace, runCheck } from "./check-run.js";

/** How packages are installed exactly as the lock file says. */
const INSTALLS: Record<string, { lock: string; run: string }> = {
  npm: { lock: "package-lock.json", run: "npm ci --no-audit --no-fund" },
  pnpm: { lock: "pnpm-lock.yaml", run: "pnpm install --frozen-lockfile" },
  yarn: { lock: "yarn.lock", run: "yarn install --frozen-lockfile" },
  bun: { lock: "bun.lock", run: "bun install --frozen-lockfile" },
};

/** Commands that must pass, by what lies at the top of a checkout; none where it names none. */
export async function testsOf(dir: string): Promise<string[]> {
  const { testCommand } = await readFacts(dir);
  return testCommand === undefined ? [] : [testCommand];
}

const readFacts = async (dir: string) => factsOf(await readdir(dir), await readManifests(dir));

/**
 * Installs packages where a lock file asks for them and they are not there as it says. A failed install is not tried again
 * for the same lock file: the tests then say what is missing.
 */
export async function prepareTests(
  { tree, attempt }: WorkspacePaths,
  here: CheckPlace,
): Promise<void> {
  const install = INSTALLS[(await readFacts(tree)).packageManager ?? ""];
  if (install === undefined) return;
  const lock = await readFile(join(tree, install.lock)).catch(() => undefined);
  if (lock === undefined) return;
  const stamp = createHash("sha256").update(install.run).update(lock).digest("hex");
  const file = join(attempt, "installed");
  const last = await readTextIfThere(file);
  if (last === `failed ${stamp}`) return;
  const isThere = await stat(join(tree, "node_modules")).then(
    () => true,
    () => false,
  );
  if (isThere && last === stamp) return;
  const { passed } = await runCheck(
    { id: "install", sentence: install.run, verify: { method: "bash", run: install.run } },
    here,
  );
  await writeWhole(file, passed ? stamp : `failed ${stamp}`);
}
