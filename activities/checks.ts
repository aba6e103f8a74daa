/** The engine's own verdict on a feature: its checks, each of which must have failed before the work was done. */
import { CancelledFailure } from "@temporalio/activity";
import { type ConstraintVerdict, hasChecked } from "../domain/constraints.js";
import type { Check, CheckedConstraints, Plan, PlanFeature } from "../domain/plan.js";
import type { ChecksInput, ChecksOutcome } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { Git } from "../store/git.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { superseded, workerStopped } from "./attempt-failure.js";
import { childConfinement } from "./child-confinement.js";
import { NOTHING_TO_RUN, reportChecks, type CheckedRun } from "./check-report.js";
import { type CheckPlace, isRunnable, runCheck } from "./check-run.js";
import { checkConstraints, checkLies, openFeatureChange } from "./constraint-check.js";
import { openControls } from "./controls.js";
import { standing } from "./fence.js";
import { whileHeartbeating } from "./heartbeat.js";
import { type CheckLook, checkLook } from "./look-order.js";
import type { BlobPort, BrowserPort, CommandPort, HostClock } from "./ports.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import { groupFile } from "./workspace.js";

export interface CheckDependencies {
  paths: EnginePaths;
  git: Git;
  blobs: BlobPort;
  commands: CommandPort;
  /** Left out: browser checks are not run. */
  browser?: BrowserPort;
  clock: HostClock;
  scrub: (text: string) => string;
}

const PROVES_NOTHING =
  "also passes on the base commit: it proves nothing; mark alreadyTrue or mend it";

export function createCheckActivities(deps: CheckDependencies) {
  return {
    /** Runs every check of the feature in its workspace, then holds its change against the plan's constraints and its base; may be repeated. */
    async runChecks(input: ChecksInput): Promise<ChecksOutcome> {
      const { planHash, milestoneId, featureId } = input.feature;
      const plan = await readStoredPlan(deps.blobs, planHash);
      const { scope, hosts } = plan;
      const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
      const { checks, kind, repository } = feature;
      const held = kind === "code" && hasChecked(scope.checked) ? scope.checked : undefined;
      const compared = kind === "code" && input.workspace.baseCommit !== "" ? feature : undefined;
      if (checks.length === 0 && held === undefined && compared === undefined)
        return NOTHING_TO_RUN;
      const { missionId } = input.feature;
      const confine = childConfinement(deps.paths, missionId, { hosts }, repository);
      return whileHeartbeating((signal) =>
        orCancelled(signal, () =>
          check(
            deps,
            input,
            { plan, checks, held, compared, confine, ...checkLook(deps.browser, plan) },
            signal,
          ),
        ),
      );
    },
  };
}

interface Demands {
  plan: Plan;
  checks: Check[];
  held: CheckedConstraints | undefined;
  /** A feature whose change may not weaken the repository's own checks. */
  compared: PlanFeature | undefined;
  confine: CheckPlace["confine"];
  look?: CheckLook;
}

async function check(
  deps: CheckDependencies,
  { feature, workspace, commandMs }: ChecksInput,
  { plan, checks, held, compared, ...given }: Demands,
  signal: AbortSignal,
): Promise<ChecksOutcome> {
  const place = workspacePaths(deps.paths.workspaces, workspace.name);
  const group = groupFile(place);
  await deps.commands.endRecordedGroup(group);
  const { commands } = deps;
  const { tree: dir, home } = place;
  const here = { commands, dir, home, groupFile: group, commandMs, signal, ...given };
  const { runs, unseen } = await runAll(checks, here);
  if (workspace.baseCommit !== "") {
    const controls = await openControls(deps, feature, workspace, here);
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
  const isHeld = held !== undefined || compared !== undefined;
  const change = isHeld ? await openFeatureChange(deps, feature, workspace) : undefined;
  const verdicts = held === undefined ? [] : await checkConstraints(change, held);
  const lies = compared === undefined ? [] : await checkLies(change, compared, plan.tests);
  if (checks.length + verdicts.length + lies.length === 0) return NOTHING_TO_RUN;
  const name = `checks-${feature.featureId}.txt`;
  const outcome = await reportChecks(deps.blobs, deps.scrub, {
    runs: [
      ...runs,
      ...verdicts.filter(({ verdict }) => verdict !== "not-seen").map(verdictRun),
      ...lies.filter(({ passed }) => !passed),
    ],
    unseen: [...unseen, ...verdicts.filter(({ verdict }) => verdict === "not-seen")],
    noted: lies.filter(({ passed }) => passed),
    name,
  });
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

const verdictRun = ({ id, sentence, verdict, found }: ConstraintVerdict): CheckedRun => ({
  check: { id, sentence },
  passed: verdict === "passed",
  ms: 0,
  how: ["held against the change by the engine", ...found].join("\n"),
  output: "",
});

/** Runs checks one after the other; what only a person can see is listed and not counted. */
export async function runAll(
  checks: Check[],
  place: CheckPlace,
): Promise<{ runs: (CheckedRun & { check: Check })[]; unseen: Check[] }> {
  const runs: (CheckedRun & { check: Check })[] = [];
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
