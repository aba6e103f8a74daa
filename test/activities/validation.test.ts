import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { basename } from "node:path";
import { createValidationActivities } from "../../activities/validation.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { createSettingsReader } from "../../config/settings.js";
import {
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";
import { bash, missionFrom, packageJson, ran, validate } from "./validation-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

describe("a milestone's validation", () => {
  it("builds, lints and tests as the repository says, runs the checks, and keeps what each said", async () => {
    const scripts = { build: "echo built > built.txt", lint: "true", test: ran(3, 1) };
    const mission = await missionFrom(
      { root, repo },
      {},
      { "package.json": packageJson(scripts) },
      {
        checks: [
          bash("1.a", "cat built.txt"),
          { id: "1.b", sentence: "Said", verify: { method: "codebase", pattern: "done" } },
          { id: "1.c", sentence: "Nice", verify: { method: "person" } },
        ],
      },
    );
    const { outcome, report } = await validate(mission, { round: 2 });
    expect(report.findings).toEqual([]);
    expect(outcome).toMatchObject({ passed: true, ran: 5, unseen: ["1.c"], blocking: 0, minor: 0 });
    expect(outcome.summary).toContain("5 of 5 checks and steps pass; 1 for a person to see");
    expect(report.runs.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      "build/npm run build passed",
      "lint/npm run lint passed",
      "tests/npm test passed",
      "1.a passed",
      "1.b passed",
      "1.c person",
    ]);
    expect(report).toMatchObject({ round: 2, passed: true, milestoneId: "1", host: "host1" });
    expect(report.runs[2]).toMatchObject({ tests: 3, skipped: 1, how: "npm test" });
    expect(report.runs[3]).toMatchObject({
      output: "built",
      ended: expect.stringContaining("exit 0 in"),
    });
    expect([report.commit, report.base]).toEqual([
      await userGit(mission.bare, "rev-parse", `mission/${mission.missionId}`),
      await userGit(repo, "rev-parse", "main"),
    ]);
  });

  it("says in its report why no judge is asked, where nobody can be", async () => {
    const mission = await missionFrom({ root, repo }, {}, {});
    const { paths, deps } = mission;
    const settings = createSettingsReader(paths.settings);
    const activities = createValidationActivities({
      ...deps,
      models: createModelAccess({ keysPath: paths.keys, runFolder: paths.run, settings }),
      prices: createPrices(settings),
      prompts: { templates: "templates/prompts", overrides: root },
    });
    const { outcome, report } = await validate({
      ...mission,
      activities: { ...mission.activities, ...activities },
    });
    expect(outcome).toMatchObject({ passed: true });
    expect(outcome.judgeAsk).toBeUndefined();
    expect(report.judge).toEqual({
      notAsked: expect.stringContaining("No model is named for validation"),
    });
  });

  it("blocks on what fails, worst first, and stays small however much there is to say", async () => {
    const checks = Array.from({ length: 12 }, (_, n) =>
      bash(`check-with-a-long-name-number-${n}`, `echo ${"x".repeat(300)}; exit ${n + 1}`),
    );
    const mission = await missionFrom(
      { root, repo },
      {},
      { "package.json": packageJson({ lint: "false" }) },
      { checks },
    );
    const { outcome, report } = await validate(mission);
    expect(outcome).toMatchObject({ passed: false, blocking: 12, minor: 2 });
    expect(report.findings.at(-1)?.severity).toBe("minor");
    expect(report.findings[0]?.what).toMatch(
      /^Check check-with-a-long-name-number-0 "It holds .*" failed: exit 1 in \d+ ms, 3 times\.$/,
    );
    expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(2_000);
  });

  it("installs as a fresh checkout must, and blocks when that fails without going on to what needs it", async () => {
    const manifest = { scripts: { test: ran(1) }, dependencies: { x: "file:./nowhere" } };
    const lock = { lockfileVersion: 3, packages: {} };
    const mission = await missionFrom(
      { root, repo },
      {},
      { "package.json": JSON.stringify(manifest), "package-lock.json": JSON.stringify(lock) },
      { checks: [bash("1.a", "test -f done.txt")] },
    );
    const { report, said } = await validate(mission);
    expect(said).toEqual(["critical install/npm ci --no-audit --no-fund"]);
    expect(report.runs.map(({ verdict }) => verdict)).toEqual(["failed", "not-run", "passed"]);
    expect(report.runs[0]?.output).toContain("npm ci");
  });

  it("says of a tool that is not on this host what brings it there, and does not count it as passed", async () => {
    const manifest = { scripts: { test: ran(1) }, packageManager: "pnpm@9.0.0" };
    const mission = await missionFrom(
      { root, repo },
      {},
      { "package.json": JSON.stringify(manifest) },
    );
    const { commands } = mission.deps;
    const { run } = commands;
    commands.run = (order) => run({ ...order, env: { ...order.env, PATH: "/usr/bin:/bin" } });
    const { report } = await validate(mission);
    expect(report.findings).toMatchObject([
      {
        severity: "major",
        what: expect.stringContaining("pnpm is not installed: npm install -g pnpm."),
      },
    ]);
    expect(report.runs).toMatchObject([{ id: "tests/pnpm test", verdict: "not-run" }]);
  });

  it("does not believe tests that say their own tool is missing", async () => {
    const scripts = { test: "echo 'sh: 1: npm: not found'; exit 127" };
    const fake = await missionFrom({ root, repo }, {}, { "package.json": packageJson(scripts) });
    expect((await validate(fake)).said).toEqual(["critical tests/npm test"]);
  });

  it("blocks where a tool that is not on this host takes the place of one that is", async () => {
    const manifest = { scripts: { test: ran(1) } };
    const other = await missionFrom(
      { root, repo },
      { "package.json": JSON.stringify(manifest) },
      { "package.json": JSON.stringify({ ...manifest, packageManager: "pnpm@9.0.0" }) },
    );
    const { commands } = other.deps;
    const { run } = commands;
    commands.run = (order) => run({ ...order, env: { ...order.env, PATH: "/usr/bin:/bin" } });
    expect((await validate(other)).said).toContain("major tests/pnpm test");
  });

  it("blames lint only where it passed on the base", async () => {
    const lint = { lint: "! test -e done.txt" };
    const broken = await missionFrom({ root, repo }, { "package.json": packageJson(lint) }, {});
    expect((await validate(broken)).said).toEqual(["major lint/npm run lint", "minor no-tests"]);
  });

  it("doubts a check that passes on the base as well, once for all rounds, and not one that may", async () => {
    const checks = [bash("1.a", "echo a"), bash("1.b", "echo b", { alreadyTrue: true })];
    const mission = await missionFrom({ root, repo }, {}, {}, { checks });
    const { commands } = mission.deps;
    const { run } = commands;
    const dirs: string[] = [];
    commands.run = (order) => {
      dirs.push(basename(order.cwd));
      return run(order);
    };
    const { report, said } = await validate(mission);
    expect(said).toEqual(["major control/1.a", "minor no-tests"]);
    expect(report.findings[0]?.what).toContain("it proves nothing: mark it alreadyTrue");
    expect((await validate(mission, { round: 2 })).said).toEqual(said);
    expect(dirs).toEqual(["tree", "base", "tree", "tree", "tree"]);
  });

  it("blocks no more on what a person accepted, and says who did", async () => {
    const mission = await missionFrom({ root, repo }, {}, {}, { checks: [bash("1.a", "false")] });
    const first = await validate(mission);
    expect(first.outcome).toMatchObject({ passed: false, findings: ["check/1.a"] });
    const { report } = first.outcome;
    if (report === undefined) throw new Error("there is no report");
    const again = await validate(mission, { accepted: [{ report, by: "Ada" }] });
    expect(again.outcome).toMatchObject({ passed: true, blocking: 0 });
    expect(again.report.accepted).toEqual([{ id: "check/1.a", by: "Ada" }]);
  });

  it("looks at what a person committed on the mission's branch in their repository, checked out or not", async () => {
    const checks = [bash("1.a", "test -f mended.txt")];
    const mission = await missionFrom({ root, repo }, {}, {}, { checks });
    expect((await validate(mission)).outcome).toMatchObject({ passed: false });
    await userGit(repo, "checkout", "-q", `mission/${mission.missionId}`);
    await writeFiles(repo, { "mended.txt": "by hand" });
    await userGit(repo, "add", "mended.txt");
    await userGit(repo, "commit", "-q", "-m", "Mended by hand");
    const { outcome, report } = await validate(mission, { round: 2 });
    expect(outcome).toMatchObject({ passed: true });
    expect(report.commit).toBe(await userGit(repo, "rev-parse", "HEAD"));
  });

  it("says which commits of a person it could not look at, and looks once these are brought together", async () => {
    const checks = [bash("1.a", "test -f mended.txt")];
    const mission = await missionFrom({ root, repo }, {}, {}, { checks });
    const branch = `mission/${mission.missionId}`;
    await userGit(repo, "checkout", "-q", branch);
    await mission.finish("1.2", { "other.txt": "the engine goes on" });
    await writeFiles(repo, { "mended.txt": "by hand" });
    await userGit(repo, "add", "mended.txt");
    await userGit(repo, "commit", "-q", "-m", "Mended by hand");
    const apart = await validate(mission);
    expect(apart.said).toContain(`minor branch-apart/${branch}`);
    await userGit(repo, "pull", "-q", "--no-rebase", mission.bare, branch);
    const { outcome, said } = await validate(mission, { round: 2 });
    expect(outcome).toMatchObject({ passed: true });
    expect(said).not.toContain(`minor branch-apart/${branch}`);
  });

  it("keeps no secret, and of long output the end", async () => {
    const checks = [bash("1.a", "seq 1 5000; echo hunter2; test -f done.txt")];
    const mission = await missionFrom({ root, repo }, {}, {}, { checks, secret: "hunter2" });
    const { report } = await validate(mission);
    const output = report.runs[0]?.output ?? "";
    expect(output).toContain("4999\n5000\n[secret]");
    expect(output.length).toBeLessThan(8_100);
  });
});

describe("the base of a milestone", () => {
  it("is where the branch stood before the first of its features, so lies of its own features alone are found", async () => {
    const test = (body: string) =>
      `import { test } from "node:test";\nimport assert from "node:assert";\n${body}`;
    const mission = await missionFrom(
      { root, repo },
      { "a.test.js": test('test("a", () => { assert.equal(1, 1); });\n') },
      { "b.txt": "b" },
    );
    const first = await validate(mission);
    expect(first.said).toEqual(["minor no-tests"]);
    await mission.finish("1.2", {
      "a.test.js": test('test.skip("a", () => { assert.equal(1, 1); });\n'),
    });
    const { report } = await validate(mission);
    expect(report.base).toBe(first.report.base);
    expect(report.passed).toBe(false);
    expect(report.findings[0]).toMatchObject({ source: "lie" });
  });
});

describe("tests of a milestone", () => {
  it("block when fewer run than on its base, and are only shown where the plan lets tests be rewritten", async () => {
    const before = { "package.json": packageJson({ test: ran(5) }) };
    const after = { "package.json": packageJson({ test: ran(3, 1) }) };
    const { report } = await validate(await missionFrom({ root, repo }, before, after));
    expect(report.findings).toMatchObject([
      {
        id: "fewer/tests/npm test",
        severity: "major",
        source: "lie",
        what: "`npm test` ran 3 tests, 1 skipped; on the milestone's base it ran 5.",
      },
    ]);
    expect(report.runs[0]).toMatchObject({
      tests: 3,
      onBase: expect.stringMatching(/^5 tests, exit 0/),
    });
    await removeAll(root);
    repo = await makeUserRepository(root);
    const allowed = await missionFrom({ root, repo }, before, after, { rewrites: ["test/"] });
    expect((await validate(allowed)).said).toEqual(["minor fewer/tests/npm test"]);
  });

  it("that fail and pass on one commit are flaky, and block unless they were so before", async () => {
    const once = 'test -e "$HOME/once" || { touch "$HOME/once"; exit 1; }';
    const isNew = `test ! -e done.txt || { ${once}; }`;
    const mission = await missionFrom({ root, repo }, {}, {}, { plan: { tests: [once, isNew] } });
    const { outcome, report } = await validate(mission);
    expect(report.runs.map(({ verdict }) => verdict)).toEqual(["flaky", "passed"]);
    expect(report.findings).toMatchObject([{ severity: "minor" }]);
    expect(report.findings[0]?.what).toContain("as it does on the milestone's base: it is flaky.");
    expect(outcome.passed).toBe(true);
    await removeAll(root);
    repo = await makeUserRepository(root);
    const other = await validate(
      await missionFrom({ root, repo }, {}, {}, { plan: { tests: [isNew] } }),
    );
    expect(other.report.findings).toMatchObject([{ severity: "major" }]);
  });
});
