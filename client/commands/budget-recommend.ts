import { resolve } from "node:path";
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import {
  levelLines,
  levelsForGoal,
  levelsForPlan,
  type LevelTable,
} from "../../domain/estimates/levels.js";
import { withEstimates } from "../../domain/estimates/estimate-plan.js";
import { usdFigure } from "../../domain/estimates/figures.js";
import { detectGoalType } from "../../domain/interview/goal-type.js";
import { readGoal } from "../../domain/interview/interview.js";
import { GOAL_TYPES, type GoalType } from "../../domain/mission.js";
import { formatTokens, microUsdFromUsd } from "../../domain/money.js";
import type { PlanBudget } from "../../domain/plan.js";
import { blueprintFor } from "../../domain/planning/blueprints.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readPlanFile } from "../../store/plan-file.js";
import { budgetGiven, isGiven, type AmountsGiven } from "../budget/amounts-given.js";
import { estimateBases } from "../budget/basis.js";
import { restsOnLine } from "../budget/wording.js";
import type { Context } from "../context.js";
import { cleanLine } from "../terminal/clean.js";
import { tableColumns } from "../terminal/output.js";

interface Options extends AmountsGiven {
  goal?: string | undefined;
  plan?: string | undefined;
  type?: GoalType | undefined;
}

interface Recommended {
  /** What the levels are of, for people. */
  about: string;
  budget: PlanBudget;
  type?: GoalType;
  tables: LevelTable[];
}

/** The three outcome levels of a goal or a plan, for each configured provider. */
export async function runBudgetRecommend(
  context: Context,
  _typed: string[],
  options: Options,
): Promise<ExitCode> {
  if ((options.goal === undefined) === (options.plan === undefined)) {
    throw new Problem(
      EXIT.badInput,
      options.goal === undefined
        ? "Nothing says what the levels are for."
        : "A goal and a plan were given; only one of them can be meant.",
      'For example: npx missions budget recommend --goal "Build a CRM" --usd 200 --hours 40',
    );
  }
  const bases = await estimateBases(context);
  const { about, budget, type, tables } =
    options.plan === undefined
      ? ofGoal(options.goal ?? "", options, bases)
      : await ofPlan(context, options.plan, options, bases);
  const { output } = context;
  const { money_usd: usd, time_hours: hours, token_limit: tokens } = budget;
  output.answer(
    { about, type, budget: { usd, hours, tokens }, n: bases[0]?.history.length ?? 0, tables },
    [
      about,
      `Budget ${usdFigure(microUsdFromUsd(usd))}, ${hours} h of active time, ${formatTokens(tokens)} tokens${isGiven(options) || options.plan !== undefined ? "" : " (nothing was given, so this is the usual one)"}`,
      "",
      ...levelLines(tables, output.columns(), tableColumns(output)),
      "",
      ...bases.slice(0, 1).map(restsOnLine),
    ],
  );
  return EXIT.ok;
}

function ofGoal(typed: string, options: Options, bases: readonly EstimateBasis[]): Recommended {
  const goal = readGoal(typed);
  const budget = budgetGiven(options);
  const { type: detected, words } = detectGoalType(goal);
  const type = options.type ?? detected;
  if (type === undefined) {
    throw new Problem(
      EXIT.badInput,
      "The words of the goal do not say what sort of goal it is.",
      `Say it with --type, one of ${GOAL_TYPES.join(", ")}.`,
    );
  }
  const why =
    options.type === undefined
      ? `by ${words.map((word) => JSON.stringify(word)).join(", ")}`
      : "as you said";
  const blueprint = blueprintFor(type);
  return {
    about: `Levels of a goal of the sort ${type}, ${why}`,
    budget,
    type,
    tables: bases.map((basis) => levelsForGoal({ goal, type }, blueprint, basis, budget)),
  };
}

async function ofPlan(
  { environment }: Context,
  path: string,
  { usd, hours, tokens }: Options,
  bases: readonly EstimateBasis[],
): Promise<Recommended> {
  const { plan } = await readPlanFile(resolve(environment.callerFolder, path), {
    budget: { money_usd: usd, time_hours: hours, token_limit: tokens },
  });
  return {
    about: `Levels of the plan ${JSON.stringify(cleanLine(plan.title))}`,
    budget: plan.budget,
    ...(plan.type === undefined ? {} : { type: plan.type }),
    tables: bases.map((basis) => levelsForPlan(withEstimates(plan, basis), basis)),
  };
}
