/** Code that asks whether it is being tested. */
import { type ChangedFile, isTestPath, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { familyOf } from "./settings.js";
import { languageOf, readSource } from "../reading/source.js";
import { closeOf, isMark, isWord, shapeOf, type Token } from "../reading/token.js";

/** Set by runners alone: no product asks for them. */
const OF_RUNNERS =
  /^(?:JEST_WORKER_ID|VITEST(?:_\w+)?|PYTEST_CURRENT_TEST|PYTEST_VERSION|NODE_TEST_CONTEXT|MOCHA_\w+|AVA_PATH|TAP_\w*|PLAYWRIGHT_TEST\w*|test\.v|test\.run|npm_lifecycle_event)$/;
const QUICK =
  /JEST_WORKER_ID|VITEST|PYTEST_|NODE_TEST_CONTEXT|NODE_ENV|MOCHA_|AVA_PATH|PLAYWRIGHT_TEST|npm_lifecycle_event|sys\.modules|test\.v\b|testing\.Testing|\.stack\b|cfg!|__coverage__|typeof\s+(?:jest|it|describe|test)\b/;

export function detectionHits(file: ChangedFile): Hit[] {
  const { path, after } = file;
  if (typeof after !== "string" || languageOf(path) === undefined || !QUICK.test(after)) return [];
  if (isTestPath(path) || familyOf(path) !== undefined) return [];
  const [was, is] = [found(path, textOf(file.before)), found(path, after)];
  const strong = is.strong.find((each) => !was.strong.includes(each));
  if (strong !== undefined)
    return [
      { kind: "test-detected", path, what: `it asks whether it is being tested (${strong})` },
    ];
  const weak = is.weak.find((each) => !was.weak.includes(each));
  return weak === undefined
    ? []
    : [
        {
          kind: "test-detected",
          path,
          what: `it asks whether it is being tested (${weak})`,
          minor: true,
        },
      ];
}

/** Names of runners or test files, as a stack shows who called. */
const OF_STACKS = /\b(?:test|spec|jest|vitest|mocha)\b/i;

interface Found {
  strong: string[];
  /** Usual ways to start no server or write no log in tests. */
  weak: string[];
}

function found(path: string, text: string): Found {
  const { tokens } = readSource(path, text);
  const strong: string[] = [];
  const weak: string[] = [];
  tokens.forEach((token, at) => {
    if ((token.kind === "word" || token.kind === "string") && OF_RUNNERS.test(token.text))
      strong.push(token.text);
    const next = tokens.slice(at + 1, at + 4);
    if (isWord(token, "typeof") && isWord(next[0], "jest", "it", "describe", "test"))
      strong.push(`typeof ${next[0]?.text ?? ""}`);
    if (
      token.kind === "string" &&
      /^(?:pytest|unittest)$/.test(token.text) &&
      tokens.slice(at + 1, at + 5).some((each) => isWord(each, "modules"))
    )
      strong.push(token.text);
    if (isWord(token, "Testing") && isWord(tokens[at - 2], "testing"))
      strong.push("testing.Testing()");
    if (isWord(token, "cfg") && isMark(next[0], "!") && isWord(next[2], "test"))
      strong.push("cfg!(test)");
    if (isWord(token, "stack") && isMark(tokens[at - 1], "."))
      for (const { kind, text: said } of tokens.slice(at + 1, at + 6))
        if (/^(?:string|regex)$/.test(kind) && OF_STACKS.test(said)) strong.push(`stack ${said}`);
    const isEnvironment =
      isWord(token, "NODE_ENV") || (token.kind === "string" && token.text === "NODE_ENV");
    if (
      isEnvironment &&
      /(?:"test"|"testing")/.test(shapeOf(tokens.slice(at - 6 < 0 ? 0 : at - 6, at + 6)))
    )
      (givesValue(tokens, at) ? strong : weak).push('NODE_ENV "test"');
  });
  return { strong, weak };
}

/** What it asks for decides what is returned. */
function givesValue(tokens: readonly Token[], at: number): boolean {
  const before = tokens.slice(Math.max(0, at - 12), at);
  if (before.some((token) => isWord(token, "return"))) return true;
  const open = before.findLastIndex((token) => isWord(token, "if"));
  if (open < 0) return false;
  const start = at - before.length + open + 1;
  const block = closeOf(tokens, start) + 1;
  const body = isMark(tokens[block], "{")
    ? tokens.slice(block + 1, closeOf(tokens, block))
    : tokens.slice(block, block + 3);
  const returns = body.findIndex((token) => isWord(token, "return"));
  return returns >= 0 && body[returns + 1] !== undefined && !isMark(body[returns + 1], ";");
}
