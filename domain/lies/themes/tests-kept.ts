/** Tests and assertions, before and after. */
import { baseName, type Change, isNamedTest } from "../changed-file.js";
import type { Hit, LieKindName } from "../kinds.js";
import { isMark, isWord, literalsOf, type Token } from "../reading/token.js";
import { NEVER, NOT_AWAITED, statementEnd, SWALLOWED } from "../tests/guards.js";
import type { Assertion, TestFile } from "../tests/test-case.js";
import { isPlatform, runsLess } from "../tests/test-state.js";
import { pairUnits, sameAssertion, type Unit, unitsOf } from "../tests/units.js";
import { type Fate, fateOf, type Surroundings } from "../tests/weaker.js";
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
  const units = unitsOf(before);
  const was = new Set(
    units.flatMap(({ test, path, title }) => (test ? [] : [`${path}\0${title}`])),
  );
  const used = usedNames(after);
  const placed = placesOf(before);
  const runnable = unitsOf(after).filter(
    (unit) =>
      isStillFound(unit, placed, after) &&
      (unit.test !== undefined ||
        unit.title === "" ||
        was.has(`${unit.path}\0${unit.title}`) ||
        used.has(unit.name.slice(0, -2))),
  );
  const { pairs, old, fresh } = pairUnits(units, runnable);
  const [callsNow, callsThen] = [callsOf(after), callsOf(before)];
  const unclaimed = new Map(pairs.map((pair) => [pair, matchAll(pair)]));
  const freshAssertions = fresh.flatMap(({ assertions }) => assertions.filter(isReached));
  const elsewhere = [...freshAssertions, ...[...unclaimed.values()].flatMap(({ left }) => left)];
  const literals = { before: literalsByPath(before), after: literalsByPath(after) };
  const hits: Hit[] = [];
  for (const [pair, { lost, left, guarded }] of unclaimed) {
    hits.push(...compareRun(pair), ...guarded);
    const called = calledNew(pair.before, pair.after, callsNow);
    const dropped = calledNew(pair.after, pair.before, callsThen);
    if (lost.length === 0 && dropped.length === 0) continue;
    const own = pair.after.assertions.filter(isReached);
    const { path, called: name } = pair.after;
    const wasReached = pair.before.assertions.some(isReached);
    const isEmpty = own.length === 0 && called.length === 0 && !callsAny(pair.after, callsNow);
    const around = {
      left,
      elsewhere,
      fresh: freshAssertions,
      called,
      literalsBefore: literals.before.get(pair.before.path) ?? new Set<string>(),
      literalsAfter: literals.after.get(path) ?? new Set<string>(),
      made: madeIn(pair.after.test?.tokens ?? []),
    };
    const fewer = pair.before.assertions.length - pair.after.assertions.length;
    const fates = lost.map((each) => ({
      each,
      fate: planned(each, own, fewer) ?? fateOf(each, around),
    }));
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
  if (old.length === 0) return hits;
  const around = {
    left: elsewhere,
    elsewhere: [],
    fresh: elsewhere,
    called: [],
    made: new Map<string, string[]>(),
    literalsBefore: new Set<string>(),
    literalsAfter: new Set([...literals.after.values()].flatMap((each) => [...each])),
  };
  for (const unit of old)
    if (unit.test !== undefined || unit.title === "" || used.has(unit.name.slice(0, -2)))
      hits.push(...removedHits(unit, around, change, { before, after }));
  return hits;
}

/** Names that stand somewhere else than where they are declared. */
const usedNames = (files: readonly TestFile[]) =>
  new Set(
    files.flatMap(({ tokens }) =>
      tokens.flatMap((token, at) =>
        token.kind === "word" && !isWord(tokens[at - 1], ...DECLARES) ? [token.text] : [],
      ),
    ),
  );
const DECLARES = ["function", "def", "fn", "func", "const", "let", "var"];

function placesOf(files: readonly TestFile[]): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  for (const { path, tests } of files)
    for (const { title } of tests) places.set(title, (places.get(title) ?? new Set()).add(path));
  return places;
}

/** Names that runners do not look for unless they are told to. */
const PLURAL = /[._-](?:tests|specs)\.(?:[cm]?[jt]sx?|py)$/;

/** A test in a file that the runner no longer finds is no test. */
function isStillFound(
  { path, title }: Unit,
  placed: ReadonlyMap<string, ReadonlySet<string>>,
  after: readonly TestFile[],
): boolean {
  const wasAt = [...(placed.get(title) ?? [])];
  if (isNamedTest(path) && !(PLURAL.test(path) && wasAt.every((each) => !PLURAL.test(each))))
    return true;
  const lostName = wasAt.some(
    (each) => isNamedTest(each) && !after.some((file) => file.path === each),
  );
  return wasAt.includes(path) || !lostName;
}

/** `const paid = price(200)`: `paid`, and `price`. */
function madeIn(tokens: readonly Token[]): Map<string, string[]> {
  const made = new Map<string, string[]>();
  tokens.forEach((token, at) => {
    if (token.kind !== "word" || !isMark(tokens[at + 1], "=")) return;
    const end = statementEnd(tokens, at + 2);
    const calls = tokens
      .slice(at + 2, end)
      .flatMap((each, n) =>
        each.kind === "word" && isMark(tokens[at + 3 + n], "(") ? [each.text] : [],
      );
    made.set(token.text, calls);
  });
  return made;
}

/** `t.plan(3)` after `t.plan(4)`, where one assertion less is written down: that one is judged by itself. */
function planned(lost: Assertion, now: readonly Assertion[], fewer: number): Fate | undefined {
  const plan = now.find(({ matcher }) => matcher === "assertions");
  if (lost.matcher !== "assertions" || plan === undefined) return undefined;
  return Number(lost.expected) - Number(plan.expected) <= fewer ? "kept" : undefined;
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
    const platform = is.state === "platform" && before.path === after.path;
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

/** Assertions of what `after` calls and `before` does not. */
function calledNew(before: Unit, after: Unit, asserts: Called): Assertion[] {
  const known = [...before.calls];
  const names = after.calls.filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  return names.flatMap(asserts).filter(isReached);
}

const callsAny = ({ calls }: Unit, asserts: Called) =>
  calls.some((name) => asserts(name).some(isReached));

type Called = (name: string) => Assertion[];

/** @returns what a function asserts, and the functions that it calls; each is looked at once. */
function callsOf(files: readonly TestFile[]): Called {
  const functions = new Map(files.toReversed().flatMap((file) => [...file.functions]));
  const known = new Map<string, Assertion[]>();
  return (name) => {
    const kept = known.get(name);
    if (kept !== undefined) return kept;
    const reached = new Set([name]);
    for (const each of reached) {
      if (reached.size > MOST_REACHED) break;
      for (const next of functions.get(each)?.calls ?? [])
        if (functions.has(next)) reached.add(next);
    }
    const found = [...reached].flatMap((each) => functions.get(each)?.assertions ?? []);
    known.set(name, found);
    return found;
  };
}
const MOST_REACHED = 100;

function removedHits(unit: Unit, around: Surroundings, change: Change, files: TestFiles): Hit[] {
  const { path, called, assertions } = unit;
  const isKept =
    assertions.length > 0 &&
    assertions.every(
      (each) =>
        around.left.some((other) => sameAssertion(each, other)) && fateOf(each, around) === "kept",
    );
  if (isKept) return [];
  const gone = goneWith(unit, change, files);
  if (gone !== undefined)
    return [
      { kind: "test-removed", path, what: `${called} is gone together with ${gone}`, minor: true },
    ];
  return [{ kind: "test-removed", path, what: `${called} is gone` }];
}

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
