/** Questions on a terminal; the library is loaded only when one is asked. They go to stderr, so stdout stays the answer. */
import type { Readable, Writable } from "node:stream";
import { EXIT, Problem } from "../../domain/problem.js";

/** Where questions are shown and answers typed; left out: the terminal. */
export interface Streams {
  input?: Readable | undefined;
  output?: Writable | undefined;
}

const through = ({ input, output }: Streams = {}) => ({
  ...(input === undefined ? {} : { input }),
  output: output ?? process.stderr,
});

const interrupted = () =>
  new Problem(EXIT.interrupted, "Stopped by you.", "Nothing was changed by the question.");

/** @throws Problem interrupted on Ctrl-C. */
export async function confirm(
  message: string,
  initialValue = false,
  streams?: Streams,
): Promise<boolean> {
  const clack = await import("@clack/prompts");
  const answer = await clack.confirm({ message, initialValue, ...through(streams) });
  if (clack.isCancel(answer)) throw interrupted();
  return answer;
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  hint?: string;
}

/** @throws Problem interrupted on Ctrl-C. */
export async function choose<Value extends string>(
  message: string,
  options: Choice<Value>[],
  streams?: Streams,
): Promise<Value> {
  const clack = await import("@clack/prompts");
  const answer = await clack.select<string>({
    message,
    options,
    maxItems: 15,
    ...through(streams),
  });
  const chosen = options.find(({ value }) => value === answer);
  if (chosen === undefined) throw interrupted();
  return chosen.value;
}

/** What is typed is not shown. @throws Problem interrupted on Ctrl-C. */
export async function askHidden(message: string): Promise<string> {
  const clack = await import("@clack/prompts");
  const answer = await clack.password({ message, output: process.stderr });
  if (typeof answer !== "string") throw interrupted();
  return answer;
}

/** @param initial may be changed by the person. @param flaw what is wrong with an answer. @throws Problem interrupted on Ctrl-C. */
export async function askText(
  message: string,
  placeholder: string,
  options: {
    initial?: string | undefined;
    flaw?: ((answer: string) => string | undefined) | undefined;
    streams?: Streams | undefined;
  } = {},
): Promise<string> {
  const { initial, flaw, streams } = options;
  const clack = await import("@clack/prompts");
  const answer = await clack.text({
    message,
    placeholder,
    ...(initial === undefined ? {} : { initialValue: initial }),
    ...(flaw === undefined ? {} : { validate: (typed) => flaw(typed ?? "") }),
    ...through(streams),
  });
  if (typeof answer !== "string") throw interrupted();
  return answer;
}
