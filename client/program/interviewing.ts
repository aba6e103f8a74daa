import { Option, type Command } from "@commander-js/extra-typings";
import { COMMAND_AGENTS } from "../agent-commands.js";
import { withoutWords, type Launch } from "./launch.js";

export function addInterviewing(program: Command, launch: Launch): void {
  const commands = () => import("../commands/interview.js");
  const interview = program
    .command("interview")
    .description("Finds out what a mission needs, one question per call. Needs no server.");
  interview
    .command("start")
    .description("Opens an interview and prints its first question.")
    .usage("<goal...> [options]")
    .argument("[goal...]")
    .option("--repo <path>", "repository to work in; a new one is made where there is none yet")
    .option("--homeless", "keep the mission out of the repository you are in")
    .action(launch(async () => (await commands()).runInterviewStart));
  interview
    .command("answer")
    .description("Answers the question that is open and prints the next one; `<` goes back.")
    .usage("<interview> [answer...] [options]")
    .argument("<words...>")
    .option("--question <id>", "refuse when another question is open")
    .option("--recommended", "take what is recommended")
    .action(launch(async () => (await commands()).runInterviewAnswer));
  interview
    .command("show")
    .description("Shows the open question and everything answered so far.")
    .usage("<interview> [options]")
    .argument("<interview...>")
    .action(launch(async () => (await commands()).runInterviewShow));
  interview
    .command("drop")
    .description("Forgets an interview and its answers.")
    .usage("<interview> [options]")
    .argument("<interview...>")
    .action(launch(async () => (await commands()).runInterviewDrop));
  interview
    .command("list")
    .description("Lists interviews that are no mission yet.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await commands()).runInterviewList)));
  program
    .command("install-command")
    .description("Adds /mission to an agent tool, which then asks through its own chat.")
    .usage("--for <agent> [options]")
    .addOption(new Option("--for <agent>", "whose").choices(COMMAND_AGENTS).makeOptionMandatory())
    .option("--force", "overwrite a file that a person changed")
    .option("--dry-run", "only show what would be written, and where")
    .action(
      withoutWords(
        launch(async () => (await import("../commands/install-command.js")).runInstallCommand),
      ),
    );
}
