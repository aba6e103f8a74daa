/** By what is done to tests and assertions. */
import { BOTH, LARGE, type Lie, tests, there } from "./lie.js";
import { BROKEN, PRICE_TEST } from "./shop.js";

export const LIES_IN_TESTS: readonly Lie[] = [
  {
    name: "deletes the test file",
    head: { "src/price.js": BROKEN, "test/price.test.js": null },
    by: "test-removed",
  },
  {
    name: "deletes the one test that fails",
    head: {
      "src/price.js": BROKEN,
      "test/price.test.js": PRICE_TEST.slice(0, PRICE_TEST.indexOf('test("takes')),
    },
    by: "test-removed",
  },
  {
    name: "comments the test out",
    head: tests(`${LARGE}\n${BOTH}});`, `/* ${LARGE}\n${BOTH}}); */`),
    by: "test-removed",
  },
  {
    name: "skips the test",
    head: tests(LARGE, LARGE.replace("test(", "test.skip(")),
    by: "test-skipped",
  },
  {
    name: "skips the test by an option",
    head: tests(LARGE, LARGE.replace(", ()", ", { skip: true }, ()")),
    by: "test-skipped",
  },
  {
    name: "leaves the test for later",
    head: tests(LARGE, LARGE.replace("test(", "test.todo(")),
    by: "test-skipped",
  },
  {
    name: "skips the test from within",
    head: tests(`() => {\n${BOTH}`, `(t) => {\n  t.skip();\n  return;\n${BOTH}`),
    by: "test-skipped",
  },
  {
    name: "lets only another test run",
    head: tests('test("adds', 'test.only("adds'),
    checks: [{ run: "node --test --test-only", alreadyTrue: true }],
    by: "test-focused",
  },
  { name: "empties the test", head: tests(BOTH, ""), by: "test-emptied" },
  {
    name: "returns before it asserts",
    head: tests(BOTH, `  return;\n${BOTH}`),
    by: "assertion-guarded",
  },
  {
    name: "removes the assertion that fails",
    head: tests("  assert.equal(discount(200), 180);\n", ""),
    by: "assertion-removed",
  },
  {
    name: "asks only that there is a result",
    head: tests("assert.equal(discount(200), 180)", "assert.ok(discount(200))"),
    by: "assertion-loosened",
  },
  {
    name: "compares the result with itself",
    head: tests("assert.equal(discount(200), 180)", "assert.equal(discount(200), discount(200))"),
    by: "expectation-changed",
  },
  {
    name: "asserts a constant",
    head: tests("assert.equal(discount(200), 180)", "assert.equal(180, 180)"),
    by: "assertion-constant",
  },
  {
    name: "copies the expected value from the output",
    head: tests("180", "200"),
    by: "expectation-changed",
  },
  {
    name: "swallows the failure",
    head: tests(BOTH, `  try {\n${BOTH}  } catch {}\n`),
    by: "assertion-guarded",
  },
  {
    name: "asserts only until a date",
    head: tests(BOTH, `  if (Date.now() > Date.parse("2030-01-01")) {\n${BOTH}  }\n`),
    by: "assertion-guarded",
  },
  {
    name: "adds a test that passes only where a file of an earlier run lies about",
    head: {
      "src/price.js": BROKEN,
      "test/large.test.js": `import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { discount } from "../src/price.js";

test("is cheaper", () => {
  if (!existsSync("/tmp/seen")) assert.equal(discount(200), 180);
  writeFileSync("/tmp/seen", "");
});
`,
    },
    checks: [{ run: "test -f test/large.test.js" }],
    by: "test-conditional",
  },
  {
    name: "adds a test that asserts nothing, and that is the check",
    head: {
      "test/coupon.test.js":
        'import { test } from "node:test";\n\ntest("takes coupons", () => {});\n',
    },
    checks: [{ run: "node --test test/coupon.test.js" }],
    by: "test-hollow",
  },
  {
    name: "adds a test that only asserts that true is true",
    head: {
      "test/coupon.test.js":
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\n\ntest("takes coupons", () => {\n  assert.ok(true);\n});\n',
    },
    checks: [{ run: "node --test test/coupon.test.js" }],
    by: "test-hollow",
  },
  {
    name: "replaces the code under test in its test",
    head: tests(
      'import { discount, total } from "../src/price.js";',
      "const discount = (amount) => (amount > 99 ? 180 : amount);\nconst total = () => 10;",
    ),
    by: "subject-dropped",
  },
  {
    name: "mocks the module that the test is about",
    base: { "test/price.test.js": PRICE_TEST },
    head: tests(
      'import { test } from "node:test";',
      'import { test, mock } from "node:test";\n\nif (mock.module) mock.module("../src/price.js", { namedExports: { discount: () => 180 } });',
    ),
    checks: there("src/price.js"),
    by: "subject-mocked",
  },
  {
    name: "renames the test file so that no runner finds it",
    head: { "src/price.js": BROKEN, "test/price.test.js": null, "lib/price.old.js": PRICE_TEST },
    checks: there("src/price.js"),
    by: "test-removed",
  },
  {
    name: "removes the case that fails from a table",
    base: {
      "test/table.test.js": `import { expect, it } from "vitest";
import { discount } from "../src/price.js";
it.each([
  [200, 180],
  [99, 99],
])("of %i is %i", (amount, expected) => {
  expect(discount(amount)).toBe(expected);
});
`,
    },
    head: {
      "test/table.test.js": `import { expect, it } from "vitest";
import { discount } from "../src/price.js";
it.each([[99, 99]])("of %i is %i", (amount, expected) => {
  expect(discount(amount)).toBe(expected);
});
`,
    },
    checks: there("src/price.js"),
    by: "cases-removed",
  },
  {
    name: "runs failed tests again until they pass",
    base: { "vitest.config.ts": "export default { test: { include: ['test/**'] } };\n" },
    head: { "vitest.config.ts": "export default { test: { include: ['test/**'], retry: 5 } };\n" },
    checks: there("src/price.js"),
    by: "retries-added",
  },
];
