/** The engine's own verdict on a feature: its checks, each of which must have failed before the work was done. */
import { CancelledFailure } from "@temporalio/activity";
import type { Check } from "../domain/plan.js";
import type { ChecksInput, ChecksOutcome } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { Git } from "../store/git.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { superseded, workerStopped } from "./attempt-failure.js";
import { NOTHING_TO_RUN, reportChecks, type CheckedRun } from "./check-report.js";
import { type CheckPlace, isRunnable, runCheck } from "./check-run.js";
import { openControls } from "./controls.js";
import { standing } from "./fence.js";
import { whileHeartbeating } from "./heartbeat.js";
import type { BlobPort, CommandPort, HostClock } from "./ports.js";
import { readPlanFeature } from "./plan.js";
import { groupFile } from "./workspace.js";

export interface CheckDependencies {
  paths: EnginePaths;
  git: Git;
  blobs: BlobPort;
  commands: CommandPort;
  clock: HostClock;
  scrub: (text: string) => string;
}

const PROVES_NOTHING =
  "also passes on the base commit: it proves nothing; mark alreadyTrue or mend it";

export function createCheckActivities(deps: CheckDependencies) {
  return {
    /** Runs every check of the feature in its workspace; may be repeated. */
    async runChecks(input: ChecksInput): Promise<ChecksOutcome> {
      const { planHash, milestoneId, featureId } = input.feature;
      const { checks } = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
      if (checks.length === 0) return NOTHING_TO_RUN;
      return whileHeartbeating((signal) =>
        orCancelled(signal, () => check(deps, input, checks, signal)),
      );
    },
  };
}

async function check(
  deps: CheckDependencies,
  { feature, workspace, commandMs }: ChecksInput,
  checks: Check[],
  signal: AbortSignal,
): Promise<ChecksOutcome> {
  const place = workspacePaths(deps.paths.workspaces, workspace.name);
  const group = groupFile(place);
  await deps.commands.endRecordedGroup(group);
  const { commands } = deps;
  const here = { commands, dir: place.tree, home: place.home, groupFile: group, commandMs, signal };
  const { runs, unseen } = await runAll(checks, here);
  if (workspace.baseCommit !== "") {
    const controls = await openControls(deps, feature.missionId, workspace, here);
    try {
      for (const run of runs) {
        if (!run.passed || run.check.alreadyTrue === true || !isRunnable(run.check)) continue;
        if (!(await controls.passesOnBase(run.check))) continue;
        run.passed = false;
        run.how += `\n${PROVES_NOTHING}`;
      }
    } finally {
      await controls.close();
    }
  }
  const name = `checks-${feature.featureId}.txt`;
  const outcome = await reportChecks(deps.blobs, deps.scrub, runs, unseen, name);
  await appendFeatureEvent(deps.paths.features, feature.missionId, feature.featureId, {
    key: `checks/${feature.generation}/${outcome.evidence?.sha256 ?? "none"}`,
    at: new Date(deps.clock.now()).toISOString(),
    kind: "checks",
    passed: outcome.passed,
    summary: outcome.summary,
    ...(outcome.evidence === undefined ? {} : { evidence: outcome.evidence }),
  });
  return outcome;
}

/** Runs checks one after the other; what only a person can see is listed and not counted. */
export async function runAll(
  checks: Check[],
  place: CheckPlace,
): Promise<{ runs: CheckedRun[]; unseen: Check[] }> {
  const runs: CheckedRun[] = [];
  for (const check of checks)
    if (check.verify.method !== "person") runs.push({ check, ...(await runCheck(check, place)) });
  return { runs, unseen: checks.filter(({ verify }) => verify.method === "person") };
}

/** An aborted round ends by what stopped it, whatever it tripped over. */
export async function orCancelled<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!signal.aborted) throw error;
    const why = standing();
    if (why === "leave") throw workerStopped(); // the worker ends, not the mission: Temporal runs this again
    if (why === "superseded") throw superseded();
    throw new CancelledFailure("the checks were stopped");
  }
}
