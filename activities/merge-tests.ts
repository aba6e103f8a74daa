/** What must pass on a merged commit, and whose fault it is when it does not. */
import { join } from "node:path";
import type { Check, Plan } from "../domain/plan.js";
import type { IntegrateOutcome } from "../domain/shipping-work.js";
import type { FeatureRef } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { Lease } from "../store/lease.js";
import { type WorkspacePaths, workspacePaths } from "../store/workspace-paths.js";
import type { EngineRepository } from "./adapters/engine-repository.js";
import { standAt, tidyUp } from "./adapters/merge-checkout.js";
import { oneAmongWorkers } from "./adapters/one-at-a-time.js";
import { childConfinement } from "./child-confinement.js";
import { type CheckedRun, reportChecks } from "./check-report.js";
import { type CheckPlace, type CheckRun, runCheck } from "./check-run.js";
import { type CheckDependencies, runAll } from "./checks.js";
import { checkLook } from "./look-order.js";
import { openMemory } from "./merge-memory.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import { prepareTests, testsOf } from "./repository-tests.js";
import { groupFile } from "./workspace.js";

export interface MergeOrder {
  feature: FeatureRef;
  at: string;
  repository: EngineRepository;
  /** Where the branch stands. */
  head: string;
  /** What is to be tested. */
  merged: string;
  /** Nothing is merged with anything: the feature's checks have passed on these very files. */
  isForward: boolean;
  commandMs: number;
  signal: AbortSignal;
}

export type MergeVerdict =
  /** `tidied`: the folder is being made ready for the next merge; settles in any case. */
  | { kind: "green"; flaky: string[]; redBefore: string[]; tidied?: Promise<void> }
  | Extract<IntegrateOutcome, { kind: "red" }>;

const NAMED = 10;
const GREEN = { kind: "green" as const, flaky: [], redBefore: [] };

/**
 * Runs the feature's checks and the tests of plan or repository. What fails is run again: passing then, it is flaky. A test
 * that fails again is run on the head before: failing there as well, it is not this feature's doing. Safe to repeat.
 */
export async function testMerge(deps: CheckDependencies, order: MergeOrder): Promise<MergeVerdict> {
  const { planHash, milestoneId, featureId } = order.feature;
  const plan = await readStoredPlan(deps.blobs, planHash);
  const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
  const checks = order.isForward ? [] : feature.checks;
  const own = feature.repository === undefined ? plan.tests : undefined;
  const mayName = own === undefined && plan.mode === "full";
  if (checks.length === 0 && !mayName && (own ?? []).length === 0) return GREEN;

  const name = mergeFolder(order.feature.missionId, feature.repository);
  const place = workspacePaths(deps.paths.workspaces, name);
  const test = async (lease: Lease) => {
    order.signal.throwIfAborted();
    const merges = { place, lease, repository: feature.repository };
    const bench = await openBench(deps, order, plan, merges);
    await bench.stand(order.merged);
    const tests = (own ?? (mayName ? await testsOf(bench.here.dir) : [])).map(asCheck);
    return testOn(deps, order, bench, { checks, tests });
  };
  return oneAmongWorkers(turnFile(place), test, order.signal);
}

async function testOn(
  deps: CheckDependencies,
  order: MergeOrder,
  bench: Bench,
  { checks, tests }: { checks: Check[]; tests: Check[] },
): Promise<MergeVerdict> {
  const { runs } = await runAll([...checks, ...tests], bench.here);
  const failed = runs.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    await bench.assertHeld();
    const tidied = bench.tidy();
    await bench.memory.keep(order.merged, { passed: tests.map(commandOf), failed: [] });
    return { ...GREEN, tidied };
  }
  const again: FailedRun[] = [];
  for (const { check } of failed) {
    const whole = [...checks, ...tests].find(({ id }) => id === check.id);
    if (whole !== undefined) again.push({ check: whole, ...(await runCheck(whole, bench.here)) });
  }
  const red = again.filter(({ passed }) => !passed);
  const redBefore = await failingBefore(bench, order.head, tests, red);
  await bench.assertHeld();
  const ours = red.filter(({ check }) => !redBefore.includes(check));
  const last = [...runs.filter(({ passed }) => passed), ...again];
  const outcome = await report(deps, order, last, ours.length === 0);
  if (ours.length === 0) {
    const before = redBefore.map(commandOf);
    const passed = tests.map(commandOf).filter((test) => !before.includes(test));
    await bench.memory.keep(order.merged, { passed, failed: before });
    const flaky = again.filter(({ passed }) => passed).map(nameOf);
    return { kind: "green", flaky: flaky.slice(0, NAMED), redBefore: before.slice(0, NAMED) };
  }
  if (outcome.evidence === undefined) throw new Error("a test failed and left no evidence");
  const names = ours.slice(0, NAMED).map(nameOf);
  return { kind: "red", failed: names, summary: outcome.summary, evidence: outcome.evidence };
}

type FailedRun = CheckRun & { check: Check };
type Bench = Awaited<ReturnType<typeof openBench>>;

/**
 * An earlier run that does not know yet that it was given up, here or in another worker on this folder, must not change the
 * files under this one, nor keep what it saw of them.
 */
const turnFile = ({ attempt }: WorkspacePaths) => join(attempt, "turn.lock");

/** Removed with the mission's workspaces; no feature can have its name. */
export const mergeFolder = (missionId: string, repository?: string) =>
  `${missionId}-~merge${repository === undefined ? "" : `~${repository}`}`;

interface MergePlace {
  place: WorkspacePaths;
  lease: Lease;
  repository: string | undefined;
}

/** The folder of merges, which stands at one commit after the other. */
async function openBench(
  deps: CheckDependencies,
  { feature, repository, commandMs, signal }: MergeOrder,
  plan: Plan,
  { place, lease, repository: name }: MergePlace,
) {
  const { missionId } = feature;
  await deps.commands.endRecordedGroup(groupFile(place));
  const here: CheckPlace = {
    commands: deps.commands,
    dir: place.tree,
    home: place.home,
    groupFile: groupFile(place),
    confine: childConfinement(deps.paths, missionId, plan, name),
    ...checkLook(deps.browser, plan),
    commandMs,
    signal,
  };
  return {
    here,
    assertHeld: lease.assertHeld,
    memory: await openMemory(place),
    /** In its turn: before it the folder is not ready, and after it another run may have it. */
    tidy: () =>
      oneAmongWorkers(turnFile(place), () => tidyUp(deps.git, repository.gitDir, place)).catch(
        () => undefined,
      ),
    stand: async (commit: string) => {
      await standAt(deps.git, repository.gitDir, place, commit);
      await prepareTests(place, here);
    },
  };
}

/** Of the tests that are red, those that fail without the feature too: run there, or remembered from there. */
async function failingBefore(
  { memory, stand, here, assertHeld }: Bench,
  head: string,
  tests: Check[],
  red: FailedRun[],
): Promise<Check[]> {
  const suspects = tests.filter((test) => red.some(({ check }) => check === test));
  const known = memory.of(head);
  const unknown = suspects.filter((test) => known[commandOf(test)] === undefined);
  if (unknown.length > 0) {
    await stand(head);
    for (const test of unknown) known[commandOf(test)] = (await runCheck(test, here)).passed;
    const commands = Object.keys(known);
    const passed = commands.filter((test) => known[test] === true);
    await assertHeld();
    await memory.keep(head, { passed, failed: commands.filter((test) => known[test] === false) });
  }
  return suspects.filter((test) => known[commandOf(test)] === false);
}

async function report(
  deps: CheckDependencies,
  { feature, merged, at }: MergeOrder,
  runs: CheckedRun[],
  passed: boolean,
) {
  const { missionId, featureId, generation } = feature;
  const told = { runs, unseen: [], name: `merge-${featureId}.txt` };
  const outcome = await reportChecks(deps.blobs, deps.scrub, told);
  await appendFeatureEvent(deps.paths.features, missionId, featureId, {
    key: `merged/${generation}/${merged}/${outcome.evidence?.sha256 ?? "none"}`,
    at,
    kind: "checks",
    passed,
    summary: `merged with the branch: ${outcome.summary}`,
    ...(outcome.evidence === undefined ? {} : { evidence: outcome.evidence }),
  });
  return outcome;
}

/** A test of the whole, as a check: it may pass before the feature is there. */
const asCheck = (run: string, index: number): Check => ({
  id: `test-${index + 1}`,
  sentence: run,
  verify: { method: "bash", run },
  alreadyTrue: true,
});
const commandOf = ({ sentence }: Pick<Check, "sentence">) => sentence;
/** Checks are known by their id, tests by what they run. */
const nameOf = ({ check: { id, sentence } }: FailedRun) =>
  (id.startsWith("test-") ? sentence : id).slice(0, 100);
