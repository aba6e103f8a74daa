/** The scope of a start that asks nothing: documented defaults, each of which a flag may replace. Pure. */
import { checkedOf } from "../constraint-words.js";
import type { GoalType, MissionMode, OutcomeLevel } from "../mission.js";
import type { ModelRouting } from "../plan.js";
import type { RepositoryFacts, Scope } from "../scope.js";
import { budgetFrom, MODERATE_USD, WEEK_HOURS } from "./budget-questions.js";
import { levelFor } from "./goal-questions.js";
import { detectGoalType, detectMode, modeWord } from "./goal-type.js";
import { readGoal } from "./interview.js";

export interface HeadlessInput {
  goal: string;
  /** Replace what is assumed, as the flags of `start`. */
  given?: {
    type?: GoalType | undefined;
    mode?: MissionMode | undefined;
    usd?: number | undefined;
    hours?: number | undefined;
    tokens?: number | undefined;
    deadline?: Scope["deadline"];
    level?: OutcomeLevel | undefined;
  };
  /** The recommended one and why, where estimates could be made. */
  level?: { recommended: OutcomeLevel; because: string } | undefined;
  preferences: Record<string, string>;
  routing?: ModelRouting | undefined;
  repository?: RepositoryFacts | undefined;
}

/**
 * Type by signal words (greenfield when nothing matches), mode by the goal, a moderate amount of money, a working week,
 * local infrastructure, no dependencies, the recommended level. Assumptions are listed in `answers`.
 * @throws Problem (badInput) for a goal that is empty or too long.
 */
export function headlessScope(input: HeadlessInput): Scope {
  const { given = {}, preferences, routing = {}, repository } = input;
  const goal = readGoal(input.goal);
  const found = detectGoalType(goal);
  const type = given.type ?? found.type ?? "greenfield";
  const mode = given.mode ?? detectMode(goal);
  const level = given.level ?? input.level?.recommended ?? levelFor(mode);
  const { usd = MODERATE_USD, hours = WEEK_HOURS } = given;
  const budget = budgetFrom(usd, hours, given.tokens);
  const why = (flag: unknown, otherwise: string) => (flag === undefined ? otherwise : "given");
  const words =
    found.type === undefined
      ? "nothing in the goal says otherwise"
      : `the goal says ${found.words.slice(0, 4).join(", ")}`;
  const word = modeWord(goal);
  const assumed: [string, string, string][] = [
    ["Sort of goal", type, why(given.type, words)],
    [
      "Mode",
      mode,
      why(
        given.mode,
        word === undefined ? "the goal asks for no prototype" : `the goal says ${word}`,
      ),
    ],
    ["Money", `$${budget.money_usd}`, why(given.usd, "a moderate amount")],
    ["Hours", String(budget.time_hours), why(given.hours, "a working week")],
    ["Tokens", String(budget.token_limit), why(given.tokens, "enough that the money ends first")],
    ["Level", level, why(given.level, input.level?.because ?? "the usual one of this mode")],
  ];
  return {
    goal,
    type,
    mode,
    level,
    budget,
    ...(given.deadline === undefined ? {} : { deadline: given.deadline }),
    infrastructure: "local",
    dependencies: "none",
    nonGoals: [],
    constraints: [],
    ...checkedOf([goal], preferences),
    mustHold: [],
    preferences,
    routing,
    ...(repository === undefined ? {} : { repository }),
    answers: assumed.map(([question, answer, because]) => ({
      question,
      answer: `${answer} (not asked: ${because})`,
    })),
  };
}
