/** Install, build, lint and tests of a fresh checkout, as it names them, and how the same went on the milestone's base. */
import { type Step, type StepKind } from "../domain/detection.js";
import { notInstalled, probeOf, toolOf } from "../domain/missing-tools.js";
import { type SeenRun, stepId } from "../domain/validation-findings.js";
import type { MilestoneBase } from "./validation-base.js";
import { type CommandPlace, runOnce, seeCommand } from "./validation-command.js";

/** In their order; what the repository names is left out after an install that did not succeed, what the plan names is not. */
export async function runSteps(
  steps: readonly Step[],
  place: CommandPlace,
  base: MilestoneBase | undefined,
): Promise<SeenRun[]> {
  const runs: SeenRun[] = [];
  for (const step of steps) {
    const install = runs.find(
      ({ kind, verdict }) => kind === "install" && (verdict === "failed" || verdict === "not-run"),
    );
    runs.push(
      install === undefined || step.by === "plan"
        ? await runStep(step, place, base)
        : leftOut(step, install),
    );
  }
  return runs;
}

const ABOUT: Record<StepKind, string> = {
  install: "Its packages can be installed",
  build: "It can be built",
  lint: "Its linter has nothing to say",
  test: "Its tests pass",
};

const begin = ({ kind, run, by }: Step) => ({
  ...{ id: stepId(kind, run), kind, by },
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
  if (seen.verdict === "not-run" && (await base?.hasOther(kind, run)) === true)
    seen.isInstead = true;
  if (kind === "install" || kind === "build" || seen.verdict === "not-run") return seen;
  if (kind === "lint" && seen.verdict === "passed") return seen;
  const onBase = await base?.saysOf(run, by, seen.verdict === "flaky");
  return onBase === undefined ? seen : { ...seen, base: onBase };
}

const leftOut = (step: Step, { how, verdict }: SeenRun): SeenRun => ({
  ...begin(step),
  verdict: "not-run",
  ended: `not run, because \`${how}\` ${verdict === "failed" ? "failed" : "was not run"}`,
  ms: 0,
  output: "",
  isConsequence: true,
});
