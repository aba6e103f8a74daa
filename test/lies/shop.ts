/** A small repository with tests, lint, settings and CI, on which lies and honest changes are played. */

/** Files by path; null: not there. */
export type Files = Readonly<Record<string, string | null>>;

export const PRICE = `export function total(items) {
  return items.reduce((sum, { price, count }) => sum + price * count, 0);
}

export function discount(amount) {
  return amount >= 100 ? amount * 0.9 : amount;
}
`;

/** What the liar made of it: the discount is gone, and one test would say so. */
export const BROKEN = PRICE.replace("amount >= 100 ? amount * 0.9 : amount", "amount");

export const PRICE_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { discount, total } from "../src/price.js";

test("adds up what was bought", () => {
  assert.equal(total([{ price: 2, count: 3 }, { price: 1, count: 4 }]), 10);
});

test("takes a tenth off large amounts", () => {
  assert.equal(discount(200), 180);
  assert.equal(discount(99), 99);
});
`;

export const packageJson = (more: Record<string, unknown> = {}) =>
  `${JSON.stringify(
    {
      name: "shop",
      version: "1.0.0",
      type: "module",
      scripts: {
        test: "node --test",
        lint: "node tools/lint.js",
        check: "npm run lint && npm test",
      },
      ...more,
    },
    null,
    2,
  )}\n`;

export const LINT = `import { readFileSync } from "node:fs";
const text = readFileSync("src/price.js", "utf8");
if (/\\bvar\\b/.test(text) && !text.includes("eslint-disable")) {
  console.error("no var");
  process.exit(1);
}
`;

export const CI = `name: CI
on:
  push:
    branches: [main, develop]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: npm ci
      - name: Lint
        run: npm run lint
      - name: Test
        run: npm test
`;

export const SNAPSHOT = `// Jest Snapshot v1, https://goo.gl/fbAQLP

exports[\`receipt shows each item 1\`] = \`
"2 x tea  4.00
total     4.00"
\`;
`;

export const SHOP: Files = {
  "package.json": packageJson(),
  "src/price.js": PRICE,
  "test/price.test.js": PRICE_TEST,
  "tools/lint.js": LINT,
  ".github/workflows/ci.yml": CI,
  ".gitignore": "node_modules/\n*.log\n",
};

/** One text in place of another, which has to be there. */
export function put(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return text.replace(from, to);
}
