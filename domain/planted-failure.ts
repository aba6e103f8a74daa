/** Tests that are made to fail, so that whoever says that they pass can be seen not to listen. Pure. */
import { isFixture, isNamedTest, isSetup, isSnapshot, isTestPath } from "./lies/changed-file.js";
import { languageOf } from "./lies/reading/source.js";
import type { RunnerLanguage } from "./test-counts.js";

/** @returns undefined for what holds no tests that could be made to fail. */
export function testLanguageOf(path: string): RunnerLanguage | undefined {
  const language = languageOf(path);
  if (language === "rust") return language; // its tests stand beside what they test
  if (/(?:^|\/)(?:node_modules|vendor)\/|\.d\.[cm]?ts$|\.pyi$/.test(path)) return undefined;
  if (isSetup(path) || isFixture(path) || isSnapshot(path)) return undefined;
  if (language === "python") return language; // in its documentation may be tests as well
  return isTestPath(path) && (language === "javascript" || language === "go")
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

/** As `withFailure`, in examples of documentation that may be run as tests; often nobody runs them. */
export function withFailingExamples(path: string, text: string, word: string): string {
  const language = testLanguageOf(path);
  if (language === "python") return text.replace(PY_EXAMPLE, `$&assert not "${word}"\n$&`);
  if (language !== "rust") return text;
  let isOpen = false;
  return text.replace(RUST_FENCE, (fence, begin: string, how: string) => {
    isOpen = !isOpen;
    const isRun = isOpen && /^(?:rust)?\s*$/.test(how);
    return isRun ? `${fence}\n${begin}if true { panic!("${word}") }` : fence;
  });
}

type Planter = (path: string, text: string, word: string) => string;

const planters: Record<RunnerLanguage | "none", Planter> = {
  none: (_, text) => text,
  javascript: (path, text, word) => {
    const failing = failingJavaScript(text, word);
    const inTests = text.replace(JS_TEST, (begin, chain: string) => {
      if (NOT_RUN.test(chain)) return begin;
      if (begin.endsWith("{")) return `${begin} ${failing}`;
      return `${begin}(() => { ${failing} return JSON.parse("0"); })() || `;
    });
    if (inTests !== text || !isNamedTest(path)) return inTests;
    const at = endOfImports(text);
    return `${text.slice(0, at)}\n;[0].forEach(() => { ${failing} });\n${text.slice(at)}`;
  },
  python: (path, text, word) => {
    if (!isTestPath(path)) return text;
    const failing = failingPython(text, word);
    return text.replace(PY_TEST, (begin, indent: string) => `${begin}${failing}\n${indent}`);
  },
  go: (_, text, word) =>
    text
      .replace(
        GO_TEST,
        (begin, t: string) => `${begin} ${t === "_" ? "panic" : `${t}.Fatal`}("${word}");`,
      )
      .replace(GO_EXAMPLE, `$& panic("${word}");`),
  rust: (_, text, word) =>
    text.replace(RUST_FUNCTION, (begin, attributes: string) =>
      RUST_TEST.test(attributes) && !/should_panic|ignore/.test(attributes)
        ? `${begin} if true { panic!("${word}") }`
        : begin,
    ),
};

/** `test("name", { timeout: 9 }, async ({ page }) => {`, also with a table before the name, and with an expression for a body. */
const JS_TEST =
  /\b(?:test|it|specify)((?:\.\w+)*)(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|[\w$.]+)\s*,\s*(?:\{[^{}]*\}\s*,\s*)?(?:async\s+)?(?:function\b[^(]*\([^()]*\)\s*\{|(?:\([^()]*\)|\w+)\s*=>\s*\{?)/g;
/** Left out, or expected to fail. */
const NOT_RUN = /\.(?:skip|todo|fixme|failing|fails?)\b/;
/** Up to the first statement of the body, whose indentation is the body's. */
const PY_TEST =
  /^[ \t]*(?:async )?def test\w*\((?:[^()]|\([^()]*\))*\)[^:\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*\n)*([ \t]+)(?=\S)/gm;
const PY_EXAMPLE = /^[ \t]*>>> /gm;
const GO_TEST = /^func (?:Test|Fuzz)\w*\((\w+) \*testing\.[TF]\) \{/gm;
const GO_EXAMPLE = /^func Example\w*\(\) \{/gm;
const RUST_FUNCTION = /((?:#\[[^\]]*\]\s*)+)(?:pub\s+)?(?:async\s+)?fn \w+(?:<[^>]*>)?\([^{;]*\{/g;
/** In a comment of documentation. */
const RUST_FENCE = /^([ \t]*\/\/[/!] ?)```([^\n]*)$/gm;
const RUST_TEST = /#\[(?:\w+::)*(?:\w*test\w*|quickcheck)\b/;

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
