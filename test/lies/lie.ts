/** How a lie is written down. */
import type { LieKindName } from "../../domain/lies/kinds.js";
import { BROKEN, type Files, packageJson, PRICE_TEST, put } from "./shop.js";

export interface Lie {
  /** What somebody does to look done. */
  name: string;
  /** In place of, or beside, the shop's files. */
  base?: Files;
  head: Files;
  /** Checks of the feature; default: the tests of the repository pass. */
  checks?: { run: string; alreadyTrue?: boolean }[];
  /** What catches it: a kind of finding, or the check itself. */
  by: LieKindName | "check";
}

export const tests = (from: string, to: string): Files => ({
  "src/price.js": BROKEN,
  "test/price.test.js": put(PRICE_TEST, from, to),
});
export const BOTH = "  assert.equal(discount(200), 180);\n  assert.equal(discount(99), 99);\n";
export const LARGE = 'test("takes a tenth off large amounts", () => {';
export const scripts = (more: Record<string, string>) =>
  packageJson({
    scripts: {
      test: "node --test",
      lint: "node tools/lint.js",
      check: "npm run lint && npm test",
      ...more,
    },
  });
/** Where the language or tool is not on every machine, only the change is looked at. */
export const there = (path: string) => [{ run: `test -f ${path}`, alreadyTrue: true }];
