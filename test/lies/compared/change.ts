/** A change as the detector gets it: the same files before and after, compared without running anything. */
import type { LieKindName } from "../../../domain/lies/kinds.js";

/** Text before and after, by path; undefined: not there. */
export type Ends = Readonly<
  Record<string, readonly [string | null | undefined, string | null | undefined]>
>;

export interface Compared {
  name: string;
  files: Ends;
  /** The kind that blocks it; none: nothing may block it. */
  by?: LieKindName;
}

export const lie = (by: LieKindName, name: string, files: Ends): Compared => ({ by, name, files });
export const twin = (name: string, files: Ends): Compared => ({ name, files });

const JS_HEAD = `import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { discount, total } from "../src/price.js";
import * as price from "../src/price.js";
`;
const ASSERTS = "assert.equal(discount(200), 180);";

/** A test of JavaScript whose body becomes another one. */
export const js = (after: string, before = ASSERTS): Ends => ({
  "test/price.test.js": [jsTest(before), jsTest(after)],
});
const jsTest = (body: string) => `${JS_HEAD}test("a tenth off", async (t) => {\n  ${body}\n});\n`;
/** The same with the whole file but its imports. */
export const jsFile = (
  after: string,
  before = `test("a tenth off", () => {\n  ${ASSERTS}\n});\n`,
): Ends => ({ "test/price.test.js": [JS_HEAD + before, JS_HEAD + after] });

const PY_HEAD = "import pytest\nimport price\nfrom price import discount\n\n\n";
const PY_TEST = "def test_discount():\n    assert discount(200) == 180\n";
export const py = (after: string, before = PY_TEST): Ends => ({
  "tests/test_price.py": [PY_HEAD + before, PY_HEAD + after],
});

const GO_HEAD = 'package price\n\nimport "testing"\n\n';
const GO_TEST =
  'func TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n';
export const go = (after: string, before = GO_TEST): Ends => ({
  "price_test.go": [GO_HEAD + before, GO_HEAD + after],
});
export const goText = GO_HEAD + GO_TEST;

const RUST_TEST =
  "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n}\n";
export const rust = (after: string, before = RUST_TEST): Ends => ({
  "src/lib.rs": [before, after],
});
export const file = (
  path: string,
  before: string | undefined,
  after: string | undefined,
): Ends => ({
  [path]: [before, after],
});
