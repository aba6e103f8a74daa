import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { makeFolder, makeUserRepository, removeAll } from "./mission-fixture.js";
import { bash, missionFrom, packageJson, validate } from "./validation-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

/** What the one finding of a mission says whose tests are this script. */
async function findingOf(test: string, commandMs = 60_000) {
  const mission = await missionFrom({ root, repo }, {}, {}, { plan: { tests: [test] } });
  const { outcome, report } = await validate(mission, { commandMs });
  expect(report.findings).toHaveLength(1);
  const [finding] = report.findings;
  return { outcome, report, severity: finding?.severity, what: finding?.what ?? "" };
}

describe("one sentence says", () => {
  it("that a project has no tests", async () => {
    const mission = await missionFrom(
      { root, repo },
      {},
      {},
      { checks: [bash("1.a", "test -f done.txt")] },
    );
    const { report } = await validate(mission);
    expect(report.findings).toMatchObject([
      { severity: "minor", id: "no-tests", what: expect.stringContaining("has no tests") },
    ]);
    expect(report.passed).toBe(true);
  });

  it("that a test command hangs, after how long", async () => {
    const { what } = await findingOf("test ! -e done.txt || sleep 600", 400);
    expect(what).toBe(
      "`test ! -e done.txt || sleep 600` failed: it did not end and was stopped after 400 ms, 2 times.",
    );
  });

  it("that a test command passed with 0 tests", async () => {
    const { severity, what } = await findingOf("echo '0 tests'");
    expect([severity, what]).toEqual(["major", "`echo '0 tests'` passed and ran no test at all."]);
  });

  it("that a test command prints without end, and keeps both ends of it", async () => {
    const { severity, what, report } = await findingOf(
      "echo first; head -c 60000000 /dev/zero | tr '\\0' x; echo; echo last",
    );
    expect([severity, what]).toEqual([
      "minor",
      expect.stringMatching(/printed 5\d MB: its beginning and end/),
    ]);
    expect(report.runs[0]?.output.trimEnd().endsWith("last")).toBe(true);
  });

  it("that a test command asks for input, which ends at once", async () => {
    const { what } = await findingOf("printf 'Are you sure? '; read -r answer");
    expect(what).toContain("its last words ask for input, and nobody answers here");
  });

  it("that a test command leaves a server running, which is ended", async () => {
    const { severity, what, outcome } = await findingOf("sleep 600 & echo started");
    expect([severity, what]).toEqual([
      "minor",
      "`sleep 600 & echo started` left sleep running, which was ended.",
    ]);
    expect(outcome.passed).toBe(true);
  });

  it("that the command of a check is missing, which is not run and never passed", async () => {
    const mission = await missionFrom(
      { root, repo },
      {},
      {},
      { checks: [bash("1.a", "frobnicate --all")] },
    );
    const { report, said } = await validate(mission);
    expect(said).toEqual(["major check/1.a", "minor no-tests"]);
    expect(report.runs[0]).toMatchObject({ verdict: "not-run" });
    expect(report.findings[0]?.what).toBe(
      'Check 1.a "It holds 1.a" was not run: frobnicate is not installed: install frobnicate where the worker runs, or name another command.',
    );
  });

  it("that a script of the repository lacks its program, which is its own fault", async () => {
    const mission = await missionFrom(
      { root, repo },
      {},
      { "package.json": packageJson({ test: "frobnicate" }) },
    );
    const { report, said } = await validate(mission);
    expect(said).toEqual(["critical tests/npm test"]);
    expect(report.runs[0]).toMatchObject({ verdict: "failed" });
  });

  it("that tests fail on the base too, and they still block", async () => {
    const { severity, what } = await findingOf("exit 3");
    expect(severity).toBe("major");
    expect(what).toMatch(
      /^`exit 3` failed: exit 3 in \d+ ms, 3 times; it fails on the milestone's base too\.$/,
    );
  });
});
