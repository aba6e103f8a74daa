import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { countTests } from "../../domain/test-counts.js";

const folder = join(import.meta.dirname, "../fixtures/test-outputs");
/** As the real tools printed it. */
const printed = (name: string) => readFileSync(join(folder, `${name}.txt`), "utf8");

describe("the number of tests that a command ran", () => {
  it.each([
    ["node-tap", { tests: 3, skipped: 1 }],
    ["node-spec", { tests: 3, skipped: 1 }],
    ["jest", { tests: 2, skipped: 2 }],
    ["jest-none", { tests: 0, skipped: 0 }],
    ["vitest", { tests: 2, skipped: 2 }],
    ["vitest-none", { tests: 0, skipped: 0 }],
    ["mocha", { tests: 2, skipped: 1 }],
    ["mocha-none", { tests: 0, skipped: 0 }],
    ["pytest", { tests: 5, skipped: 1 }],
    ["pytest-q", { tests: 5, skipped: 1 }],
    ["pytest-none", { tests: 0, skipped: 0 }],
    ["pytest-error", { tests: 1, skipped: 0 }],
    ["unittest", { tests: 2, skipped: 1 }],
    ["unittest-none", { tests: 0, skipped: 0 }],
    ["cargo", { tests: 1, skipped: 0 }],
    ["cargo-ignored", { tests: 1, skipped: 1 }],
    ["cargo-none", { tests: 0, skipped: 0 }],
    ["go-v", { tests: 2, skipped: 2 }],
    ["go-none", { tests: 0, skipped: 0 }],
  ])("is read from what %s says", (name, count) => {
    expect(countTests(printed(name))).toEqual(count);
  });

  it.each([
    ["turbo", "web:test:", "@team/web:test:unit:"],
    ["pnpm", "apps/web test:", "packages/a test:unit:"],
    ["yarn", "[@team/web]:", "[web]:"],
    ["compose", "web-1  |", "api-1  |"],
  ])("is read where %s says whose words they are", (_, one, other) => {
    const whose = (name: string, who: string) =>
      printed(name).replaceAll(/^/gm, `${who} `).trimEnd();
    const text = `${whose("jest", one)}\n${whose("vitest", other)}\n`;
    expect(countTests(text)).toEqual({ tests: 4, skipped: 4 });
    expect(countTests(whose("cargo", one))).toEqual({ tests: 1, skipped: 0 });
  });

  it.each([
    ["bun", " 5 pass\n 1 skip\n 1 fail\n 9 expect() calls\nRan 7 tests across 2 files. [12.00ms]"],
    ["bats", "1..7\nok 1 a\nok 2 b # skip later\nnot ok 3 c\nok 4 d\nok 5 e\nok 6 f\nok 7 g"],
    ["playwright", "Running 7 tests using 2 workers\n  1 failed\n  1 skipped\n  5 passed (3.2s)"],
  ])("is read from the form of %s", (_, text) => {
    expect(countTests(text)).toEqual({ tests: 6, skipped: 1 });
  });

  it("adds up the runners of one command", () => {
    expect(countTests(`${printed("jest")}\n${printed("pytest-q")}`)).toEqual({
      tests: 7,
      skipped: 3,
    });
  });

  it.each([
    "0 tests",
    "> 0 tests ran",
    "No tests found",
    "no test files found, exiting with code 0",
  ])("is none when all it says is %j", (text) => {
    expect(countTests(`> x@1.0.0 test\n> sh test.sh\n\n${text}\n`)).toEqual({
      tests: 0,
      skipped: 0,
    });
  });

  it("is not known from other words, from packages alone, or when the middle of the output is lost", () => {
    expect(
      countTests("all good\nNo tests needed a change\n10 tests left to write"),
    ).toBeUndefined();
    expect(countTests(printed("go"))).toBeUndefined();
    const lost = "[... 900 bytes left out ...]";
    expect(countTests(`${printed("jest")}\n${lost}\n`)).toBeUndefined();
  });

  it("is read in time that grows with the output, whatever a line holds", () => {
    const long = 300_000;
    for (const line of [
      `Tests: ${"1".repeat(long)}`,
      "\n".repeat(long),
      " ".repeat(long),
      "1 a, ".repeat(long),
    ])
      expect(countTests(line)).toBeUndefined();
  });

  it("is read from any text without an error, and never below zero where runners tell the truth", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1_000), fc.nat(1_000), (noise, passed, failed) => {
        expect(() => countTests(noise)).not.toThrow();
        const line = `Tests:       ${failed} failed, ${passed} passed, ${passed + failed} total`;
        expect(countTests(line)).toEqual({ tests: passed + failed, skipped: 0 });
      }),
    );
  });
});
