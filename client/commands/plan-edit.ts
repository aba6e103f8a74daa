import { resolve } from "node:path";
import type { Client } from "@temporalio/client";
import type { Plan } from "../../domain/plan.js";
import { begunViolations } from "../../domain/planning/edit-begun.js";
import { editPlan, type PlanEdit } from "../../domain/planning/edits.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readPlanFile } from "../../store/plan-file.js";
import { defaultAgent } from "../start/agents.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { adjustPlan } from "../plan-gate/adjust-plan.js";
import { everUsedIds, readCurrentPlan, type CurrentPlan } from "../plan-gate/current-plan.js";
import { editsFrom, type EditOptions } from "../plan-gate/edit-options.js";
import { savePlanInWork, planInWorkPath, removePlanInWork } from "../plan-gate/plan-in-work.js";
import { proposePlan } from "../plan-gate/propose.js";
import { missionsCommand } from "../shell-words.js";
import { planSummary } from "../start/plan-summary.js";

export interface PlanEditOptions extends EditOptions {
  reason?: string | undefined;
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** By option, by file, or by the menu of the plan gate; what has begun is left alone. */
export async function runPlanEdit(
  context: Context,
  typed: string[],
  options: PlanEditOptions,
): Promise<ExitCode> {
  const edits = editsFrom(options);
  if (edits === undefined && !context.output.interactive) {
    throw new Problem(
      EXIT.badInput,
      "Nothing says what is to be changed.",
      "See: npx missions plan edit --help",
    );
  }
  // Read first: a file that is no plan needs no server to be told so.
  const fromFile = edits === "yaml" ? await readFromFile(context, options.yaml ?? "") : undefined;
  return withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const current = await readCurrentPlan(context, client, missionId);
    const after = fromFile ?? (await edited(context, current, edits as PlanEdit[] | undefined));
    if (after === undefined) return EXIT.interrupted;
    return propose(context, client, current, after, options);
  });
}

async function readFromFile(context: Context, file: string): Promise<Plan> {
  const path = resolve(context.environment.callerFolder, file);
  return (await readPlanFile(path, { agent: defaultAgent(context) })).plan;
}

async function edited(
  context: Context,
  current: CurrentPlan,
  edits: PlanEdit[] | undefined,
): Promise<Plan | undefined> {
  const everUsed = await everUsedIds(context, current.record, current.versions);
  return edits === undefined
    ? byMenu(context, current, everUsed)
    : editPlan(current.plan, edits, everUsed);
}

async function propose(
  context: Context,
  client: Client,
  current: CurrentPlan,
  after: Plan,
  options: PlanEditOptions,
): Promise<ExitCode> {
  const { missionId } = current.record;
  const proposal = { current, after, reason: options.reason, mayStop: false };
  const { code, sent } = await proposePlan(context, client, proposal, options);
  if (sent) await removePlanInWork(context.paths, missionId);
  return code;
}

/** @returns undefined when the person leaves the plan as it is. */
async function byMenu(
  context: Context,
  { record, plan, progress }: CurrentPlan,
  everUsed: string[],
): Promise<Plan | undefined> {
  const { missionId } = record;
  const { output, paths } = context;
  let kept = plan;
  try {
    const adjusted = await adjustPlan(context, {
      plan,
      everUsed,
      endings: [
        { value: "take", label: "Take the plan as it is now" },
        { value: "leave", label: "Leave everything as it was" },
      ],
      summary: (shown) => Promise.resolve(planSummary(shown, output.columns())),
      check: (changed) => {
        const [first] = begunViolations(plan, changed, progress, false);
        if (first !== undefined) throw new Problem(EXIT.notNow, first.sentence, first.remedy);
      },
      keep: async (changed) => {
        kept = changed;
        if (changed !== plan) await savePlanInWork(paths, missionId, changed);
      },
    });
    return adjusted.ending === "take" ? adjusted.plan : undefined;
  } catch (error) {
    const isStopped = error instanceof Problem && error.exitCode === EXIT.interrupted;
    if (!isStopped || kept === plan) throw error;
    const path = planInWorkPath(paths, missionId);
    throw new Problem(
      EXIT.interrupted,
      `Stopped by you; the plan as it was last is kept in ${path}.`,
      `Go on with: ${missionsCommand("plan", "edit", missionId, "--yaml", path)}`,
    );
  }
}
