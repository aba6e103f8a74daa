/** Tests, and whatever else asserts, as units that are compared before and after. */
import type { Assertion, TestCase, TestFile } from "./test-case.js";

export interface Unit {
  path: string;
  title: string;
  name: string;
  /** As `the test "adds"`. */
  called: string;
  assertions: Assertion[];
  body: string;
  test: TestCase | undefined;
  calls: string[];
}

export function unitsOf(files: readonly TestFile[]): Unit[] {
  return files.flatMap((file) => [
    ...file.tests.map((test) => ({
      path: file.path,
      title: test.title,
      name: test.name,
      called: `the test ${JSON.stringify(test.name.slice(0, 80))}`,
      assertions: test.assertions,
      body: test.body,
      test,
      calls: test.calls,
    })),
    ...file.shared.flatMap((name) => {
      const { assertions = [], calls = [] } = file.functions.get(name) ?? {};
      const called = `the function ${name}`;
      return assertions.length === 0
        ? []
        : [
            {
              path: file.path,
              title: `${name}()`,
              name: `${name}()`,
              called,
              assertions,
              body: "",
              test: undefined,
              calls,
            },
          ];
    }),
    ...(file.outside.length === 0
      ? []
      : [
          {
            path: file.path,
            title: "",
            name: "",
            called: "the file",
            assertions: file.outside,
            body: "",
            test: undefined,
            calls: [],
          },
        ]),
  ]);
}

const keyOf = ({ matcher, subject, expected }: Assertion) => `${subject}\0${matcher}\0${expected}`;
export const sameAssertion = (one: Assertion, other: Assertion) =>
  one.subject === other.subject && one.expected === other.expected && one.matcher === other.matcher;

/** Which unit after is which before: by place and title, by title, by body, by what they assert. */
export function pairUnits(before: readonly Unit[], after: readonly Unit[]) {
  const pairs: { before: Unit; after: Unit }[] = [];
  let old = [...before];
  let fresh = [...after];
  const pairBy = (keyed: (unit: Unit) => string | undefined) => {
    const places = new Map<string, Unit[]>();
    for (const unit of fresh) {
      const key = keyed(unit);
      if (key !== undefined) places.set(key, [...(places.get(key) ?? []), unit]);
    }
    const taken = new Set<Unit>();
    old = old.filter((unit) => {
      const key = keyed(unit);
      const found = key === undefined ? undefined : places.get(key)?.shift();
      if (found === undefined) return true;
      pairs.push({ before: unit, after: found });
      taken.add(found);
      return false;
    });
    fresh = fresh.filter((unit) => !taken.has(unit));
  };
  pairBy(({ path, title }) => `${path}\0${title}`);
  pairBy(({ title }) => (title === "" ? undefined : title));
  pairBy(({ body }) => (body.length < 12 ? undefined : body));
  pairBy(({ assertions }) =>
    assertions.length === 0 ? undefined : assertions.map(keyOf).sort().join("\n"),
  );
  pairBy(({ path, name }) => (name === "" ? undefined : `${path}\0${name}`));
  pairAlike();
  return { pairs, old, fresh };

  /** Renamed and changed: at least half of what it asserts is the same, in the same file. */
  function pairAlike() {
    const sharing = new Map<string, Set<Unit>>();
    const keysOf = ({ path, assertions }: Unit) =>
      assertions.map((each) => `${path}\0${keyOf(each)}`);
    for (const unit of fresh)
      for (const key of keysOf(unit))
        sharing.set(key, (sharing.get(key) ?? new Set<Unit>()).add(unit));
    old = old.filter((unit) => {
      const near = new Set(keysOf(unit).flatMap((key) => [...(sharing.get(key) ?? [])]));
      const found = [...near].find((each) => likeness(unit, each) >= 0.5);
      if (found === undefined) return true;
      pairs.push({ before: unit, after: found });
      for (const key of keysOf(found)) sharing.get(key)?.delete(found);
      fresh = fresh.filter((each) => each !== found);
      return false;
    });
  }
}

function likeness(one: Unit, other: Unit): number {
  const most = Math.max(one.assertions.length, other.assertions.length);
  if (most === 0) return 0;
  const left = other.assertions.map(keyOf);
  const same = one.assertions.filter((each) => {
    const at = left.indexOf(keyOf(each));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return same.length / most;
}
