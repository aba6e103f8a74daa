/** Runs one command line and answers with its exit code. */
import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { EXIT, Problem, type ExitCode } from "../domain/problem.js";
import { createProgram } from "./program/program.js";

/** @param argv after the name of the program. */
export async function runMissions(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const program = createProgram((finished) => {
      code = finished;
    });
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok; // --help, --version
    // Without a command the help was printed, which is the answer.
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.badInput;
    const { reportFailure } = await import("./failure.js");
    const ours = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
    return reportFailure(
      error instanceof CommanderError ? usageProblem(error, argv) : error,
      { json: ours.includes("--json"), verbose: ours.includes("--verbose") },
      (text) => void process.stdout.write(text),
      (text) => void process.stderr.write(text),
    );
  }
}

function usageProblem(error: CommanderError, argv: readonly string[]): Problem {
  const sentence = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  return new Problem(
    EXIT.badInput,
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.?)]$/.test(sentence) ? "" : "."}`,
    `See: ${["npx missions", ...commandOf(argv), "--help"].join(" ")}`,
    error,
  );
}

/** Words that name a command, from the left. */
function commandOf(argv: readonly string[]): string[] {
  const named: string[] = [];
  let known: readonly CommandUnknownOpts[] = createProgram(ignore).commands;
  for (const word of argv.filter((each) => !each.startsWith("-"))) {
    const found = known.find((command) => command.name() === word);
    if (found === undefined) break;
    named.push(word);
    known = found.commands;
  }
  return named;
}

const ignore = () => undefined;
