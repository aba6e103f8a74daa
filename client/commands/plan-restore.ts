import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readPlan } from "../../domain/read-plan.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { readMissionPlan } from "../mission-plan.js";
import { readCurrentPlan } from "../plan-gate/current-plan.js";
import { proposePlan } from "../plan-gate/propose.js";
import { versionOf, versionWords } from "../plan-gate/version-words.js";

export interface RestoreOptions {
  reason?: string | undefined;
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** Back to an earlier version, as one more change of the plan: what has begun since stays. */
export function runPlanRestore(
  context: Context,
  typed: string[],
  options: RestoreOptions,
): Promise<ExitCode> {
  const { mission, versions: named } = versionWords(typed, 1);
  const [n] = named;
  if (n === undefined) {
    throw new Problem(
      EXIT.badInput,
      "Nothing says which version is to be restored.",
      "Name its number; npx missions plan show lists them.",
    );
  }
  return withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, mission);
    const current = await readCurrentPlan(context, client, missionId);
    const { planHash } = versionOf(current.versions, n);
    // Rules may have been added since it was written.
    const after = readPlan(await readMissionPlan(context.paths, { ...current.record, planHash }));
    const reason = options.reason ?? `back to version ${n} of the plan`;
    const proposal = { current, after, reason, mayStop: false };
    return (await proposePlan(context, client, proposal, options)).code;
  });
}
