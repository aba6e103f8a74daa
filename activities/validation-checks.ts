/** The milestone's own checks on a fresh checkout, and whether each could fail at all. */
import { notInstalled } from "../domain/missing-tools.js";
import type { Step } from "../domain/detection.js";
import { checkIdOf } from "../domain/finding-evidence.js";
import type { Check, PlanMilestone } from "../domain/plan.js";
import type { SeenRun } from "../domain/validation-findings.js";
import { isRunnable, runCheck } from "./check-run.js";
import type { MilestoneBase } from "./validation-base.js";
import { type CommandPlace, seeCommand } from "./validation-command.js";

/**
 * The milestone's own checks, and those of its features whose work is there: these were seen in the workspace of an agent, with
 * all that lay about in it. What is the same is asked once; that a feature's check can fail was seen before its work.
 */
export function demandedChecks(
  { checks, features }: PlanMilestone,
  merged: ReadonlySet<string>,
  steps: readonly Step[],
): Check[] {
  const known = new Set([
    ...checks.map(({ verify }) => keyOf(verify)),
    ...steps.map(({ run }) => keyOf({ method: "bash", run })),
  ]);
  const ofFeatures = features
    .filter(({ id, kind, repository }) => kind === "code" && merged.has(id) && !repository)
    .flatMap(({ id: owner, checks: own }) =>
      own.flatMap((check): Check[] => {
        const key = keyOf(check.verify);
        if (!isRunnable(check) || known.has(key)) return [];
        known.add(key);
        return [{ ...check, id: checkIdOf(owner, check), alreadyTrue: true }];
      }),
    );
  return [...checks, ...ofFeatures];
}

const keyOf = (verify: Check["verify"]) =>
  verify.method === "bash" ? `$ ${verify.run}` : JSON.stringify(verify);

/** All but those of method `browser`, which are one look at the app. */
export async function seeChecks(
  checks: readonly Check[],
  place: CommandPlace,
  base: MilestoneBase | undefined,
): Promise<SeenRun[]> {
  const runs: SeenRun[] = [];
  for (const check of checks) {
    if (check.verify.method === "browser") continue;
    const seen = await seeCheck(check, place);
    runs.push(base === undefined ? seen : await onBase(seen, check, base));
  }
  return runs;
}

export const checkRun = ({ id, sentence }: Check) =>
  ({ id, sentence, kind: "check", by: "plan" }) as const;

async function seeCheck(check: Check, place: CommandPlace): Promise<SeenRun> {
  const { verify } = check;
  if (verify.method === "person")
    return {
      ...checkRun(check),
      ...{ how: "for a person to see", verdict: "person", ended: "not seen by the engine" },
      ...{ ms: 0, output: "" },
    };
  if (verify.method === "bash") {
    const { run, timeoutSeconds } = verify;
    const timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000;
    const seen = await seeCommand(run, place, timeoutMs);
    const { missing } = seen;
    const ended = missing === undefined ? seen.ended : notInstalled(missing);
    return { ...checkRun(check), how: run, ...seen, ended };
  }
  await place.putBack?.();
  const { passed, ms, how, output, notRun } = await runCheck(check, place);
  const [what = "", ...rest] = how.split("\n");
  return {
    ...checkRun(check),
    how: what,
    verdict: passed ? "passed" : notRun === undefined ? "failed" : "not-run",
    ended: notRun ?? rest.join(" "),
    ...{ ms, output },
  };
}

/** What passes must have failed before the work, what is flaky may have been so before. */
async function onBase(seen: SeenRun, check: Check, base: MilestoneBase): Promise<SeenRun> {
  if (seen.verdict === "flaky" && check.verify.method === "bash") {
    const said = await base.saysOf(check.verify.run, "plan", true);
    return said === undefined ? seen : { ...seen, base: said };
  }
  if (seen.verdict !== "passed" || check.alreadyTrue === true) return seen;
  return (await base.passes(check)) ? { ...seen, provesNothing: true } : seen;
}
