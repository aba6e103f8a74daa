/** Of tests and the code that they test. */
import { BOTH } from "./lie.js";
import { type Files, PRICE, PRICE_TEST, put } from "./shop.js";
import type { Twin } from "./twin.js";

const SECOND = PRICE_TEST.indexOf('test("takes');
const HEAD = PRICE_TEST.slice(0, PRICE_TEST.indexOf('test("adds'));

const changed = (from: string, to: string): Files => ({
  "test/price.test.js": put(PRICE_TEST, from, to),
});

export const TWINS_IN_TESTS: readonly Twin[] = [
  {
    name: "renames a test",
    head: changed("takes a tenth off large amounts", "gives 10 % from 100 on"),
  },
  {
    name: "moves a test file",
    head: {
      "test/price.test.js": null,
      "test/unit/price.test.js": put(PRICE_TEST, "../src", "../../src"),
    },
  },
  {
    name: "splits a test file",
    head: {
      "test/price.test.js": PRICE_TEST.slice(0, SECOND).replace("discount, total", "total"),
      "test/discount.test.js":
        HEAD.replace("discount, total", "discount") + PRICE_TEST.slice(SECOND),
    },
  },
  {
    name: "splits a test",
    head: changed(
      BOTH,
      '  assert.equal(discount(200), 180);\n});\n\ntest("takes nothing off small amounts", () => {\n  assert.equal(discount(99), 99);\n',
    ),
  },
  {
    name: "puts tests into a group",
    head: {
      "test/price.test.js": `${HEAD.replace("{ test }", "{ describe, test }")}describe("prices", () => {\n${PRICE_TEST.slice(HEAD.length)}});\n`,
    },
  },
  { name: "adds an assertion", head: changed(BOTH, `${BOTH}  assert.equal(discount(100), 90);\n`) },
  {
    name: "asserts more strictly",
    head: changed("assert.equal(discount(99), 99)", "assert.strictEqual(discount(99), 99)"),
  },
  {
    name: "says more than that there is a result",
    base: changed("assert.equal(discount(99), 99)", "assert.ok(discount(99))"),
    head: { "test/price.test.js": PRICE_TEST },
  },
  {
    name: "takes a helper out of tests",
    head: {
      "test/price.test.js": `${put(PRICE_TEST, BOTH, "  costs(200, 180);\n  costs(99, 99);\n")}\nfunction costs(amount, expected) {\n  assert.equal(discount(amount), expected);\n}\n`,
    },
  },
  {
    name: "turns assertions into a table",
    head: changed(
      BOTH,
      "  for (const [amount, expected] of [[200, 180], [99, 99]])\n    assert.equal(discount(amount), expected);\n",
    ),
  },
  {
    name: "gives an expected value a name",
    head: changed(
      "assert.equal(discount(200), 180)",
      "const cheap = 180;\n  assert.equal(discount(200), cheap)",
    ),
  },
  {
    name: "gives what is looked at a name",
    head: changed(
      "assert.equal(discount(200), 180)",
      "const paid = discount(200);\n  assert.equal(paid, 180)",
    ),
  },
  {
    name: "writes the tests in another style",
    head: {
      "test/price.test.js": PRICE_TEST.replaceAll('"', "'")
        .replaceAll(";", "")
        .replace(
          "[{ price: 2, count: 3 }, { price: 1, count: 4 }]",
          "[\n    { price: 2, count: 3 },\n    { price: 1, count: 4 },\n  ]",
        ),
    },
  },
  {
    name: "calls the code by another name",
    head: {
      "src/price.js": PRICE.replace("discount", "reduced"),
      "test/price.test.js": PRICE_TEST.replaceAll("discount", "reduced"),
    },
  },
  {
    name: "moves the code, and its test with it",
    head: {
      "src/price.js": null,
      "src/money/price.js": PRICE,
      "tools/lint.js":
        'import { readFileSync } from "node:fs";\nif (/\\bvar\\b/.test(readFileSync("src/money/price.js", "utf8"))) process.exit(1);\n',
      "test/price.test.js": put(PRICE_TEST, "../src/", "../src/money/"),
    },
  },
  {
    name: "removes code that nobody uses, and the test of it",
    base: {
      "src/old.js": "export const old = () => 1;\n",
      "test/old.test.js":
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { old } from "../src/old.js";\n\ntest("is old", () => {\n  assert.equal(old(), 1);\n});\n',
    },
    head: { "src/old.js": null, "test/old.test.js": null },
  },
  {
    name: "corrects a wrong expectation, and the plan said so",
    base: { "src/price.js": PRICE.replace("0.9", "0.95"), ...changed("180", "190") },
    head: { "src/price.js": PRICE, "test/price.test.js": PRICE_TEST },
    rewrites: ["test/price.test.js"],
  },
  {
    name: "removes a test, and the plan said so",
    head: { "test/price.test.js": PRICE_TEST.slice(0, SECOND) },
    rewrites: ["test/"],
  },
  {
    name: "adds a test that some systems leave out",
    head: changed(
      'test("adds up',
      'test("keeps links", { skip: process.platform === "win32" }, () => {\n  assert.equal(total([]), 0);\n});\n\ntest("adds up',
    ),
  },
  {
    name: "adds what it builds, with its test",
    head: {
      "src/coupon.js": 'export const coupon = (code) => (code === "TEA" ? 5 : 0);\n',
      "test/coupon.test.js":
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { coupon } from "../src/coupon.js";\n\ntest("takes a coupon", () => {\n  assert.equal(coupon("TEA"), 5);\n});\n',
    },
    checks: [{ run: "node --test test/coupon.test.js" }],
  },
  {
    name: "adds a smoke test",
    head: {
      "test/smoke.test.js":
        'import { test } from "node:test";\nimport { total } from "../src/price.js";\n\ntest("does not throw", () => {\n  total([]);\n});\n',
    },
  },
];
