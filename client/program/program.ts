/** The `missions` command line: names, options and help; every command's work is in client/commands/. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { packageRoot } from "../../config/package-root.js";
import type { ExitCode } from "../../domain/problem.js";
import { addBudgeting } from "./budgeting.js";
import { addCommanding } from "./commanding.js";
import { addEngine } from "./engine.js";
import { addInterviewing } from "./interviewing.js";
import { createLaunch } from "./launch.js";
import { addLooking } from "./looking.js";
import { addQueueing } from "./queueing.js";
import { addPlanning } from "./planning.js";
import { addReading } from "./reading.js";
import { addStarting } from "./starting.js";

const version = () =>
  (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string })
    .version;

export function createProgram(finish: (code: ExitCode) => void): Command {
  const launch = createLaunch(finish);
  const program = new Command("missions")
    .description("Drives a whole project as one durable mission, inside its budget.")
    .version(version())
    .option("--json", "print exactly one JSON document (watch: one per line)")
    .option("--verbose", "print the stack of an unexpected error")
    .option("--no-color", "print without colours (also: NO_COLOR)")
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) =>
        `${command.name()} ${command.usage().replace(/ ?\[options\] ?/, "")}`.trim(),
    })
    // Failures are printed in one place, in one form.
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .addHelpText(
      "after",
      "\nA mission's id may be shortened, or left out where only one fits.\nExit codes: 0 done, 1 unexpected, 2 bad input, 3 not found, 4 no server or worker, 5 no model,\n6 not now, 7 mission not completed, 8 environment, 130 interrupted.",
    );
  addStarting(program, launch);
  addInterviewing(program, launch);
  addCommanding(program, launch);
  addQueueing(program, launch);
  addPlanning(program, launch);
  addReading(program, launch);
  addBudgeting(program, launch);
  addLooking(program, launch);
  addEngine(program, launch);
  return program;
}
