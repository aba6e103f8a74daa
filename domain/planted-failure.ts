/** Tests that are made to fail, so that whoever says that they pass can be seen not to listen. Pure. */
import { isFixture, isNamedTest, isSetup, isSnapshot, isTestPath } from "./lies/changed-file.js";
import { languageOf } from "./lies/reading/source.js";
import type { RunnerLanguage } from "./test-counts.js";

/** @returns undefined for what holds no tests that could be made to fail. */
export function testLanguageOf(path: string): RunnerLanguage | undefined {
  const language = languageOf(path);
  if (language === "rust") return language; // its tests stand beside what they test
  const isTest = isTestPath(path) && !isSetup(path) && !isFixture(path) && !isSnapshot(path);
  if (!isTest || /(?:^|\/)(?:node_modules|vendor)\/|\.d\.[cm]?ts$|\.pyi$/.test(path))
    return undefined;
  return language === "javascript" || language === "python" || language === "go"
    ? language
    : undefined;
}

/**
 * Lets each test fail at its beginning, whatever selects them, by what the file itself asserts with.
 * @param word stands in what then fails. @returns undefined where no test was found.
 */
export function withFailure(path: string, text: string, word: string): string | undefined {
  const planted = planters[testLanguageOf(path) ?? "none"](path, text, word);
  return planted === text ? undefined : planted;
}

type Planter = (path: string, text: string, word: string) => string;

const planters: Record<RunnerLanguage | "none", Planter> = {
  none: (_, text) => text,
  javascript: (path, text, word) => {
    const failing = failingJavaScript(text, word);
    const inTests = text.replace(JS_TEST, (begin) => `${begin} ${failing}`);
    if (inTests !== text || !isNamedTest(path)) return inTests;
    const at = endOfImports(text);
    return `${text.slice(0, at)}\n;[0].forEach(() => { ${failing} });\n${text.slice(at)}`;
  },
  python: (_, text, word) => {
    const failing = failingPython(text, word);
    return text.replace(PY_TEST, (begin, indent: string) => `${begin}${failing}\n${indent}`);
  },
  go: (_, text, word) =>
    text.replace(
      GO_TEST,
      (begin, t: string) => `${begin} ${t === "_" ? "panic" : `${t}.Fatal`}("${word}");`,
    ),
  rust: (_, text, word) =>
    text.replace(RUST_TEST, (begin) => `${begin} if true { panic!("${word}") }`),
};

/** `test("name", { timeout: 9 }, async ({ page }) => {`, also with a table before the name. */
const JS_TEST =
  /\b(?:test|it|specify)(?:\.\w+)*(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`]*`)\s*,\s*(?:\{[^{}]*\}\s*,\s*)?(?:async\s+)?(?:function\b[^(]*\([^()]*\)|\([^()]*\)|\w+)\s*(?:=>\s*)?\{/g;
/** Up to the first statement of the body, whose indentation is the body's. */
const PY_TEST =
  /^[ \t]*(?:async )?def test\w*\((?:[^()]|\([^()]*\))*\)[^:\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*\n)*([ \t]+)(?=\S)/gm;
const GO_TEST = /^func Test\w*\((\w+) \*testing\.T\) \{/gm;
const RUST_TEST =
  /#\[(?:\w+::)*test(?:\([^)\]]*\))?\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn \w+\(\)[^{;]*\{/g;

function failingJavaScript(text: string, word: string): string {
  if (/\bexpect\(/.test(text) && /\.to(?:Be|Equal|StrictEqual|Have|Throw|Match|Contain)/.test(text))
    return `expect("${word}").toBe("");`;
  if (/\bassert\.(?:equal|strictEqual|deepEqual|deepStrictEqual|ok)\(/.test(text))
    return `assert.equal("${word}", "");`;
  return `if (Date.now() > 0) throw new Error("${word}");`;
}

const failingPython = (text: string, word: string) =>
  /\bself\.assert/.test(text) ? `self.assertEqual("${word}", "")` : `assert not "${word}"`;

/** What a file asserts with is there from here on. */
function endOfImports(text: string): number {
  const last = [...text.matchAll(IMPORT)].at(-1);
  return last === undefined
    ? (/^#![^\n]*\n?/.exec(text)?.[0].length ?? 0)
    : last.index + last[0].length;
}
const IMPORT =
  /^(?:import\b[^;"'`]*["'][^"'\n]+["']|(?:const|let|var)\s[^;=]*=\s*require\([^)\n]*\)[^;\n]*)[^\S\n]*;?[^\S\n]*$/gm;
