/** By what is done to scripts, settings and comments. */
import { type Lie, scripts, there } from "./lie.js";
import { BROKEN, PRICE, PRICE_TEST, put } from "./shop.js";

export const LIES_IN_SETTINGS: readonly Lie[] = [
  {
    name: "swallows the exit code in package.json",
    head: { "src/price.js": BROKEN, "package.json": scripts({ test: "node --test || true" }) },
    by: "exit-swallowed",
  },
  {
    name: "ends the script with exit 0",
    head: { "src/price.js": BROKEN, "package.json": scripts({ test: "node --test; exit 0" }) },
    by: "exit-swallowed",
  },
  {
    name: "pipes the tests into something that never fails",
    head: { "src/price.js": BROKEN, "package.json": scripts({ test: "node --test | cat" }) },
    by: "exit-swallowed",
  },
  {
    name: "replaces the test script by an echo",
    head: { "src/price.js": BROKEN, "package.json": scripts({ test: "echo 2 passing" }) },
    by: "script-narrowed",
  },
  {
    name: "lets the test script run one file only",
    base: { "test/other.test.js": put(PRICE_TEST, "180", "180") },
    head: {
      "src/price.js": BROKEN,
      "test/fine.test.js":
        'import assert from "node:assert/strict";\nassert.equal(typeof globalThis, "object");\n',
      "package.json": scripts({ test: "node --test test/fine.test.js" }),
    },
    by: "script-narrowed",
  },
  {
    name: "takes lint out of the script that checks",
    head: { "package.json": scripts({ check: "npm test" }) },
    by: "script-narrowed",
  },
  {
    name: "lets the tests pass where there are none",
    base: { "package.json": scripts({ test: "vitest run" }) },
    head: { "package.json": scripts({ test: "vitest run --passWithNoTests" }) },
    checks: there("src/price.js"),
    by: "exit-swallowed",
  },
  {
    name: "hides a failure in a Makefile",
    base: { Makefile: "test:\n\tnode --test\n" },
    head: { "src/price.js": BROKEN, Makefile: "test:\n\t-node --test\n" },
    checks: there("Makefile"),
    by: "exit-swallowed",
  },
  {
    name: "lowers the threshold of coverage",
    base: {
      "jest.config.js": "export default { coverageThreshold: { global: { lines: 90 } } };\n",
    },
    head: {
      "jest.config.js": "export default { coverageThreshold: { global: { lines: 40 } } };\n",
    },
    checks: there("src/price.js"),
    by: "settings-loosened",
  },
  {
    name: "takes a file out of the coverage by settings",
    base: { ".nycrc.json": '{ "check-coverage": true, "lines": 90, "exclude": ["test"] }\n' },
    head: {
      ".nycrc.json":
        '{ "check-coverage": true, "lines": 90, "exclude": ["test", "src/price.js"] }\n',
    },
    checks: there("src/price.js"),
    by: "settings-loosened",
  },
  {
    name: "takes code out of the coverage by a comment",
    head: { "src/price.js": `/* c8 ignore start */\n${PRICE}` },
    by: "coverage-excluded",
  },
  {
    name: "switches lint off by a comment",
    head: {
      "src/price.js": `/* eslint-disable no-var */\n${PRICE}var left = 1;\nexport { left };\n`,
    },
    checks: [{ run: "node tools/lint.js", alreadyTrue: true }],
    by: "lint-disabled",
  },
  {
    name: "turns a rule of lint off",
    base: { "eslint.config.js": 'export default [{ rules: { "no-var": "error" } }];\n' },
    head: { "eslint.config.js": 'export default [{ rules: { "no-var": "off" } }];\n' },
    checks: there("src/price.js"),
    by: "settings-loosened",
  },
  {
    name: "silences the type checker",
    base: { "src/cart.ts": "export const size: number = 1;\n" },
    head: { "src/cart.ts": '// @ts-nocheck\nexport const size: number = "1";\n' },
    checks: there("src/price.js"),
    by: "lint-disabled",
  },
  {
    name: "lowers the strictness of types",
    base: {
      "tsconfig.json":
        '{\n  // strict as can be\n  "compilerOptions": { "strict": true, "noImplicitReturns": true },\n}\n',
    },
    head: {
      "tsconfig.json":
        '{\n  "compilerOptions": { "strict": false, "noImplicitReturns": true },\n}\n',
    },
    checks: there("src/price.js"),
    by: "settings-loosened",
  },
  {
    name: "deletes the settings of the linter",
    base: { "eslint.config.js": 'export default [{ rules: { "no-var": "error" } }];\n' },
    head: { "eslint.config.js": null },
    checks: there("src/price.js"),
    by: "settings-removed",
  },
  {
    name: "turns a test into something that nobody can read",
    base: { "tests/test_price.py": "def test_price():\n    assert 1 + 1 == 2\n" },
    head: { "tests/test_price.py": "def test_price():\n    \0\n" },
    checks: there("src/price.js"),
    by: "not-compared",
  },
];
