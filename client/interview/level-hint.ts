/** What the budget of a scope buys, as the interview's last question shows it: the same table as `budget recommend`. */
import { LEVEL_NAMES, levelLines, levelsForGoal } from "../../domain/estimates/levels.js";
import {
  type Interview,
  type InterviewHints,
  nextQuestion,
  scopeOf,
} from "../../domain/interview/interview.js";
import { blueprintFor } from "../../domain/planning/blueprints.js";
import { Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { estimateBases } from "../budget/basis.js";
import type { Context } from "../context.js";
import { tableColumns } from "../terminal/output.js";

export type LevelHint = NonNullable<InterviewHints["level"]>;

const COLUMNS = 100;
/** Of the prompts. */
const MARGIN = 4;

/** Every configured provider is shown; the first, which does the work, decides. @throws Problem for an unknown price or broken settings. */
export async function levelHint(context: Context, scope: Scope): Promise<LevelHint> {
  const bases = await estimateBases(context);
  const blueprint = blueprintFor(scope.type);
  const tables = bases.map((basis) => levelsForGoal(scope, blueprint, basis, scope.budget));
  const bought = tables[0]?.bought;
  const { output } = context;
  const text = Math.min(COLUMNS, output.columns()) - MARGIN;
  const lines = levelLines(tables, text, tableColumns(output) - MARGIN);
  if (scope.mode === "poc") {
    return { recommended: "mvp", lines, because: "a proof of concept needs no more" };
  }
  return {
    recommended: bought ?? "mvp",
    lines,
    because:
      bought === undefined
        ? "the budget is likely to buy no level whole; this comes nearest"
        : `the budget buys ${LEVEL_NAMES[bought]}`,
  };
}

/** The table, when it is its turn; without it the level is asked all the same. */
export async function hintsFor(context: Context, interview: Interview): Promise<InterviewHints> {
  if (nextQuestion(interview)?.id !== "level") return {};
  try {
    return { level: await levelHint(context, scopeOf(interview)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.output.note(`No table of levels: ${error.message} ${error.remedy}`);
    return {};
  }
}
