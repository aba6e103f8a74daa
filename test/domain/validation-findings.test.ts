import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findingsOf, noTests, type SeenRun, stepId } from "../../domain/validation-findings.js";

const aRun = (more: Partial<SeenRun>): SeenRun => ({
  ...{ id: "tests/npm test", kind: "test", by: "repository", sentence: "Its tests pass" },
  ...{ how: "npm test", verdict: "failed", ended: "exit 1 in 5 ms", ms: 5, output: "" },
  ...more,
});
const check = { id: "1.a", kind: "check", by: "plan", sentence: "It works" } as const;
const build = { id: "build/npm run build", kind: "build" } as const;
const lint = { id: "lint/npm run lint", kind: "lint" } as const;
const good = { passed: true, ended: "exit 0 in 5 ms" };
const bad = { passed: false, ended: "exit 1 in 5 ms" };
const passed = { verdict: "passed" } as const;
const deaf = { id: "deaf/tests/npm test", isDeaf: true } as const;
const count = (tests: number) => ({ tests, skipped: 0 });

/** In the order of the table in docs/validation.md. */
const TABLE: [what: string, run: SeenRun, mayRewrite?: boolean][] = [
  ["a check of the milestone fails", aRun(check)],
  [
    "packages cannot be installed; what the repository names is then not run",
    aRun({ id: "install/npm ci", kind: "install" }),
  ],
  [
    "packages of a folder cannot be installed, and what the plan runs in it passes without",
    aRun({ id: "install/web/npm ci", kind: "install", isNeedless: true }),
  ],
  ["the build fails", aRun(build)],
  ["tests fail", aRun({})],
  ["tests fail, and did on the base", aRun({ base: bad })],
  ["lint fails, and passed on the base", aRun({ ...lint, base: good })],
  ["lint fails, and did on the base or was not there", aRun({ ...lint, base: bad })],
  ["a check passes on the base as well", aRun({ ...check, ...passed, provesNothing: true })],
  ["tests or a check are flaky", aRun({ verdict: "flaky", base: good })],
  ["tests or a check are flaky, and fail on the base too", aRun({ verdict: "flaky", base: bad })],
  ["a check, or a command of the plan, cannot be run", aRun({ ...check, verdict: "not-run" })],
  ["a command of the repository cannot be run", aRun({ ...build, verdict: "not-run" })],
  [
    "an install, build or tests that the milestone brought cannot be run",
    aRun({ ...build, verdict: "not-run", isNew: true }),
  ],
  [
    "nothing says any more how many tests ran, as it did on the base",
    aRun({ ...passed, base: { ...good, ...count(3) } }),
  ],
  [
    "what tested on the base is named no more, and not as many tests run in its place",
    aRun({ id: "tests/make test", isLost: true, base: { ...good, ...count(3) } }),
  ],
  [
    "tests pass although every test was made to fail, and did not on the base",
    aRun({ ...deaf, base: bad }),
  ],
  ["tests pass although every test was made to fail", aRun(deaf)],
  [
    "tests pass although every test was made to fail, and did on the base",
    aRun({ ...deaf, base: good }),
  ],
  ["tests pass and ran no test", aRun({ ...passed, count: count(0) })],
  [
    "fewer tests run than on the base",
    aRun({ ...passed, count: count(2), base: { ...good, ...count(3) } }),
  ],
  [
    "fewer tests run, and a feature may rewrite tests (`rewrites`)",
    aRun({ ...passed, count: count(2), base: { ...good, ...count(3) } }),
    true,
  ],
  ["there are no tests", aRun({ by: "convention", count: count(0), ended: "exit 5 in 5 ms" })],
  ["something is left running", aRun({ ...passed, left: "node" })],
  ["more than 16 MB of output", aRun({ ...passed, leftOutBytes: 1e9 })],
];

describe("what a run says about its milestone", () => {
  const document = readFileSync(join(import.meta.dirname, "../../docs/validation.md"), "utf8");

  it.each(TABLE)(
    "is for '%s' what the table of docs/validation.md says",
    (what, run, mayRewrite = false) => {
      const [found, ...more] = findingsOf(run, mayRewrite);
      expect(more).toEqual([]);
      const line = `| ${what} | \`${found?.id ?? "none"}\` | ${found?.severity ?? "none"} |`;
      expect(document.split("\n")).toContain(line);
    },
  );

  it("is one sentence each, with nothing for what passed, what a person sees, and what an install before it says", () => {
    for (const [, run] of TABLE)
      for (const { what } of findingsOf(run, false)) expect(what).toMatch(/^[^\n]+[.]$/);
    expect(
      findingsOf(aRun({ ...passed, count: count(3), base: { ...good, ...count(3) } }), false),
    ).toEqual([]);
    expect(findingsOf(aRun({ ...check, verdict: "person" }), false)).toEqual([]);
    expect(findingsOf(aRun({ ...build, verdict: "not-run", isConsequence: true }), false)).toEqual(
      [],
    );
  });

  it("is no lack of tests where the command broke before it ran one", () => {
    for (const ended of ["exit 2 in 5 ms, 3 times", "it did not end and was stopped after 5 ms"])
      expect(findingsOf(aRun({ by: "convention", count: count(0), ended }), false)).toMatchObject([
        { severity: "critical" },
      ]);
  });

  it("is no lack of tests where the base had some", () => {
    const none = aRun({
      by: "convention",
      ...passed,
      count: count(0),
      base: { ...good, ...count(4) },
    });
    expect(findingsOf(none, false)).toMatchObject([{ id: "fewer/tests/npm test", source: "lie" }]);
    expect(noTests().severity).toBe("minor");
  });

  it("ends with the last words of an install that failed", () => {
    const run = aRun({
      id: "install/npm ci",
      kind: "install",
      output: "npm error a\nnpm error b.\n",
    });
    expect(findingsOf(run, false)[0]?.what).toBe(
      "`npm test` failed: exit 1 in 5 ms; it ended with: npm error b.",
    );
  });

  it("has an id that stays short", () => {
    expect(stepId("test", "x".repeat(300))).toHaveLength("tests/".length + 80);
  });
});
