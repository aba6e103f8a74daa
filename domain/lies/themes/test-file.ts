/** What a test file says of itself: tests that cannot fail, tests that pass by date or chance. */
import { type Change, isNamedTest } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { isMark, isWord } from "../reading/token.js";
import { NEVER, NOT_AWAITED, SWALLOWED } from "../tests/guards.js";
import type { Assertion, TestFile } from "../tests/test-case.js";
import { names } from "./scripts.js";
import { mockHits, subjectHits } from "./subject.js";
import type { TestFiles } from "./tests-kept.js";

export function testFileHits(files: TestFiles, change: Change): Hit[] {
  return files.after.flatMap((file) => {
    const before = files.before.find(({ path }) => path === file.path);
    return [
      ...mockHits(file, before, files.before),
      ...subjectHits(file, before, files, change),
      ...conditionHits(file, before),
      ...unreachedHits(file, before, change),
      ...(before === undefined ? hollowHits(file, files, change) : []),
    ];
  });
}

/** Go: a `TestMain` that runs no tests. Rust: a file of tests that is still there and no longer taken in. */
function unreachedHits(file: TestFile, before: TestFile | undefined, { files }: Change): Hit[] {
  const isIdle = (each: TestFile | undefined) =>
    each?.functions.get("TestMain")?.calls.includes("Run") === false;
  if (/_test\.go$/.test(file.path) && isIdle(file) && !isIdle(before))
    return [{ kind: "runner-replaced", path: file.path, what: "its TestMain runs no tests" }];
  if (!file.path.endsWith(".rs") || before === undefined) return [];
  const modules = (each: TestFile) =>
    each.tokens.flatMap((token, at) =>
      isWord(token, "mod") && isMark(each.tokens[at + 2], ";")
        ? [each.tokens[at + 1]?.text ?? ""]
        : [],
    );
  const now = modules(file);
  const isGone = (name: string) =>
    files.some(
      ({ path, after }) =>
        after === undefined && new RegExp(`(?:^|/)${name}(?:/mod)?\\.rs$`).test(path),
    );
  const lost = modules(before).find((name) => !now.includes(name) && !isGone(name));
  return lost === undefined
    ? []
    : [{ kind: "test-removed", path: file.path, what: `it no longer takes in the module ${lost}` }];
}

const UNSTEADY =
  /\b(?:Date|datetime|CI|hrtime|performance|process \. pid)\b|\b(?:existsSync|accessSync|statSync|exists|isfile|is_file|random|time|now|hostname|uptime|getpid)\b(?= [(.])/;

/** New in this file: what decides whether a test asserts is no matter of the code. */
function conditionHits(file: TestFile, before: TestFile | undefined): Hit[] {
  const known = new Set(
    [...(before?.tests ?? [])].flatMap(({ assertions }) =>
      assertions.flatMap(({ guards }) => guards),
    ),
  );
  const hits = file.tests.flatMap((test): Hit[] => {
    const guard = test.assertions
      .flatMap(({ guards }) => guards)
      .find((each) => UNSTEADY.test(each) && !known.has(each));
    return guard === undefined
      ? []
      : [
          {
            kind: "test-conditional",
            path: file.path,
            what: `${JSON.stringify(test.name.slice(0, 60))} asserts only if ${guard.slice(0, 60)}`,
          },
        ];
  });
  return hits.slice(0, 1);
}

const canFail = ({ strength, constant, guards, subject }: Assertion) =>
  strength > 0 &&
  !/(?:\|\||\bor) (?:true|True|1)$/.test(subject) &&
  !constant &&
  !guards.some((guard) => [NEVER, SWALLOWED, NOT_AWAITED].includes(guard));

function hollowHits(file: TestFile, { after }: TestFiles, { commands }: Change): Hit[] {
  if (!isNamedTest(file.path) || !file.whole) return [];
  const helpers = new Set(
    after.flatMap(({ functions }) =>
      [...functions].flatMap(([name, { assertions }]) => (assertions.some(canFail) ? [name] : [])),
    ),
  );
  const isFull = (assertions: readonly Assertion[], calls: readonly string[]) =>
    assertions.some(canFail) || calls.some((name) => helpers.has(name));
  if (file.outside.some(canFail) || file.tests.some((test) => isFull(test.assertions, test.calls)))
    return [];
  const isAsked = commands.some((command) => names(command, file.path));
  const known = file.imports.flatMap(({ names: taken }) => taken);
  const isSmoke = file.tests.some(
    ({ calls, assertions }) =>
      assertions.length === 0 && calls.some((name) => known.includes(name)),
  );
  if (file.tests.length === 0 && !isAsked) return [];
  const what = file.tests.length === 0 ? "it has no test" : "none of its tests can fail";
  return [{ kind: "test-hollow", path: file.path, what, minor: isSmoke && !isAsked }];
}
