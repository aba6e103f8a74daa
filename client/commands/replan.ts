import { resolve } from "node:path";
import type { Client } from "@temporalio/client";
import { MISSION_ID } from "../../domain/ids.js";
import type { Amount } from "../../domain/mission.js";
import { formatTokens, formatUsd, microUsdFromUsd } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { isFinished } from "../../domain/planning/edit-begun.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { mergeRouting } from "../../domain/routing.js";
import { readPlanFile } from "../../store/plan-file.js";
import { defaultAgent } from "../start/agents.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { readCurrentPlan, type CurrentPlan } from "../plan-gate/current-plan.js";
import { needAgreement, proposePlan } from "../plan-gate/propose.js";
import { whileHeld } from "../plan-gate/replan-hold.js";
import { PLANNING_CAP_USD } from "../planning/planning-cap.js";
import { needPlanningModel, orchestratorIn, planningModel } from "../planning/planning-model.js";
import { missionsCommand } from "../shell-words.js";
import { openModelTools } from "../start/models.js";

export interface ReplanOptions {
  plan?: string | undefined;
  reason?: string | undefined;
  /** USD that asking a model may cost. */
  planningCap?: number | undefined;
  yes?: boolean | undefined;
}

/** A changed plan, of a model or of a file. Finished work stays; nothing changes before yes. */
export async function runReplan(
  context: Context,
  typed: string[],
  options: ReplanOptions,
): Promise<ExitCode> {
  const { plan: file } = options;
  if (file !== undefined) return replanFromFile(context, typed, file, options);
  // Before a model is paid; a plan from a file is shown first.
  needAgreement(context, options);
  const wish = (typed.at(-1) ?? "").trim();
  if (wish === "" || MISSION_ID.test(wish)) {
    throw new Problem(
      EXIT.badInput,
      "Nothing says what is wrong with the plan.",
      'Say it in a sentence: npx missions replan "the login comes too late"; or give a plan with --plan FILE.',
    );
  }
  return withClient(context, async (client) => {
    const found = await findOnServer(context, client, typed, { names: ["what is wrong"] });
    const current = await readCurrentPlan(context, client, found.missionId);
    return replanByModel(context, client, current, wish, options);
  });
}

async function replanFromFile(
  context: Context,
  typed: string[],
  file: string,
  options: ReplanOptions,
): Promise<ExitCode> {
  const { plan: after } = await readPlanFile(resolve(context.environment.callerFolder, file), {
    agent: defaultAgent(context),
  });
  return withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const current = await readCurrentPlan(context, client, missionId);
    const proposal = { current, after, reason: options.reason, mayStop: true };
    return (await proposePlan(context, client, proposal, options)).code;
  });
}

async function replanByModel(
  context: Context,
  client: Client,
  current: CurrentPlan,
  wish: string,
  options: ReplanOptions,
): Promise<ExitCode> {
  const { output } = context;
  const { missionId } = current.record;
  const model = await orchestratorOf(context, current.plan);
  const capMicroUsd = microUsdFromUsd(options.planningCap ?? PLANNING_CAP_USD);
  output.note(
    `Asking ${model} may cost up to ${formatUsd(capMicroUsd)} of the mission's money; --planning-cap says how much.`,
  );
  const { redraftPlan } = await import("../planning/redraft.js");
  return whileHeld(context, client, current.seen, async () => {
    const redraft = await redraftPlan(context, client, {
      missionId,
      generation: current.record.generation,
      planHash: current.planHash,
      wish,
      fixed: finishedIds(current),
      model,
      capMicroUsd,
    });
    try {
      return await proposePlan(
        context,
        client,
        { current, after: redraft.plan, reason: options.reason ?? wish, mayStop: true },
        options,
      );
    } finally {
      output.note(`Asking cost ${costOf(redraft.spent)}.`);
    }
  });
}

const costOf = ({ microUsd, tokens }: Amount) =>
  `${formatUsd(microUsd)}, ${formatTokens(tokens)} tokens`;

/** Features whose work is in the result. */
function finishedIds({ plan, progress }: CurrentPlan): string[] {
  return plan.milestones.flatMap(({ id: milestone, features }) =>
    features
      .map(({ id }) => id)
      .filter(
        (id) =>
          progress.milestones.get(milestone) === "done" || isFinished(progress.features.get(id)),
      ),
  );
}

/** As for a first plan, but what the plan's own routing names goes first. @throws Problem noModel when there is none to ask. */
async function orchestratorOf(context: Context, plan: Plan): Promise<string> {
  const { access } = await openModelTools(context);
  const named = orchestratorIn(mergeRouting(access.defaultRouting(), plan.model_routing));
  const model = named ?? (await planningModel(context));
  if (model === undefined) {
    throw new Problem(
      EXIT.noModel,
      "No model is named that could change the plan.",
      `Change it by hand, ${missionsCommand("plan", "edit", "--help")} says how; or enter a key: npx missions key set PROVIDER.`,
    );
  }
  await needPlanningModel(context, model);
  return model;
}
