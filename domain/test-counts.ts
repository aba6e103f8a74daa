/** How many tests a command says that it ran, read from what it printed. Pure; what cannot be read is not guessed. */

export interface TestCount {
  /** Run, whether they passed or not. */
  tests: number;
  /** There and left out. */
  skipped: number;
}

/** Of the tests that a runner runs. */
export type RunnerLanguage = "javascript" | "python" | "go" | "rust";

/** Adds up every summary of a runner that it knows, as one command may run several. @returns undefined where none is known. */
export function countTests(output: string): TestCount | undefined {
  const text = plainLines(output);
  // What is lost from the middle of a long output may have held summaries.
  if (LEFT_OUT.test(text)) return undefined;
  const counts = READERS.flatMap(([, read]) => read(text));
  if (counts.length > 0) return counts.reduce(sum);
  return SAYS_NONE.test(text) ? { tests: 0, skipped: 0 } : undefined;
}

const LEFT_OUT = /^\[\.\.\. \d+ bytes left out \.\.\.\]$/m;

/** As `no tests found, exiting with code 0` or `0 tests`, at the beginning of a line and nothing else said. */
const SAYS_NONE =
  /^[^\p{L}\p{N}\n]*(?:(?:ran |running )?0 tests?(?: files?)?(?:[.!,]|\s+(?:found|ran|run|executed|passed|complete)\b.*)?|no tests?(?: files?)?(?: were)? (?:found|ran|run|executed|to run)\b.*)[^\S\n]*$/imu;

const sum = (a: TestCount, b: TestCount): TestCount => ({
  tests: a.tests + b.tests,
  skipped: a.skipped + b.skipped,
});

// eslint-disable-next-line no-control-regex -- colours of terminals
const COLOURS = /\u001B\[[0-9;]*m/g;
/** Who says it, where one command runs several: turbo's `web:test: `, pnpm's `apps/web test: `, yarn's `[web]: `, compose's `web-1  | `. */
const PREFIX =
  /^(?:[\w@/.-]+:[\w:-]+: |[\w@/.-]+ test[\w:-]*: |\[[\w@/.-]+\]:? |[\w.-]+[^\S\n]+\| )/gm;
/** Also cut, because an expression may take the square of a line's length. */
const plainLines = (text: string) =>
  text
    .replace(COLOURS, "")
    .replaceAll("\r", "")
    .replace(PREFIX, "")
    .replace(/(.{1000}).+/g, "$1");

/** Languages whose tests an output says were run; what TAP counts may be of any. */
export function languagesRun(output: string): Set<RunnerLanguage> {
  const text = plainLines(output);
  return new Set(
    READERS.flatMap(([language, read]) =>
      language !== "any" && read(text).some(({ tests }) => tests > 0) ? [language] : [],
    ),
  );
}

type Reader = (text: string) => TestCount[];

const READERS: [RunnerLanguage | "any", Reader][] = [
  // jest: `Tests:       1 failed, 2 skipped, 3 todo, 5 passed, 11 total`; vitest: `Tests  1 failed | 5 passed (6)`
  [
    "javascript",
    (text) =>
      lines(text, /^[^\S\n]*Tests(?::|[^\S\n])[^\S\n]+(.*(?:\d+ total|\(\d+\)|no tests))$/gm).map(
        (line) => named(line, ["passed", "failed"], ["skipped", "todo", "pending"]),
      ),
  ],
  // pytest: `==== 1 failed, 4 passed, 1 skipped in 0.29s ====`, `no tests ran in 0.03s`
  [
    "python",
    (text) =>
      lines(
        text,
        /^(?:=+ )?((?:no tests ran|\d+ [a-z]+(?:, \d+ [a-z]+)*)) in [\d.]+s(?: \([\d:, days]+\))?(?: =+)?$/gm,
      ).map((line) =>
        named(
          line,
          // A file that could not be read holds tests that nobody has counted.
          ["passed", "failed", "xfailed", "xpassed", "error", "errors"],
          ["skipped", "deselected"],
        ),
      ),
  ],
  // cargo: `test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`
  [
    "rust",
    (text) =>
      lines(text, /^test result: \w+\. (.*)$/gm).map((line) =>
        named(line, ["passed", "failed"], ["ignored", "filtered"]),
      ),
  ],
  // mocha: `  1 passing (19ms)`, `  1 pending`, `  1 failing`
  [
    "javascript",
    (text) =>
      lines(text, /^[^\S\n]*(\d+) passing \([^)\n]+\)$/gm).map((passing) => ({
        tests: Number(passing) + total(text, /^[^\S\n]*(\d+) failing$/gm),
        skipped: total(text, /^[^\S\n]*(\d+) pending$/gm),
      })),
  ],
  // Playwright: `  5 passed (3.2s)`, `  1 failed`, `  1 skipped`
  [
    "javascript",
    (text) =>
      lines(text, /^[^\S\n]*(\d+) passed \([\d.]+m?s\)$/gm).map((passed) => ({
        tests: Number(passed) + total(text, /^[^\S\n]*(\d+) (?:failed|flaky)$/gm),
        skipped: total(text, /^[^\S\n]*(\d+) (?:skipped|did not run)$/gm),
      })),
  ],
  // node --test and tape: `# tests 4`, `# skipped 1`; in words for people `ℹ tests 4`
  [
    "javascript",
    (text) =>
      lines(text, /^[#ℹ] tests[^\S\n]+(\d+)$/gm).map((tests, n) => {
        const skipped = Number(lines(text, /^[#ℹ] skipped[^\S\n]+(\d+)$/gm)[n] ?? 0);
        return { tests: Number(tests) - skipped, skipped };
      }),
  ],
  // unittest: `Ran 3 tests in 0.001s` and after it `FAILED (failures=1, skipped=1)`
  [
    "python",
    (text) =>
      [...text.matchAll(/^Ran (\d+) tests? in [\d.]+s\n+(.*)$/gm)].map(([, ran, ended = ""]) => {
        const skipped = Number(/skipped=(\d+)/.exec(ended)?.[1] ?? 0);
        return { tests: Number(ran) - skipped, skipped };
      }),
  ],
  // bun: ` 5 pass`, ` 1 skip`, ` 0 fail`, `Ran 6 tests across 1 file. [12.00ms]`
  [
    "javascript",
    (text) =>
      lines(text, /^(Ran \d+ tests? across \d+ files?\..*)$/gm)
        .slice(0, 1)
        .map(() => ({
          tests: total(text, /^ (\d+) (?:pass|fail)$/gm),
          skipped: total(text, /^ (\d+) (?:skip|todo)$/gm),
        })),
  ],
  ["go", goTests],
  ["any", otherTap],
];

/** go test -v names each test; without it only packages without any can be told. */
function goTests(text: string): TestCount[] {
  const told = [...text.matchAll(/^[^\S\n]*--- (PASS|FAIL|SKIP): (\S+) \(/gm)];
  const names = new Set(told.map(([, , name = ""]) => name));
  const groups = new Set([...names].map((name) => name.slice(0, name.lastIndexOf("/"))));
  const own = told.filter(([, , name = ""]) => !groups.has(name));
  if (own.length > 0) {
    const skipped = own.filter(([, how]) => how === "SKIP").length;
    return [{ tests: own.length - skipped, skipped }];
  }
  const packages = lines(text, /^((?:ok {2}|FAIL|\?) ?[^\S\n]*\t.*)$/gm);
  const areEmpty = packages.every((line) => /\[no test(?:s to run| files)\]/.test(line));
  return packages.length > 0 && areEmpty ? [{ tests: 0, skipped: 0 }] : [];
}

/** The Test Anything Protocol of others (bats, prove, tap), which end without a count in words. */
function otherTap(text: string): TestCount[] {
  if (!/^1\.\.\d+/m.test(text) || /^# tests[^\S\n]+\d+$/m.test(text)) return [];
  const told = lines(text, /^(?:not )?ok\b(.*)$/gm);
  const skipped = told.filter((line) => /# skip/i.test(line)).length;
  return [{ tests: told.length - skipped, skipped }];
}

const lines = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);
const total = (text: string, pattern: RegExp) =>
  lines(text, pattern).reduce((all, found) => all + Number(found), 0);

/** Adds up `<number> <word>` of one line. */
function named(line: string, run: string[], leftOut: string[]): TestCount {
  const of = (words: string[]) =>
    [...line.matchAll(/(\d+) ([a-z]+)/g)]
      .filter(([, , word = ""]) => words.includes(word))
      .reduce((all, [, found]) => all + Number(found), 0);
  return { tests: of(run), skipped: of(leftOut) };
}
