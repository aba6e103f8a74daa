/** The milestone's own checks on a fresh checkout, and whether each could fail at all. */
import { notInstalled } from "../domain/missing-tools.js";
import type { Check } from "../domain/plan.js";
import type { SeenRun } from "../domain/validation-findings.js";
import { runCheck } from "./check-run.js";
import type { MilestoneBase } from "./validation-base.js";
import { type CommandPlace, seeCommand } from "./validation-command.js";

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
