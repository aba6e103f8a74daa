/** Tests and assertions, before and after. */
import { baseName, type Change, isNamedTest } from "../changed-file.js";
import type { Hit, LieKindName } from "../kinds.js";
import { literalsOf } from "../reading/token.js";
import { NEVER, NOT_AWAITED, SWALLOWED } from "../tests/guards.js";
import type { Assertion, TestFile } from "../tests/test-case.js";
import { isPlatform, runsLess } from "../tests/test-state.js";
import { pairUnits, sameAssertion, type Unit, unitsOf } from "../tests/units.js";
import { type Fate, fateOf } from "../tests/weaker.js";
import { goneWith } from "./gone-with.js";

const FATES: Record<Exclude<Fate, "kept">, { kind: LieKindName; what: string }> = {
  loosened: { kind: "assertion-loosened", what: "accepts more than before" },
  changed: { kind: "expectation-changed", what: "expects another value" },
  constant: { kind: "assertion-constant", what: "looks at a fixed value" },
  removed: { kind: "assertion-removed", what: "lost an assertion" },
};

export interface TestFiles {
  before: readonly TestFile[];
  after: readonly TestFile[];
}

export function compareTests({ before, after }: TestFiles, change: Change): Hit[] {
  const runnable = unitsOf(after).filter((unit) => isStillFound(unit, before, after));
  const { pairs, old, fresh } = pairUnits(unitsOf(before), runnable);
  const unclaimed = new Map(pairs.map((pair) => [pair, matchAll(pair)]));
  const freshAssertions = fresh.flatMap(({ assertions }) => assertions.filter(isReached));
  const elsewhere = [...freshAssertions, ...[...unclaimed.values()].flatMap(({ left }) => left)];
  const literals = { before: literalsByPath(before), after: literalsByPath(after) };
  const hits: Hit[] = [];
  for (const [pair, { lost, left, guarded }] of unclaimed) {
    hits.push(...compareRun(pair), ...guarded);
    const called = calledNew(pair, after);
    const dropped = calledLess(pair, before);
    if (lost.length === 0 && dropped.length === 0) continue;
    const own = pair.after.assertions.filter(isReached);
    const { path, called: name } = pair.after;
    const wasReached = pair.before.assertions.some(isReached);
    const isEmpty = own.length === 0 && called.length === 0 && !callsAny(pair.after, after);
    const around = {
      left,
      elsewhere,
      fresh: freshAssertions,
      called,
      literalsBefore: literals.before.get(pair.before.path) ?? new Set<string>(),
      literalsAfter: literals.after.get(path) ?? new Set<string>(),
    };
    const fates = lost.map((each) => ({ each, fate: fateOf(each, around) }));
    if (fates.every(({ fate }) => fate === "kept") && left.length + called.length >= dropped.length)
      continue;
    if (isEmpty && wasReached) {
      hits.push({ kind: "test-emptied", path, what: `${name} asserts nothing any more` });
      continue;
    }
    for (const { each, fate } of fates)
      if (fate !== "kept")
        hits.push({
          kind: FATES[fate].kind,
          path,
          what: `${name} ${FATES[fate].what} (${said(each)})`,
        });
    if (fates.every(({ fate }) => fate === "kept"))
      hits.push({
        kind: "assertion-removed",
        path,
        what: `${name} no longer calls what asserts for it`,
      });
  }
  for (const unit of old) hits.push(...removedHits(unit, elsewhere, change, { before, after }));
  return hits;
}

/** A test in a file that the runner no longer finds is no test. */
function isStillFound(
  { path, title }: Unit,
  before: readonly TestFile[],
  after: readonly TestFile[],
): boolean {
  if (isNamedTest(path)) return true;
  const wasAt = before.filter(({ tests }) => tests.some((test) => test.title === title));
  const isNew = !wasAt.some((file) => file.path === path);
  const lostName = wasAt.some(
    (file) => isNamedTest(file.path) && !after.some((each) => each.path === file.path),
  );
  return !(isNew && lostName);
}

const isReached = ({ strength, constant, guards }: Assertion) =>
  strength > 0 &&
  !constant &&
  !guards.some((guard) => [NEVER, SWALLOWED, NOT_AWAITED].includes(guard));

/** Takes out what is the same before and after; what is the same but stands under a new condition is told. */
function matchAll({ before, after }: { before: Unit; after: Unit }) {
  const left = [...after.assertions];
  const lost: Assertion[] = [];
  const guarded: Hit[] = [];
  for (const each of before.assertions) {
    const same = left.filter((other) => sameAssertion(each, other));
    const best = same.toSorted((a, b) => newGuards(each, a).length - newGuards(each, b).length)[0];
    if (best === undefined) {
      lost.push(each);
      continue;
    }
    left.splice(left.indexOf(best), 1);
    const [guard] = newGuards(each, best);
    if (guard !== undefined)
      guarded.push({
        kind: "assertion-guarded",
        path: after.path,
        what: `${after.called} reaches an assertion only under a new condition (${guard.slice(0, 60)})`,
      });
  }
  return { left, lost, guarded };
}

const newGuards = (before: Assertion, after: Assertion) =>
  after.guards.filter((guard) => !before.guards.includes(guard) && !isPlatform(guard));

function compareRun({ before, after }: { before: Unit; after: Unit }): Hit[] {
  const hits: Hit[] = [];
  const [was, is] = [before.test, after.test];
  if (was === undefined || is === undefined) return hits;
  const { path, called } = after;
  if (runsLess(was.state, is.state)) {
    const platform = is.state === "platform";
    const what = platform ? "is left out on some systems" : "no longer runs always";
    hits.push({ kind: "test-skipped", path, what: `${called} ${what}`, minor: platform });
  }
  if (is.retried && !was.retried)
    hits.push({ kind: "retries-added", path, what: `${called} is run again when it fails` });
  const rows = [...is.rows];
  const gone = was.rows.filter((row) => {
    const at = rows.indexOf(row);
    if (at >= 0) rows.splice(at, 1);
    return at < 0;
  });
  if (gone.length > 0 && is.rows.length > 0)
    hits.push({
      kind: "cases-removed",
      path,
      what: `${called} lost the case ${gone[0]?.slice(0, 60) ?? ""}`,
    });
  return hits;
}

/** Assertions of what a test calls now and did not call before. */
function calledNew(
  { before, after }: { before: Unit; after: Unit },
  files: readonly TestFile[],
): Assertion[] {
  const known = [...before.calls];
  const names = after.calls.filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  return names.flatMap((name) => assertionsOf(name, files, 4)).filter(isReached);
}

/** Assertions of what it called before and calls no more. */
const calledLess = ({ before, after }: { before: Unit; after: Unit }, files: readonly TestFile[]) =>
  calledNew({ before: after, after: before }, files);

const callsAny = ({ calls }: Unit, files: readonly TestFile[]) =>
  calls.some((name) => assertionsOf(name, files, 4).some(isReached));

function assertionsOf(name: string, files: readonly TestFile[], deep: number): Assertion[] {
  if (deep === 0) return [];
  const found = files
    .map(({ functions }) => functions.get(name))
    .find((each) => each !== undefined);
  if (found === undefined) return [];
  return [
    ...found.assertions,
    ...found.calls
      .filter((each) => each !== name)
      .flatMap((each) => assertionsOf(each, files, deep - 1)),
  ];
}

function removedHits(unit: Unit, elsewhere: Assertion[], change: Change, files: TestFiles): Hit[] {
  const { path, called, test, assertions } = unit;
  if (test === undefined && unit.title !== "" && !isCalled(unit, files)) return [];
  const around = {
    left: elsewhere,
    elsewhere: [],
    fresh: elsewhere,
    called: [],
    literalsBefore: new Set<string>(),
    literalsAfter: new Set(files.after.flatMap(({ tokens }) => literalsOf(tokens))),
  };
  const isKept =
    assertions.length > 0 &&
    assertions.every(
      (each) =>
        elsewhere.some((other) => sameAssertion(each, other)) && fateOf(each, around) === "kept",
    );
  if (isKept) return [];
  const gone = goneWith(unit, change, files);
  if (gone !== undefined)
    return [
      { kind: "test-removed", path, what: `${called} is gone together with ${gone}`, minor: true },
    ];
  return [{ kind: "test-removed", path, what: `${called} is gone` }];
}

/** A function that asserted matters while tests still call it. */
const isCalled = ({ name }: Unit, { after }: TestFiles) =>
  after.some(({ tests }) => tests.some(({ calls }) => calls.includes(name.slice(0, -2))));

const literalsByPath = (files: readonly TestFile[]) =>
  new Map(files.map(({ path, tokens }) => [path, new Set(literalsOf(tokens))]));

const said = ({ subject, matcher, expected }: Assertion) =>
  [subject.slice(0, 40), matcher, expected.slice(0, 40)].filter((part) => part !== "").join(" ");

/** What a test's file says of focus: it hides tests that are elsewhere, too. */
export const focusHits = ({ before, after }: TestFiles): Hit[] =>
  after.flatMap(({ path, tests }) => {
    const focused = tests.find(({ state }) => state === "only");
    const was = before.some(
      (file) => file.path === path && file.tests.some(({ state }) => state === "only"),
    );
    return focused === undefined || was
      ? []
      : [
          {
            kind: "test-focused" as const,
            path,
            what: `only ${JSON.stringify(baseName(focused.name).slice(0, 80))} runs`,
          },
        ];
  });
