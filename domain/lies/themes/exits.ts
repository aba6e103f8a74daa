/** Ends of the process that say "all passed". */
import { type ChangedFile, isTestPath, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { languageOf, readSource } from "../reading/source.js";
import { closeOf, isMark, isWord, shapeOf, stepOf, type Token } from "../reading/token.js";

const QUICK = /exit|_exit|exitstatus|uncaughtException|unhandledRejection/i;

export function exitHits(file: ChangedFile): Hit[] {
  const { path, after } = file;
  const language = languageOf(path);
  if (
    typeof after !== "string" ||
    language === undefined ||
    language === "shell" ||
    !QUICK.test(after)
  )
    return [];
  const inTests = isTestPath(path);
  const before = exitsOf(path, textOf(file.before), inTests);
  const now = exitsOf(path, after, inTests);
  if (now.length <= before.length) return [];
  return [
    { kind: "exit-forced", path, what: `it ends the process as passed (${now.at(-1) ?? ""})` },
  ];
}

/** In tests anywhere; in a module only where it ends the process that imports it. */
function exitsOf(path: string, text: string, inTests: boolean): string[] {
  const { tokens } = readSource(path, text);
  const isModule = tokens.some((token) => isWord(token, "export", "exports"));
  const isPython = languageOf(path) === "python";
  const isHooked = /uncaught|unhandled|["'`](?:beforeE|e)xit/.test(text);
  if (!inTests && !isModule && !isPython && !isHooked) return [];
  const found: string[] = [];
  let depth = 0;
  tokens.forEach((token, at) => {
    depth += stepOf(token);
    const isTop = depth === 0 && (!isPython || (tokens[at - 2]?.column ?? token.column) === 0);
    const hooked = hookAt(tokens, at, inTests);
    if (hooked !== undefined) found.push(hooked);
    if (!inTests && (!isTop || isUnderMain(tokens, at))) return;
    const said = exitAt(tokens, at);
    if (said !== undefined) found.push(said);
  });
  return found;
}

/** `process.on("exit", () => { process.exitCode = 0 })`; in tests also `on("uncaughtException", () => {})`. */
function hookAt(tokens: readonly Token[], at: number, inTests: boolean): string | undefined {
  const name = tokens[at + 2]?.text ?? "";
  if (!isWord(tokens[at], "on", "once", "addListener") || !isWord(tokens[at - 2], "process"))
    return undefined;
  const body = tokens.slice(at + 3, closeOf(tokens, at + 1));
  const isFine = body.some((_, n) => exitAt(body, n) !== undefined);
  if (/^(?:exit|beforeExit)$/.test(name)) return isFine ? `process.on("${name}")` : undefined;
  if (!inTests || !/^(?:uncaughtException|unhandledRejection)$/.test(name)) return undefined;
  const says = body.some(
    (token, n) =>
      isMark(token, "(") &&
      !isMark(body[n + 1], ")") &&
      !/^(?:log|error|warn)$/.test(body[n - 1]?.text ?? "") &&
      isWord(body[n - 1]),
  );
  const throws = body.some((token) => isWord(token, "throw", "exitCode"));
  return isFine ||
    !(says || throws || !body.some((token) => isMark(token, "=>") || isWord(token, "function")))
    ? `process.on("${name}")`
    : undefined;
}

const FINE =
  /^(?:|0|"0"|None|EXIT_SUCCESS|code = 0|returncode = 0|process \. ExitCode \. Success|pytest \. ExitCode \. OK)$/;

function exitAt(tokens: readonly Token[], at: number): string | undefined {
  const owner = tokens[at - 2];
  const dotted = isMark(tokens[at - 1], ".") || isMark(tokens[at - 1], "::");
  if (
    isWord(tokens[at], "exit", "reallyExit", "_exit", "Exit") &&
    dotted &&
    isMark(tokens[at + 1], "(")
  ) {
    if (!isWord(owner, "process", "os", "sys", "pytest", "proc", "Deno")) return undefined;
    const given = shapeOf(tokens.slice(at + 2, closeOf(tokens, at + 1)));
    const isFine = isWord(owner, "pytest") ? /returncode = 0/.test(given) : FINE.test(given);
    return isFine ? `${owner?.text ?? ""}.${tokens[at]?.text ?? ""}(${given})` : undefined;
  }
  if (isWord(tokens[at], "exitCode", "exitstatus") && dotted && isMark(tokens[at + 1], "=")) {
    const value = tokens[at + 2]?.text ?? "";
    return /^(?:0|undefined)$/.test(value) ? `${tokens[at]?.text ?? ""} = ${value}` : undefined;
  }
  return undefined;
}

/** `if __name__ == "__main__":` and the like. */
const isUnderMain = (tokens: readonly Token[], at: number) =>
  tokens.slice(Math.max(0, at - 40), at).some((token) => isWord(token, "__name__", "main"));
