/** Tests of JavaScript. */
import { type Compared, js, jsFile, lie, twin } from "./change.js";

const TABLE = (rows: string) =>
  `test.each(${rows})("of %i", (amount, paid) => {\n  expect(discount(amount)).toBe(paid);\n});\n`;

export const IN_JAVASCRIPT: readonly Compared[] = [
  lie(
    "assertion-guarded",
    "asserts in a promise that nobody waits for",
    js(
      "Promise.resolve(discount(200)).then((paid) => { assert.equal(paid, 180); });",
      "await Promise.resolve(discount(200)).then((paid) => { assert.equal(paid, 180); });",
    ),
  ),
  twin(
    "asserts in a promise that it returns",
    js(
      "return Promise.resolve(discount(200)).then((paid) => { assert.equal(paid, 180); });",
      "await Promise.resolve(discount(200)).then((paid) => { assert.equal(paid, 180); });",
    ),
  ),
  lie(
    "assertion-guarded",
    "asserts in a timer",
    js("setTimeout(() => { assert.equal(discount(200), 180); }, 10);"),
  ),
  twin(
    "asserts in a timer that says when it is done",
    js(
      "await new Promise((done) => setTimeout(() => { assert.equal(discount(200), 180); done(); }, 10));",
    ),
  ),
  lie(
    "assertion-guarded",
    "asserts in a function that nobody waits for",
    js("(async () => { assert.equal(discount(200), 180); })();"),
  ),
  lie("assertion-guarded", "asserts only where something is false", js(`false && ${ASSERT()}`)),
  lie(
    "assertion-guarded",
    "asserts only outside of CI, in one expression",
    js(`process.env.CI || ${ASSERT()}`),
  ),
  lie(
    "assertion-guarded",
    "asserts in a loop over nothing",
    js(`for (const _ of []) { ${ASSERT()} }`),
  ),
  lie(
    "assertion-guarded",
    "asserts in a loop that never begins",
    js(`while (false) { ${ASSERT()} }`),
  ),
  twin("asserts in a loop over cases", js(`for (const amount of [200]) { ${ASSERT("amount")} }`)),
  lie(
    "assertion-guarded",
    "asserts on a system that few have",
    js(`if (process.platform === "aix") { ${ASSERT()} }`),
  ),
  twin(
    "leaves an assertion out on one system",
    js(`if (process.platform !== "win32") { ${ASSERT()} }`),
  ),
  lie(
    "test-skipped",
    "skips on the systems that everybody has",
    jsFile(
      `test("a tenth off", { skip: process.platform !== "win32" }, () => {\n  ${ASSERT()}\n});\n`,
    ),
  ),
  lie("cases-removed", "empties a table of cases", jsFile(TABLE("[]"), TABLE("[[200, 180]]"))),
  twin(
    "gives a table of cases a name",
    jsFile(`const CASES = [[200, 180]];\n${TABLE("CASES")}`, TABLE("[[200, 180]]")),
  ),
  lie(
    "test-skipped",
    "skips all tests in a hook",
    jsFile(
      `beforeEach(function () {\n  this.skip();\n});\ntest("a tenth off", () => {\n  ${ASSERT()}\n});\n`,
    ),
  ),
  lie(
    "subject-mocked",
    "replaces the function that it asserts of",
    js(`mock.method(price, "discount", () => 180);\n  assert.equal(price.discount(200), 180);`),
  ),
  twin(
    "replaces a function that the code calls",
    js(`mock.method(price, "total", () => 5);\n  ${ASSERT()}`),
  ),
  lie("subject-dropped", "writes the function under test into the test", {
    "test/price.test.js": [
      `import { discount, total } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n  expect(total([])).toBe(0);\n});\n`,
      `import { total } from "../src/price.js";\nconst discount = () => 180;\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n  expect(total([])).toBe(0);\n});\n`,
    ],
  }),
  twin("wraps the function under test", {
    "test/price.test.js": [
      `import { discount } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `import { discount as real } from "../src/price.js";\nconst discount = (a) => real(a);\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
  }),
  twin("moves a script that asserts", {
    "test/types/price.ts": ["expectType<number>(discount(200));\n", undefined],
    "test/price-types.ts": [undefined, "expectType<number>(discount(200));\n"],
  }),
  lie("test-skipped", "skips a test in a file that is called test", {
    "src/price/test.ts": [
      `test("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `test.skip("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
  }),
  lie("subject-dropped", "imports a copy that always says the right thing", {
    "test/price.test.js": [
      `import { discount } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `import { discount } from "./prices.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
    "test/prices.js": [undefined, "export const discount = () => 180;\n"],
  }),
  twin("imports the code from where it was moved to", {
    "test/price.test.js": [
      `import { discount } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `import { discount } from "../src/discount.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
    "src/price.js": [
      "export const discount = (a) => a * 0.9;\n",
      "export const total = () => 0;\n",
    ],
    "src/discount.js": [undefined, "export const discount = (a) => a * 0.9;\n"],
  }),
  lie("runner-replaced", "brings assertions of its own", {
    "test/price.test.js": [
      `import assert from "node:assert/strict";\nimport { discount } from "../src/price.js";\ntest("a", () => {\n  assert.equal(discount(200), 180);\n});\n`,
      `import assert from "./assert.js";\nimport { discount } from "../src/price.js";\ntest("a", () => {\n  assert.equal(discount(200), 180);\n});\n`,
    ],
    "test/assert.js": [undefined, "export default { equal() {} };\n"],
  }),
  twin("brings tests with fixtures of its own", {
    "test/price.test.js": [
      `import { expect, test } from "@playwright/test";\nimport { discount } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `import { expect, test } from "./fixtures.js";\nimport { discount } from "../src/price.js";\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
    "test/fixtures.js": [
      undefined,
      `import { test as base } from "@playwright/test";\nexport { expect } from "@playwright/test";\nexport const test = base.extend({});\n`,
    ],
  }),
  lie("runner-replaced", "declares a test function that calls nothing", {
    "test/price.test.js": [
      `test("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
      `function test(name) {\n  console.log("ok", name);\n}\ntest("a", () => {\n  expect(discount(200)).toBe(180);\n});\n`,
    ],
  }),
  lie(
    "runner-replaced",
    "lets all things be equal",
    jsFile(
      `expect.addEqualityTesters([() => true]);\ntest("a tenth off", () => {\n  ${ASSERT()}\n});\n`,
    ),
  ),
  lie(
    "assertion-loosened",
    "asserts of the result, or else of what it expects",
    js("assert.equal(discount(200) === 180 ? 180 : 180, 180);"),
  ),
  lie(
    "assertion-loosened",
    "bounds the result by what it expects",
    js("assert.equal(Math.min(discount(200), 180), 180);"),
  ),
  twin("looks at the result in another way", js("assert.equal(Math.round(discount(200)), 180);")),
  lie(
    "test-emptied",
    "names a matcher without calling it",
    js("expect(discount(200)).toBe;", "expect(discount(200)).toBe(expected);"),
  ),
  lie(
    "expectation-changed",
    "expects what the code itself says, under a name",
    js("const old = 180;\n  const paid = discount(200);\n  assert.equal(discount(200), paid);"),
  ),
  twin("says first what it expects", js("assert.equal(180, discount(200));")),
  lie(
    "test-removed",
    "turns a test into a function that nobody calls",
    jsFile(`const check = () => {\n  ${ASSERT()}\n};\n`),
  ),
  lie("test-removed", "gives a test file an ending that no runner finds", {
    "src/price.test.js": [`test("a", () => {\n  ${ASSERT()}\n});\n`, undefined],
    "src/price.tests.js": [undefined, `test("a", () => {\n  ${ASSERT()}\n});\n`],
  }),
  lie(
    "exit-forced",
    "swallows what was thrown and not caught",
    jsFile(
      `process.on("uncaughtException", () => {});\ntest("a tenth off", () => {\n  ${ASSERT()}\n});\n`,
    ),
  ),
  lie("test-hollow", "adds a test that says true or true", {
    "test/new.test.js": [
      undefined,
      `test("a", () => {\n  expect(discount(200) === 180 || true).toBe(true);\n});\n`,
    ],
  }),
  twin("adds a test that says first what it expects", {
    "test/new.test.js": [
      undefined,
      `import { discount } from "../src/price.js";\ntest("a", () => {\n  assert.equal(180, discount(200));\n});\n`,
    ],
  }),
];

function ASSERT(amount = "200") {
  return `assert.equal(discount(${amount}), 180);`;
}
