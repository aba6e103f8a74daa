import { InvalidArgumentError, Option, type Command } from "@commander-js/extra-typings";
import { usdCap } from "./amounts.js";
import type { Launch } from "./launch.js";

const EXAMPLES = `
Examples, with the mission left out where only one is open:
  npx missions plan edit --add "Export as CSV" --to 2 --brief "A button on the list page"
  npx missions plan edit --drop 2.3 --orphans drop
  npx missions plan edit --split 2.3 --into "Read the file" "Write the file"
  npx missions plan edit --merge 2.1 2.2 --title "Import"
  npx missions plan edit --move 2.3 --before 2.1
  npx missions plan edit --set 2.3 agent=manual tier= size=small needs=1.1,1.2
  npx missions plan edit --add-milestone "Launch" --with "Write the docs" "Deploy" --place 3
  npx missions plan show --yaml > plan.yaml && npx missions plan edit --yaml plan.yaml
What can be set: title, brief, kind, agent, tier, size, model, needs, touches, serves, rewrites, usd, hours, tokens.
On a terminal without any change it opens the menu of the plan gate.`;

export function addPlanning(program: Command, launch: Launch): void {
  const plan = program
    .command("plan")
    .description("Shows and changes the plan of a mission that waits for approval or runs.");
  plan
    .command("show")
    .description("Lists the versions of a plan and shows one. Needs no server.")
    .usage("[mission] [version] [options]")
    .argument("[words...]")
    .option("--yaml", "print that version as YAML, for a file")
    .action(launch(async () => (await import("../commands/plan-show.js")).runPlanShow));
  plan
    .command("diff")
    .description("Shows what the last version changed, or one version of another.")
    .usage("[mission] [from] [to] [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/plan-diff.js")).runPlanDiff));
  plan
    .command("restore")
    .description("Goes back to a version of the plan; what has begun since must be the same in it.")
    .usage("[mission] <version> [options]")
    .argument("[words...]")
    .option("--reason <text>", "kept with the decision")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--yes", "do not ask")
    .action(launch(async () => (await import("../commands/plan-restore.js")).runPlanRestore));
  addEdit(plan, launch);
  program
    .command("replan")
    .description("Has a model change the plan of a running mission, or takes a plan from a file.")
    .usage('[mission] ["what is wrong"] [options]')
    .argument("[words...]")
    .option("--plan <file>", "the new plan: YAML, or a mission.md; no model is asked")
    .option(
      "--planning-cap <usd>",
      "what asking the model may cost, in USD",
      usdCap("--planning-cap"),
    )
    .option("--reason <text>", "kept with the decision; default: what is wrong")
    .option("--yes", "do not ask")
    .action(launch(async () => (await import("../commands/replan.js")).runReplan));
}

function addEdit(plan: Command, launch: Launch): void {
  plan
    .command("edit")
    .description("Changes a plan: one change by option, many by a file, or in a menu.")
    .usage("[mission] [change] [options]")
    .argument("[mission...]")
    .option("--add <title>", "add a feature: --to, --before or --after say where")
    .option("--drop <features...>", "drop features")
    .option("--split <feature>", "split a feature into the parts of --into, one after the other")
    .option("--merge <features...>", "merge features of one milestone into the first")
    .option("--move <feature>", "move a feature: --to, --before or --after say where")
    .option("--set <words...>", "change features: 2.3 agent=manual tier=simple")
    .addOption(new Option("--mode <mode>", "change the mode").choices(["poc", "full"] as const))
    .option("--add-milestone <title>", "add a milestone with the features of --with")
    .option("--drop-milestone <milestone>", "drop a milestone with its features")
    .option("--move-milestone <milestone>", "move a milestone to --place")
    .option("--rename-milestone <milestone>", "give a milestone another --title")
    .option("--yaml <file>", "take the whole plan from a file")
    .option("--to <milestone>", "at the end of this milestone")
    .option("--before <feature>", "in front of this feature")
    .option("--after <feature>", "behind this feature")
    .option("--into <titles...>", "parts of a split feature")
    .option("--brief <text>", "what an added feature is to build; default: its title")
    .option("--title <title>", "title of a merged feature or of a milestone")
    .option("--with <titles...>", "features of an added milestone")
    .option("--place <n>", "place of a milestone, from 1", place)
    .addOption(
      new Option(
        "--orphans <what>",
        "checks that only dropped work served: seen by a person, or dropped with it",
      ).choices(["person", "drop"] as const),
    )
    .option("--reason <text>", "kept with the decision")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--yes", "do not ask")
    .addHelpText("after", EXAMPLES)
    .action(launch(async () => (await import("../commands/plan-edit.js")).runPlanEdit));
}

function place(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number from 1.");
}
