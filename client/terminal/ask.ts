/** Questions on a terminal; the library is loaded only when one is asked. Answers go to stderr, so stdout stays the answer. */
import { EXIT, Problem } from "../../domain/problem.js";

const interrupted = () =>
  new Problem(EXIT.interrupted, "Stopped by you.", "Nothing was changed by the question.");

/** @throws Problem interrupted on Ctrl-C. */
export async function confirm(message: string, initialValue = false): Promise<boolean> {
  const clack = await import("@clack/prompts");
  const answer = await clack.confirm({ message, initialValue, output: process.stderr });
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
): Promise<Value> {
  const clack = await import("@clack/prompts");
  const answer = await clack.select<string>({ message, options, output: process.stderr });
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

/** @throws Problem interrupted on Ctrl-C. */
export async function askText(message: string, placeholder: string): Promise<string> {
  const clack = await import("@clack/prompts");
  const answer = await clack.text({ message, placeholder, output: process.stderr });
  if (typeof answer !== "string") throw interrupted();
  return answer;
}
