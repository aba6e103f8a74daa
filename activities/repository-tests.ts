/** What a checkout names itself: how it is installed, built and tested, and its packages for tests of merges. */
import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { detectSteps, INSTALLS, type Step } from "../domain/detection.js";
import { folderInstalls, foldersNamed, MOST_FOLDERS } from "../domain/detection/folders.js";
import { MANIFESTS } from "../domain/interview/repository-facts.js";
import { readTextIfThere, writeWhole } from "../store/files.js";
import { readManifests } from "../store/manifests.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";
import { confine } from "./adapters/confined-path.js";
import { type CheckPlace, runCheck } from "./check-run.js";

const TEST_FOLDERS = ["test", "tests"];
/** Besides manifests, what an install reads. */
const JAVASCRIPT_LOCKS = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
];
const OTHER_LOCKS = ["uv.lock", "poetry.lock", "Pipfile.lock", "Cargo.lock", "go.mod", "go.sum"];
const NOT_OF_INSTALLS = /^(?:GNUmakefile|Makefile|justfile)$/;

/** In the order in which they are run; none where it names none. */
export async function detectIn(dir: string): Promise<Step[]> {
  const inside = TEST_FOLDERS.map(async (folder) =>
    (await readdir(join(dir, folder)).catch(() => [])).map((name) => `${folder}/${name}`),
  );
  const [texts, top, ...tests] = await Promise.all([readManifests(dir), readdir(dir), ...inside]);
  return detectSteps([...top, ...tests.flat()], texts);
}

/**
 * Installs in the folders below the top in which these commands run, as far as each names any. Links are not followed.
 * @param top steps of the checkout itself.
 */
export async function detectInFolders(
  dir: string,
  commands: readonly string[],
  top: readonly Step[],
): Promise<Step[]> {
  const root = await realpath(dir);
  const isWorkspace = await namesWorkspaces(dir);
  const found: Step[][] = [];
  for (const folder of foldersNamed(commands, INSTALLS)) {
    const place = join(root, folder);
    const real = await confine(root, folder).catch(() => undefined);
    if (real !== place || (await stat(place).catch(() => undefined))?.isDirectory() !== true)
      continue;
    const names = new Set(await readdir(place).catch(() => []));
    const isMember = isWorkspace && !JAVASCRIPT_LOCKS.some((name) => names.has(name));
    const installs = folderInstalls(folder, await detectIn(place), { top, isMember });
    if (installs.length > 0) found.push(installs);
    if (found.length === MOST_FOLDERS) break;
  }
  return found.flat();
}

/** Whose members are installed from the top. */
async function namesWorkspaces(dir: string): Promise<boolean> {
  const { "package.json": text = "" } = await readManifests(dir);
  const names = await readdir(dir);
  return names.includes("pnpm-workspace.yaml") || /"workspaces"\s*:/.test(text);
}

/** Commands that must pass, by what lies at the top of a checkout; none where it names none. */
export async function testsOf(dir: string): Promise<string[]> {
  const steps = await detectIn(dir);
  return steps.filter(({ kind }) => kind === "test").map(({ run }) => run);
}

/**
 * Installs packages where manifests ask for them and they are not there as lock file or manifests say. A failed install is
 * not tried again for the same ones: the tests then say what is missing.
 */
export async function prepareTests(
  { tree, home, attempt }: WorkspacePaths,
  here: CheckPlace,
): Promise<void> {
  const installs = (await detectIn(tree)).filter(({ kind }) => kind === "install");
  if (installs.length === 0) return;
  const stamp = await stampOf(
    tree,
    installs.map(({ run }) => run),
  );
  const file = join(attempt, "installed");
  const last = await readTextIfThere(file);
  if (last === `failed ${stamp}`) return;
  if (last === stamp && (await isInstalled(installs, tree, home))) return;
  let passed = true;
  for (const { run } of installs) {
    const install = { id: "install", sentence: run, verify: { method: "bash" as const, run } };
    passed = (await runCheck(install, here)).passed && passed;
  }
  await writeWhole(file, passed ? stamp : `failed ${stamp}`);
}

/** Changes with the commands and with what they read: of JavaScript its lock file, where there is one. */
async function stampOf(tree: string, runs: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(runs.join("\n"));
  const names = new Set(await readdir(tree));
  const isLocked = JAVASCRIPT_LOCKS.some((name) => names.has(name));
  for (const name of [...MANIFESTS, ...JAVASCRIPT_LOCKS, ...OTHER_LOCKS]) {
    if (!names.has(name) || NOT_OF_INSTALLS.test(name)) continue;
    if (name === "package.json" && isLocked) continue;
    const content = await readFile(join(tree, name)).catch(() => undefined);
    if (content !== undefined) hash.update(`\n${name}\n`).update(content);
  }
  return hash.digest("hex");
}

/** What tests of an earlier merge may have taken away. */
async function isInstalled(installs: readonly Step[], tree: string, home: string) {
  const places = installs.flatMap(({ run }) => {
    if (/^(?:npm|pnpm|yarn|bun) /.test(run)) return [join(tree, "node_modules")];
    return run.includes("$HOME/venv") ? [join(home, "venv")] : [];
  });
  const found = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  return found.every((each) => each !== undefined);
}
