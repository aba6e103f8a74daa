import { Option, type Command } from "@commander-js/extra-typings";
import { FEATURE_KINDS, GOAL_TYPES, SIZES, TIERS } from "../../domain/mission.js";
import { GROUPINGS } from "../account/groups.js";
import * as amounts from "./amounts.js";
import { withoutWords, type Launch } from "./launch.js";

const usd = () =>
  new Option("--usd <amount>", "money in US dollars, as 200").argParser(amounts.usd("--usd"));
const hours = () =>
  new Option("--hours <hours>", "hours of active time, as 40").argParser(amounts.hours("--hours"));
const tokens = () =>
  new Option("--tokens <tokens>", "tokens, as 500k or 2M").argParser(amounts.tokens("--tokens"));

export function addBudgeting(program: Command, launch: Launch): void {
  const budget = program
    .command("budget")
    .description("Accounts for money and tokens, and says what they are likely to buy.");
  budget
    .command("show")
    .description("Lists every paid call, or sums of them. Needs no server.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .addOption(new Option("--by <what>", "sum up by").choices(GROUPINGS))
    .option("--csv", "print comma-separated values")
    .action(launch(async () => (await import("../commands/budget-show.js")).runBudgetShow));
  budget
    .command("analyse")
    .alias("analyze")
    .description("Says how many features of each size a budget buys, by model tier.")
    .usage("--usd 200 --hours 40 [options]")
    .addOption(usd())
    .addOption(hours())
    .addOption(tokens())
    .action(
      withoutWords(
        launch(async () => (await import("../commands/budget-analyse.js")).runBudgetAnalyse),
      ),
    );
  budget
    .command("recommend")
    .description("Shows three outcome levels of a goal or a plan, and which one a budget buys.")
    .usage('--goal "Build a CRM" [options]')
    .option("--goal <text>", "what shall be reached")
    .option("--plan <file>", "a plan instead of a goal: YAML, or a mission.md")
    .addOption(
      new Option("--type <type>", "sort of goal, where its words do not say").choices(GOAL_TYPES),
    )
    .addOption(usd())
    .addOption(hours())
    .addOption(tokens())
    .action(
      withoutWords(
        launch(async () => (await import("../commands/budget-recommend.js")).runBudgetRecommend),
      ),
    );
  budget
    .command("estimate")
    .description("Says what one feature is likely to take, with other tiers and similar features.")
    .usage('--feature "Add sign-in with GitHub" [options]')
    .requiredOption("--feature <text>", "what the feature adds")
    .addOption(
      new Option("--kind <kind>", "kind of feature")
        .choices(FEATURE_KINDS)
        .default("code" as const),
    )
    .addOption(
      new Option("--tier <tier>", "model tier").choices(TIERS).default("standard" as const),
    )
    .addOption(
      new Option("--size <size>", "size class, where the text does not tell").choices(SIZES),
    )
    .action(
      withoutWords(
        launch(async () => (await import("../commands/budget-estimate.js")).runBudgetEstimate),
      ),
    );
  budget
    .command("forecast")
    .description("Says when a mission is likely to finish and at what cost. Needs no server.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .addOption(
      new Option(
        "--without <feature>",
        "what if this feature were left out; may be repeated",
      ).argParser((id: string, before: string[] | undefined) => [...(before ?? []), id]),
    )
    .addOption(
      new Option("--tier <tier>", "what if the rest were done by this tier").choices(TIERS),
    )
    .addOption(usd())
    .addOption(hours())
    .addOption(tokens())
    .action(launch(async () => (await import("../commands/budget-forecast.js")).runBudgetForecast));
}
