/** Ways in which a line of shell says that all went well when it did not. */
import { readShell, type ShellCommand } from "../reading/shell-line.js";

/** How a line says that it runs again what failed. */
export const RETRIES = "runs it again";

/** A failure ends the script. */
export const isStrict = (text: string) =>
  /\bset -[a-z]*e|\bset -o errexit|^#!.*sh -\w*e/m.test(text);

/** @returns what swallows a failure, each as it is written; empty where nothing does. */
export function swallowsOf(text: string): string[] {
  const commands = readShell(text);
  const found: string[] = [];
  const safe = isStrict(text);
  commands.forEach((command, at) => {
    const next = commands[at + 1];
    const [program = ""] = command.words;
    if (program === "set" && command.words.includes("+e")) found.push("set +e");
    if (program === "trap" && /exit 0/.test(command.words.join(" "))) found.push("trap ... exit 0");
    if (command.inverted && checks(command) && !LOOKS.has(program)) found.push(`! ${program}`);
    if (next === undefined) return;
    const again = command.words.join(" ") === next.words.join(" ") && checks(command);
    if (command.then === "||" && again) found.push(`|| ${RETRIES}`);
    if (command.then === "||" && isFine(next) && !prepares(command))
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
  if (/(?:^|[;\n&])\s*(?:for|until|while)\b[^]*?\bdo\b[^]*?&&\s*break\b/.test(text))
    found.push(`a loop ${RETRIES}`);
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

/** Gets, removes or looks for something: whether that works says nothing of the code. */
const PREPARES = new Set(
  "apt-get apt apk brew choco curl wget git docker gh which type hash kill killall pkill rm mkdir rmdir ln chmod mv cp rustup systemctl ssh-keyscan tput".split(
    " ",
  ),
);

const OF_PACKAGES =
  /^(?:rm|remove|uninstall|un|install|i|add|ci|cache|config|update|prune|link|login)$/;
/** With `!` before it, it is what is asserted. */
const LOOKS = new Set(["grep", "rg", "diff", "cmp", "[", "[[", "test", "git"]);

const prepares = ({ words }: ShellCommand) => {
  const [program = "", first = ""] = words;
  return (
    PREPARES.has(program) || (/^(?:npm|pnpm|yarn|pip3?)$/.test(program) && OF_PACKAGES.test(first))
  );
};

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
  "for",
  "case",
  "esac",
  "local",
]);

export const checks = ({ words }: ShellCommand) =>
  words.length > 0 && !NO_CHECK.has(words[0] ?? "") && words[0]?.startsWith("-") !== true;
