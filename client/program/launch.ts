/** From the parsed command line to a command: its code is loaded only now, so that `--help` stays quick. */
import type { ExitCode } from "../../domain/problem.js";
import type { Context } from "../context.js";

/** A command: what was typed after its name, and its options. @returns the exit code. */
export type Run<Options> = (
  context: Context,
  typed: string[],
  options: Options,
) => Promise<ExitCode>;

export type Launch = <Options>(
  load: () => Promise<Run<Options>>,
) => (typed: string[], options: Options, command: { optsWithGlobals(): object }) => Promise<void>;

/** @param finish is told the exit code of the command that ran. */
export function createLaunch(finish: (code: ExitCode) => void): Launch {
  return (load) => async (typed, options, command) => {
    const { createContext } = await import("../context.js");
    const context = createContext(command.optsWithGlobals());
    const run = await load();
    finish(await run(context, typed, options));
  };
}

/** For commands that take no words, so that one too many is told. */
export const withoutWords =
  <Options>(
    action: (
      typed: string[],
      options: Options,
      command: { optsWithGlobals(): object },
    ) => Promise<void>,
  ) =>
  (options: Options, command: { optsWithGlobals(): object }) =>
    action([], options, command);
