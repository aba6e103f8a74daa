/** Whether a test file still looks at the code that it is about. */
import { baseName, type Change, type ChangedFile, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { isMark, isWord, type Token } from "../reading/token.js";
import { readStubs } from "../tests/javascript-parts.js";
import type { TestFile } from "../tests/test-case.js";
import { fileMeant } from "./gone-with.js";
import type { TestFiles } from "./tests-kept.js";

const isLocal = (from: string) => /^\.{1,2}\//.test(from) || /^[@~#]\//.test(from);
const stemOf = (path: string) =>
  baseName(path)
    .replace(/\.[^.]+$/, "")
    .replace(/[._-](?:test|spec|e2e)s?$|^test[_-]|_tests?$/i, "")
    .toLowerCase();

/** @param known test files before: a mock that moved is none that is new. */
export function mockHits(
  file: TestFile,
  before: TestFile | undefined,
  known: readonly TestFile[],
): Hit[] {
  const was = new Set([
    ...(before?.mocked ?? []),
    ...known.flatMap(({ path, mocked }) => (path === file.path ? [] : mocked)),
  ]);
  const subjects = file.imports.filter(
    ({ from, names: taken }) => isLocal(from) && taken.length > 0,
  );
  const stubbed = new Set(readStubs(before?.tokens ?? []));
  const stubs = file.tests.flatMap(({ tokens, assertions }) =>
    readStubs(tokens).filter((each) => assertions.some(({ subject }) => subject.includes(each))),
  );
  return [
    ...file.mocked.filter((each) => !was.has(each) && isSubject(each)),
    ...stubs.filter((each) => !stubbed.has(each)),
  ].map((each) => ({
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
    if (!mocked.includes("."))
      return file.imports.some(({ from }) => from === mocked) && stemOf(file.path) === mocked;
    return calls && isOurs && stemOf(file.path) === module.toLowerCase();
  }
}

export function subjectHits(
  file: TestFile,
  before: TestFile | undefined,
  files: TestFiles,
  change: Change,
): Hit[] {
  if (before === undefined || file.tests.length === 0) return [];
  const other = standInHit(file, before, change) ?? ownRunnerHit(file, before, change);
  if (other !== undefined) return [other];
  const subjects = (each: TestFile) =>
    each.imports.filter(
      ({ from }) => isLocal(from) && !/test|spec|mock|fixture|helper/i.test(from),
    );
  const isThere = subjects(before).filter(({ from }) => {
    const meant = fileMeant(file.path, from, change.files);
    return meant === undefined || meant.after !== undefined;
  });
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

/** What a test took from the code and now has from itself, or from a file that is new while the old one stays as it was. */
function standInHit(file: TestFile, before: TestFile, { files }: Change): Hit | undefined {
  for (const { from, names } of before.imports) {
    const source = fileMeant(file.path, from, files);
    if (NO_SUBJECT.test(from) || !(isLocal(from) || file.path.endsWith(".py"))) continue;
    for (const name of names) {
      if (source !== undefined && !has(source, name)) continue;
      const given = file.imports.find((each) => each.names.includes(name));
      if (given?.from === from) continue;
      const other = fileMeant(file.path, given?.from ?? "", files);
      const isNew = other !== undefined && other.before === undefined;
      if (given === undefined ? !isDeclared(file, name) : !isNew || source !== undefined) continue;
      if (!file.tests.some(({ calls }) => calls.includes(name))) continue;
      const what = `it has ${name} from ${given?.from.slice(0, 60) ?? "itself"}, not from ${from.slice(0, 60)}`;
      return { kind: "subject-dropped", path: file.path, what };
    }
  }
  return undefined;
}

const NO_SUBJECT = /test|spec|mock|fixture|helper/i;
const has = ({ after }: ChangedFile, name: string) => textOf(after).includes(name);

const isDeclared = ({ tokens, functions, imports }: TestFile, name: string) =>
  !imports.some(({ names }) =>
    names.some((each) => functions.get(name)?.calls.includes(each) === true),
  ) &&
  tokens.some(
    (token, at) =>
      isWord(token, name) &&
      isWord(tokens[at - 1], "const", "let", "var", "function", "def") &&
      !takesFromElsewhere(tokens, at),
  );

/** `const discount = require("...")`, `= await import("...")`. */
const takesFromElsewhere = (tokens: readonly Token[], at: number) =>
  tokens.slice(at + 1, at + 6).some((token) => isWord(token, "require", "import", "importActual"));

const OF_RUNNERS = new Set(["test", "it", "describe", "expect", "assert"]);
const LIBRARIES =
  /vitest|jest|playwright|node:|mocha|chai|assert|ava|\btap\b|cypress|testing|bun:test|uvu|power-assert/;

/** Assertions or tests of its own, which call none of a library. */
function ownRunnerHit(file: TestFile, before: TestFile, { files }: Change): Hit | undefined {
  for (const name of OF_RUNNERS) {
    const given = file.imports.find((each) => isLocal(each.from) && each.names.includes(name));
    const wasGiven = before.imports.find((each) => each.names.includes(name));
    const other = fileMeant(file.path, given?.from ?? "", files);
    const isOwn =
      given !== undefined &&
      given.from !== wasGiven?.from &&
      other !== undefined &&
      !LIBRARIES.test(textOf(other.after));
    const own = file.functions.get(name);
    const isEmpty =
      own !== undefined &&
      !before.functions.has(name) &&
      own.assertions.length === 0 &&
      own.calls.every((each) => /^(?:log|info|warn|error|write)$/.test(each)) &&
      isCalled(file.tokens, name);
    if (isOwn || isEmpty)
      return { kind: "runner-replaced", path: file.path, what: `it has ${name} from itself` };
  }
  return undefined;
}

const isCalled = (tokens: readonly Token[], name: string) =>
  tokens.some(
    (token, at) =>
      isWord(token, name) && isMark(tokens[at + 1], "(") && !isWord(tokens[at - 1], "function"),
  );
