/** Install, build, lint and tests of a fresh checkout, as it names them, and how the same went on the milestone's base. */
import { type Step, type StepKind } from "../domain/detection.js";
import { notInstalled, probeOf, toolOf } from "../domain/missing-tools.js";
import { countTests } from "../domain/test-counts.js";
import { type SeenRun, stepId } from "../domain/validation-findings.js";
import type { MilestoneBase } from "./validation-base.js";
import { type CommandPlace, runOnce, seeCommand } from "./validation-command.js";

/**
 * In their order; what the repository names is left out after an install at the top that did not succeed. What the plan names is
 * not, nor an install in a folder of its own.
 */
export async function runSteps(
  steps: readonly Step[],
  place: CommandPlace,
  base: MilestoneBase | undefined,
): Promise<SeenRun[]> {
  const runs: SeenRun[] = [];
  let failed: SeenRun | undefined;
  for (const step of steps) {
    const isApart = step.by === "plan" || step.folder !== undefined;
    const run =
      failed === undefined || isApart ? await runStep(step, place, base) : leftOut(step, failed);
    if (step.kind === "install" && !isApart && !ranThrough(run)) failed ??= run;
    runs.push(run);
  }
  return runs;
}

const ranThrough = ({ verdict }: SeenRun) => verdict === "passed" || verdict === "flaky";

const ABOUT: Record<StepKind, string> = {
  install: "Its packages can be installed",
  build: "It can be built",
  lint: "Its linter has nothing to say",
  test: "Its tests pass",
};

const begin = ({ kind, run, by, folder }: Step) => ({
  ...{ id: stepId(kind, folder === undefined ? run : run.replace(/^cd (\S+) && /, "$1/")) },
  ...{ kind, by },
  sentence: ABOUT[kind],
  how: run,
});

async function runStep(
  step: Step,
  place: CommandPlace,
  base: MilestoneBase | undefined,
): Promise<SeenRun> {
  const { kind, run, by } = step;
  const found = await seeCommand(run, place);
  // A program that its own scripts lack, or say they lack, is a fault of the repository, not of this host.
  const isOurs =
    found.missing === undefined ||
    by === "plan" ||
    (found.missing === toolOf(run) &&
      !(await runOnce(probeOf(run), place, place.commandMs)).passed);
  const seen: SeenRun = {
    ...begin(step),
    ...found,
    ...(isOurs ? {} : { verdict: "failed" as const }),
  };
  if (!isOurs) delete seen.missing;
  if (seen.missing !== undefined) seen.ended = notInstalled(seen.missing);
  if (seen.verdict === "not-run" && by !== "plan") {
    const state = await base?.state(kind, run, seen.missing ?? "");
    if (state === "new") seen.isNew = true;
    if (state === "runs") {
      seen.verdict = "failed";
      seen.ended = `${found.ended}, though it runs on the milestone's base`;
      delete seen.missing;
    }
  }
  if (kind === "install" || kind === "build" || seen.verdict === "not-run") return seen;
  if (kind === "lint" && seen.verdict === "passed") return seen;
  const onBase = await base?.saysOf(run, by, seen.verdict === "flaky");
  return onBase === undefined ? seen : { ...seen, base: onBase };
}

/**
 * What tested on the base and is named here no more: it has to hold all the same, or as many tests in its place.
 * @param runs of the steps that are named.
 */
export async function runLostTests(
  steps: readonly Step[],
  runs: readonly SeenRun[],
  place: CommandPlace,
  base: MilestoneBase,
): Promise<SeenRun[]> {
  const lost: SeenRun[] = [];
  const inPlace = runs
    .filter(({ kind, verdict, base: old }) => kind === "test" && verdict === "passed" && !old)
    .reduce((all, { count }) => all + (count?.tests ?? 0), 0);
  for (const step of await base.testsBesides(steps)) {
    const onBase = await base.saysOf(step.run, step.by, false);
    if (onBase?.passed !== true) continue;
    const before = onBase.tests ?? 0;
    const here = await runOnce(step.run, place, place.commandMs);
    const tests = countTests(here.output)?.tests ?? 0;
    if ((here.passed && tests >= before) || (before > 0 && inPlace >= before)) continue;
    const { ended, ms, output } = here;
    const seen = { ended, ms, output, verdict: "failed" as const, base: onBase };
    lost.push({ ...begin(step), ...seen, isLost: true });
  }
  return lost;
}

const leftOut = (step: Step, { how, verdict }: SeenRun): SeenRun => ({
  ...begin(step),
  verdict: "not-run",
  ended: `not run, because \`${how}\` ${verdict === "failed" ? "failed" : "was not run"}`,
  ms: 0,
  output: "",
  isConsequence: true,
});
