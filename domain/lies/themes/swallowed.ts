/** Ways in which a line of shell says that all went well when it did not. */
import { readShell, type ShellCommand } from "../reading/shell-line.js";

/** @returns what swallows a failure, each as it is written; empty where nothing does. */
export function swallowsOf(text: string): string[] {
  const commands = readShell(text);
  const found: string[] = [];
  const safe = /set -[a-z]*e|set -o errexit/.test(text);
  commands.forEach((command, at) => {
    const next = commands[at + 1];
    const [program = ""] = command.words;
    if (program === "set" && command.words.includes("+e")) found.push("set +e");
    if (program === "trap" && /exit 0/.test(command.words.join(" "))) found.push("trap ... exit 0");
    if (command.inverted && checks(command)) found.push(`! ${program}`);
    if (next === undefined) return;
    if (command.then === "||" && isFine(next))
      found.push(`|| ${next.words.join(" ")}`.slice(0, 40));
    if (
      command.then === ";" &&
      checks(command) &&
      !safe &&
      isLast(commands, at + 1) &&
      isFine(next)
    )
      found.push(`; ${next.words.join(" ")}`.slice(0, 40));
    if (command.then === "|" && checks(command) && !/pipefail/.test(text) && !checks(next))
      found.push(`| ${next.words[0] ?? ""}`);
  });
  const last = commands.at(-1);
  if (last?.then === "&") found.push("&");
  if (last?.words[0] === "exit" && last.words[1] === "0" && commands.some(checks) && !safe)
    found.push("exit 0");
  return found;
}

/** Ends well, whatever happened before. */
function isFine({ words }: ShellCommand): boolean {
  const [program = "", first = ""] = words;
  if (program === "exit") return first === "0";
  return ["true", ":", "echo", "printf", "/bin/true"].includes(program);
}

const isLast = (commands: readonly ShellCommand[], at: number) =>
  commands.slice(at).every((each) => isFine(each));

const NO_CHECK = new Set([
  "echo",
  "printf",
  "cd",
  "mkdir",
  "rm",
  "cp",
  "mv",
  "export",
  "true",
  ":",
  "exit",
  "sleep",
  "source",
  ".",
  "set",
  "cat",
  "ls",
  "touch",
  "trap",
  "fi",
  "done",
  "kill",
  "return",
]);

export const checks = ({ words }: ShellCommand) =>
  !NO_CHECK.has(words[0] ?? "") && words.length > 0;
