import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repairMessage } from "../../activities/adapters/brief.js";
import { mergeFolder } from "../../activities/merge-tests.js";
import type { Plan } from "../../domain/plan.js";
import { withLease } from "../../store/lease.js";
import { workspacePaths } from "../../store/workspace-paths.js";
import {
  AT,
  type Fixture,
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const missionWith = (plan: Partial<Plan>, checks: string[] = []) =>
  makeMission(root, repo, {
    plan,
    features: [
      {
        id: "1.1",
        checks: checks.map((run, n) => ({
          id: `1.1.${n + 1}`,
          sentence: "It works",
          verify: { method: "bash" as const, run },
        })),
      },
    ],
  });

const placeOf = (mission: Fixture) =>
  workspacePaths(mission.paths.workspaces, mergeFolder(mission.missionId));
const runsOf = async (mission: Fixture) =>
  (await readFile(join(placeOf(mission).home, "runs"), "utf8")).trim().split("\n").length;

async function commitOf(mission: Fixture, featureId: string, files: Record<string, string>) {
  const workspace = await mission.prepare(featureId);
  await writeFiles(mission.place(workspace).tree, files);
  return (await mission.commit(featureId, workspace)).commit;
}
const merge = (mission: Fixture, featureId: string, commit: string) =>
  mission.act(mission.activities.integrateFeature, {
    feature: mission.ref(featureId),
    commit,
    at: AT,
    commandMs: 60_000,
  });
const headOf = (mission: Fixture) =>
  userGit(mission.bare, "rev-parse", `mission/${mission.missionId}`);

describe("a merge that is tested", () => {
  it("does not move the branch when two features that are green alone are red together, and names what failed", async () => {
    const both = "test ! -e one.txt || test ! -e two.txt || { echo they collide; exit 1; }";
    const mission = await missionWith({ tests: [both] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    const three = await commitOf(mission, "1.3", { "three.txt": "3" });
    expect(await merge(mission, "1.1", one)).toMatchObject({ kind: "merged" });
    const head = await headOf(mission);
    const red = await merge(mission, "1.2", two);
    expect(red).toMatchObject({ kind: "red", failed: [both.slice(0, 100)] });
    const { sha256 } = red.kind === "red" ? red.evidence : { sha256: "" };
    expect((await mission.blobs.get(sha256)).toString()).toContain("they collide");
    expect(await headOf(mission)).toBe(head);
    expect(await merge(mission, "1.3", three)).toMatchObject({ kind: "merged" });
  });

  it("names a test that failed once and passed when run again as flaky, and merges", async () => {
    const once = 'test -e "$HOME/once" || { touch "$HOME/once"; exit 1; }';
    const mission = await missionWith({ tests: [once, "true"] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    expect(await merge(mission, "1.1", one)).toMatchObject({ kind: "merged", flaky: [once] });
  });

  it("merges what fails on the head before as well, says so, and does not test that head again for the next", async () => {
    const broken = 'echo run >> "$HOME/runs"; false';
    const mission = await missionWith({ tests: [broken] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    expect(await merge(mission, "1.1", one)).toMatchObject({ redBefore: [broken] });
    expect(await runsOf(mission)).toBe(3);
    expect(await merge(mission, "1.2", two)).toMatchObject({ redBefore: [broken] });
    expect(await runsOf(mission)).toBe(5);
  });

  it("runs the feature's own checks on the merged commit, and they are not excused by the head before", async () => {
    const mission = await missionWith({}, ["test ! -e two.txt"]);
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    expect(await merge(mission, "1.2", two)).toMatchObject({ kind: "merged" });
    expect(await merge(mission, "1.1", one)).toMatchObject({ kind: "red", failed: ["1.1.1"] });
  });

  it("runs the tests that the repository itself names where the plan names none", async () => {
    const manifest = { scripts: { test: "node check.js" } };
    await writeFiles(repo, {
      "package.json": JSON.stringify(manifest),
      "check.js": "process.exit(require('fs').existsSync('bad.txt') ? 1 : 0)",
    });
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Tests");
    const mission = await missionWith({});
    const good = await commitOf(mission, "1.1", { "good.txt": "1" });
    const bad = await commitOf(mission, "1.2", { "bad.txt": "2" });
    expect(await merge(mission, "1.1", good)).toMatchObject({ kind: "merged" });
    expect(await merge(mission, "1.2", bad)).toMatchObject({ kind: "red", failed: ["npm test"] });
  });

  it("has the folder of merges for itself, also when another run has not ended yet", async () => {
    const mark = '"$HOME/running"';
    const alone = `test ! -e ${mark} && touch ${mark} && sleep 0.3 && rm ${mark}`;
    const mission = await missionWith({ tests: [alone] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    const both = await Promise.all([merge(mission, "1.1", one), merge(mission, "1.2", two)]);
    expect(both.map((each) => Object.keys(each))).toEqual([
      ["kind", "head"],
      ["kind", "head"],
    ]);
    expect(both.map(({ kind }) => kind)).toEqual(["merged", "merged"]);
  });

  it("waits while another worker on this folder has it, and tells nothing that it saw after losing it", async () => {
    const mission = await missionWith({ tests: ["echo run >> $HOME/runs"] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const { attempt } = placeOf(mission);
    const lock = join(attempt, "turn.lock");
    const before = await headOf(mission);
    let merging: Promise<unknown> = Promise.resolve();
    await withLease(lock, async () => {
      merging = merge(mission, "1.1", one);
      // Time enough to run past a lock that nobody asks for: all else of a merge takes less.
      for (let n = 0; n < 40; n += 1) await userGit(repo, "status");
      expect(await headOf(mission)).toBe(before);
      expect(existsSync(join(placeOf(mission).home, "runs"))).toBe(false);
    });
    expect(await merging).toMatchObject({ kind: "merged" });

    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    const { run } = mission.deps.commands;
    mission.deps.commands.run = async (order) => {
      const ended = await run(order);
      await writeFile(lock, "another worker took over meanwhile");
      return ended;
    };
    await expect(merge(mission, "1.2", two)).rejects.toThrow("taken over");
    expect(await headOf(mission)).not.toBe(before);
    const branch = `mission/${mission.missionId}`;
    expect(await userGit(mission.bare, "ls-tree", "--name-only", branch)).not.toContain("two.txt");
  });

  it("sends the failing assertion back, however much passed before and after it", async () => {
    const noise = 'for n in $(seq 2000); do echo "ok $n - as it always did"; done';
    const failing = "echo 'not ok 2001 - adds'; echo '  Expected 3, received 4'";
    const test = `${noise}; test ! -e bad.txt || { ${failing}; ${noise}; exit 1; }`;
    const mission = await missionWith({ tests: ["seq 9000", test, "seq 9000 18000"] });
    const bad = await commitOf(mission, "1.1", { "bad.txt": "1" });
    const outcome = await merge(mission, "1.1", bad);
    if (outcome.kind !== "red") throw new Error(outcome.kind);
    const evidence = Buffer.from(await mission.blobs.get(outcome.evidence.sha256)).toString();
    const told = repairMessage({ round: 1, evidence: outcome.evidence, why: "tests" }, evidence);
    expect(told).toContain("not ok 2001 - adds");
    expect(told).toContain("Expected 3, received 4");
    expect(told.length).toBeLessThan(26_000);
  });

  it("leaves the workspace of a feature named merge alone, and nothing when the mission ends", async () => {
    const mission = await makeMission(root, repo, {
      plan: { tests: ["true"] },
      features: [{ id: "merge" }],
    });
    const theirs = mission.place(await mission.prepare("merge"));
    await writeFiles(theirs.tree, { "mine.txt": "1" });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    expect(await merge(mission, "1.1", one)).toMatchObject({ kind: "merged" });
    expect(existsSync(join(theirs.tree, "mine.txt"))).toBe(true);
    await mission.act(mission.activities.endMission, { missionId: mission.missionId });
    expect(await readdir(mission.paths.workspaces)).toEqual([]);
  });

  it("merges and tests again when the branch moved while the tests ran", async () => {
    const mission = await missionWith({ tests: ['echo run >> "$HOME/runs"'] });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const branch = `mission/${mission.missionId}`;
    const { run } = mission.deps.commands;
    let meddled = false;
    mission.deps.commands.run = async (options) => {
      const result = await run(options);
      if (!meddled) {
        meddled = true;
        const args = ["commit-tree", "-p", branch, "-m", "By hand", `${branch}^{tree}`];
        const next = await userGit(mission.bare, ...args);
        await userGit(mission.bare, "update-ref", `refs/heads/${branch}`, next);
      }
      return result;
    };
    expect(await merge(mission, "1.1", one)).toMatchObject({ kind: "merged" });
    expect(await runsOf(mission)).toBe(2);
    expect(await userGit(mission.bare, "log", "--format=%s", "--first-parent", branch)).toBe(
      "Merge feature 1.1\nBy hand\nFirst",
    );
  });

  it("runs nothing where a POC feature only moves the branch forward and the plan names no tests", async () => {
    const mission = await makeMission(root, repo, {
      plan: { mode: "poc" },
      record: { mode: "poc" },
      features: [
        {
          id: "1.1",
          checks: [{ id: "1.1.1", sentence: "No", verify: { method: "bash", run: "false" } }],
        },
      ],
    });
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    expect(await merge(mission, "1.1", one)).toEqual({ kind: "merged", head: one });
    expect(existsSync(placeOf(mission).tree)).toBe(false);
  });
});

describe("the folder of merges", () => {
  const tests = ["test -e one.txt && touch built.tmp"];

  it("keeps ignored files and untouched ones between merges, and drops what else tests left", async () => {
    await writeFiles(repo, { ".gitignore": "*.tmp\n" });
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Ignore");
    const mission = await missionWith({
      tests: ["touch built.tmp; echo left > left.txt; echo changed > README.md"],
    });
    const { tree } = placeOf(mission);
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    await merge(mission, "1.1", one);
    const untouched = async () => (await stat(join(tree, "src/a.txt"), { bigint: true })).ctimeNs;
    const before = await untouched();
    await writeFiles(tree, { "later.tmp": "kept" });
    mission.deps.commands.run = async () => {
      const seen = ["left.txt", "two.txt", "later.tmp", "built.tmp"];
      const there = seen.map((name) => existsSync(join(tree, name)));
      expect(there).toEqual([false, true, true, true]);
      expect(await readFile(join(tree, "README.md"), "utf8")).toBe("hello\n");
      expect(await userGit(tree, "status", "--porcelain")).toBe("");
      return { exitCode: 0, output: "", ms: 1, timedOut: false, stopped: false };
    };
    expect(await merge(mission, "1.2", two)).toMatchObject({ kind: "merged" });
    expect(await untouched()).toBe(before);
  });

  it("is made anew where a run was cut off in it", async () => {
    const mission = await missionWith({ tests });
    const { tree, attempt } = placeOf(mission);
    const one = await commitOf(mission, "1.1", { "one.txt": "1" });
    const two = await commitOf(mission, "1.2", { "two.txt": "2" });
    await merge(mission, "1.1", one);
    await rm(join(attempt, "merge.clean.index"));
    await rm(join(tree, "one.txt"));
    await writeFiles(tree, { "half.txt": "made" });
    expect(await merge(mission, "1.2", two)).toMatchObject({ kind: "merged" });
    expect(existsSync(join(tree, "half.txt"))).toBe(false);
  });
});
