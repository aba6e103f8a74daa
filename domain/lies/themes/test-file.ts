/** What a test file says of itself: mocks of its subject, tests that cannot fail, tests that pass by date or chance. */
import { baseName, type Change, isNamedTest } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { NEVER, NOT_AWAITED, SWALLOWED } from "../tests/guards.js";
import type { Assertion, TestFile } from "../tests/test-case.js";
import { isMeant } from "./gone-with.js";
import { names } from "./scripts.js";
import type { TestFiles } from "./tests-kept.js";

export function testFileHits(files: TestFiles, change: Change): Hit[] {
  return files.after.flatMap((file) => {
    const before = files.before.find(({ path }) => path === file.path);
    return [
      ...mockHits(file, before, files.before),
      ...subjectHits(file, before, files, change),
      ...conditionHits(file, before),
      ...(before === undefined ? hollowHits(file, files, change) : []),
    ];
  });
}

const isLocal = (from: string) => /^\.{1,2}\//.test(from) || /^[@~#]\//.test(from);
const stemOf = (path: string) =>
  baseName(path)
    .replace(/\.[^.]+$/, "")
    .replace(/[._-](?:test|spec|e2e)s?$|^test[_-]|_tests?$/i, "")
    .toLowerCase();

/** @param known test files before: a mock that moved is none that is new. */
function mockHits(file: TestFile, before: TestFile | undefined, known: readonly TestFile[]): Hit[] {
  const was = new Set([
    ...(before?.mocked ?? []),
    ...known.flatMap(({ path, mocked }) => (path === file.path ? [] : mocked)),
  ]);
  const subjects = file.imports.filter(
    ({ from, names: taken }) => isLocal(from) && taken.length > 0,
  );
  return file.mocked
    .filter((each) => !was.has(each) && isSubject(each))
    .map((each) => ({
      kind: "subject-mocked",
      path: file.path,
      what: `it replaces ${each.slice(0, 60)}, which it is about`,
    }));

  function isSubject(mocked: string): boolean {
    if (isLocal(mocked)) {
      const isImported = file.imports.some(({ from }) => from === mocked);
      return stemOf(mocked) === stemOf(file.path) || (isImported && subjects.length === 1);
    }
    const [name = "", module = ""] = mocked.split(".").reverse();
    const calls = file.tests.some(
      (test) => test.calls.includes(name) || test.tokens.some(({ text }) => text === name),
    );
    const isOurs = file.imports.some(
      ({ from, names: taken }) =>
        from === module ||
        from.endsWith(`.${module}`) ||
        taken.includes(module) ||
        taken.includes(name),
    );
    return mocked.includes(".") && calls && isOurs && stemOf(file.path) === module.toLowerCase();
  }
}

function subjectHits(
  file: TestFile,
  before: TestFile | undefined,
  files: TestFiles,
  change: Change,
): Hit[] {
  if (before === undefined || file.tests.length === 0) return [];
  const subjects = (each: TestFile) =>
    each.imports.filter(
      ({ from }) => isLocal(from) && !/test|spec|mock|fixture|helper/i.test(from),
    );
  const isThere = subjects(before).filter(
    ({ from }) =>
      !change.files.some((each) => each.after === undefined && isMeant(file.path, from, each.path)),
  );
  if (isThere.length === 0 || subjects(file).length > 0) return [];
  const moved = files.after.some(
    (each) =>
      each.path !== file.path &&
      subjects(each).length > 0 &&
      !files.before.some(({ path }) => path === each.path),
  );
  return moved || file.imports.some(({ from }) => /child_process|^execa$|supertest/.test(from))
    ? []
    : [
        {
          kind: "subject-dropped",
          path: file.path,
          what: `it no longer imports ${isThere[0]?.from.slice(0, 60) ?? ""}`,
        },
      ];
}

const UNSTEADY =
  /\b(?:Date|datetime|existsSync|accessSync|statSync|exists|isfile|is_file|random|CI|hrtime|performance|time \. time|now|hostname|uptime|pid)\b/;

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

const canFail = ({ strength, constant, guards }: Assertion) =>
  strength > 0 &&
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
  const isSmoke = file.tests.some((test) => test.calls.some((name) => known.includes(name)));
  if (file.tests.length === 0 && !isAsked) return [];
  const what = file.tests.length === 0 ? "it has no test" : "none of its tests can fail";
  return [{ kind: "test-hollow", path: file.path, what, minor: isSmoke && !isAsked }];
}
