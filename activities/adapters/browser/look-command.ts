/** How an agent of others looks at an app, having no tool of ours: by the command line, inside its own sandbox. */
import { placeOf } from "./qa-child.js";

export interface LookCommand {
  /** For a shell; the app's address follows. */
  command: string;
  /** What it needs to see: our code and the browser. */
  readable: readonly string[];
}

/** @param given.cli the command line's own file. @returns undefined where there is no browser: nobody is told to look then. */
export async function lookCommand(given: {
  find: () => Promise<{ path: string } | { why: string }>;
  cli: string;
  readable: readonly string[];
  userHome: string;
}): Promise<LookCommand | undefined> {
  const found = await given.find();
  if ("why" in found) return undefined;
  const words = [process.execPath, given.cli, "qa", "--browser", found.path];
  return {
    command: words.map(quoted).join(" "),
    readable: [...given.readable, await placeOf(found.path, given.userHome)],
  };
}

const quoted = (word: string) =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
