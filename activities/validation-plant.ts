/** Whether tests are heard when they fail: all that a checkout has are made to fail, and who runs them has to say so. */
import { randomBytes } from "node:crypto";
import { lstat, readFile, rm, writeFile } from "node:fs/promises";
import type { Step } from "../domain/detection.js";
import { isTestPath } from "../domain/lies/changed-file.js";
import { testLanguageOf, withFailingExamples, withFailure } from "../domain/planted-failure.js";
import { languagesRun, type RunnerLanguage } from "../domain/test-counts.js";
import type { SeenRun } from "../domain/validation-findings.js";
import { isMissing } from "../store/files.js";
import type { Git } from "../store/git.js";
import { confine, PathRefused } from "./adapters/confined-path.js";
import type { MilestoneBase } from "./validation-base.js";
import { type CommandPlace, runOnce } from "./validation-command.js";

const MOST_FILES = 5_000;
const LARGEST_BYTES = 1_000_000;

/**
 * Changes the tests of a checkout; it is good for nothing else afterwards. Contract: nothing runs there meanwhile.
 * @returns the languages in which tests were found.
 */
export async function plantFailures(
  git: Git,
  { gitDir, commit }: { gitDir: string; commit: string },
  dir: string,
): Promise<Set<RunnerLanguage>> {
  const planted = new Set<RunnerLanguage>();
  const word = randomBytes(6).toString("hex");
  for (const path of await testPaths(git, gitDir, commit)) {
    const language = testLanguageOf(path);
    if (language !== undefined && (await plant(dir, path, word))) planted.add(language);
  }
  return planted;
}

async function testPaths(git: Git, gitDir: string, commit: string): Promise<string[]> {
  const listed = await git(gitDir, ["ls-tree", "-r", "-z", commit]);
  return listed
    .split("\0")
    .flatMap((entry) => /^100(?:644|755) blob \w+\t(.*)$/s.exec(entry)?.[1] ?? [])
    .filter((path) => testLanguageOf(path) !== undefined)
    .sort((one, other) => Number(isTestPath(other)) - Number(isTestPath(one)))
    .slice(0, MOST_FILES);
}

/** What ran there may have left links in the place of files: none is followed. @returns whether it holds tests. */
async function plant(dir: string, path: string, word: string): Promise<boolean> {
  try {
    const file = await confine(dir, path);
    const found = await lstat(file);
    if (!found.isFile() || found.size > LARGEST_BYTES) return false;
    const text = await readFile(file, "utf8");
    const inTests = withFailure(path, text, word);
    const changed = withFailingExamples(path, inTests ?? text, word);
    if (changed === text) return false;
    await rm(file);
    await writeFile(file, changed, { flag: "wx", mode: found.mode });
    return inTests !== undefined;
  } catch (error) {
    if (error instanceof PathRefused || isMissing(error)) return false;
    throw error;
  }
}

/** Tests that fail at their beginning are not slower than those that pass. */
const PATIENCE = { times: 3, leastMs: 60_000 };

/**
 * Runs again what passed, on failures planted in the checkout; what goes by an install or a build gets them by it before it is doubted.
 * Contract: called when nothing else is asked of the checkout. @returns a run for each that passes all the same.
 */
export async function seeDeafRuns(order: {
  runs: readonly SeenRun[];
  steps: readonly Step[];
  place: CommandPlace;
  base: MilestoneBase | undefined;
  plant: () => Promise<Set<RunnerLanguage>>;
}): Promise<SeenRun[]> {
  const { steps, place, base } = order;
  const asked = new Map(order.runs.filter(saysTestsPassed).map((run) => [run.how, run]));
  if (asked.size === 0) return [];
  await place.putBack?.();
  const planted = await order.plant();
  if (planted.size === 0) return [];
  const deaf: SeenRun[] = [];
  for (const run of asked.values()) {
    const timeoutMs = Math.max(PATIENCE.leastMs, PATIENCE.times * run.ms);
    const said = await passesAnyway(run.how, place, { steps, timeoutMs });
    if (said !== undefined) deaf.push(deafRun(run, said));
  }
  const tests = [...asked.values()].filter(({ kind }) => kind === "test").length;
  const isAnyHeard = deaf.filter(({ kind }) => kind === "test").length < tests;
  const doubted = deaf.filter(({ kind, output }) => {
    const claims = [...languagesRun(output)].some((language) => planted.has(language));
    // Who claims nothing may test something else, beside those that run the tests.
    return claims || (kind === "test" && !isAnyHeard);
  });
  for (const run of doubted) {
    const onBase = await base?.passesAnyway(run.how, run.by);
    if (onBase !== undefined) run.base = onBase;
  }
  return doubted;
}

const saysTestsPassed = ({ kind, verdict, count }: SeenRun) =>
  verdict === "passed" &&
  (kind === "test" ? count?.tests !== 0 : kind === "check" && (count?.tests ?? 0) > 0);

const deafRun = (
  { id, kind, by, how }: SeenRun,
  { ended, ms, output }: Awaited<ReturnType<typeof runOnce>>,
): SeenRun => ({
  ...{ id: `deaf/${id}`, kind, by, how, ended, ms, output },
  sentence: "It fails when every test is made to fail",
  verdict: "failed",
  isDeaf: true,
});

/** Contract: failures are planted there. @returns the run that passes all the same. */
export async function passesAnyway(
  run: string,
  at: CommandPlace,
  { steps, timeoutMs }: { steps: readonly Step[]; timeoutMs: number },
) {
  const place = { ...at };
  delete place.putBack;
  const first = await runOnce(run, place, timeoutMs);
  const bringing = steps.filter(({ kind }) => kind === "install" || kind === "build");
  if (!first.passed || bringing.length === 0) return first.passed ? first : undefined;
  for (const step of bringing) {
    const { passed } = await runOnce(step.run, place, place.commandMs);
    if (!passed && step.kind === "build") return undefined;
  }
  const last = await runOnce(run, place, timeoutMs);
  return last.passed ? last : undefined;
}
