import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createIntegrationActivities } from "../../activities/integration.js";
import type { Git } from "../../store/git.js";
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

async function commitOf(mission: Fixture, featureId: string, files: Record<string, string>) {
  const workspace = await mission.prepare(featureId);
  await writeFiles(mission.place(workspace).tree, files);
  return (await mission.commit(featureId, workspace)).commit;
}

describe("integrating a feature", () => {
  it("moves the branch forward and shows it in the user's repository, whose branch, index and files stay", async () => {
    const mission = await makeMission(root, repo);
    await writeFiles(repo, { "README.md": "staged\n", "loose.txt": "loose" });
    await userGit(repo, "add", "README.md");
    const before = await userGit(repo, "status", "--porcelain=v2", "--branch");
    const { committed, outcome } = await mission.finish("1.1", { "b.txt": "b" });
    const branch = `mission/${mission.missionId}`;
    expect(outcome).toEqual({ kind: "merged", head: await userGit(repo, "rev-parse", branch) });
    const [first, second] = (await userGit(repo, "log", "-1", "--format=%P", branch)).split(" ");
    expect([first, second]).toEqual([await userGit(repo, "rev-parse", "main"), committed.commit]);
    expect(await userGit(repo, "log", "-1", "--format=%B", branch)).toContain(
      "Merge feature 1.1\n\nMission: m-20260304-abc123\nMerges-feature: 1.1",
    );
    expect(await userGit(repo, "status", "--porcelain=v2", "--branch")).toBe(before);
    expect(existsSync(join(repo, ".git/FETCH_HEAD"))).toBe(false);
  });

  it("merges features that started from one base, each commit once, and may be repeated", async () => {
    const mission = await makeMission(root, repo);
    const ids = ["1.1", "1.2", "1.3", "1.4", "1.5"];
    const commits = await Promise.all(
      ids.map((id) => commitOf(mission, id, { [`${id}.txt`]: id })),
    );
    const merge = () => Promise.all(ids.map((id, n) => mission.integrate(id, commits[n] ?? "")));
    const outcomes = await merge();
    expect(outcomes.every(({ kind }) => kind === "merged")).toBe(true);
    const branch = `mission/${mission.missionId}`;
    const head = await userGit(repo, "rev-parse", branch);
    for (const outcome of await merge()) expect(outcome).toEqual({ kind: "merged", head });
    const log = await userGit(
      repo,
      "log",
      "--format=%(trailers:key=Completes-feature,valueonly)",
      branch,
    );
    expect(log.split("\n").filter(Boolean).sort()).toEqual(ids);
    const files = await userGit(repo, "ls-tree", "--name-only", branch);
    for (const id of ids) expect(files).toContain(`${id}.txt`);
    expect(await userGit(repo, "log", "-1", "--format=%P", branch)).toMatch(/^\w+ \w+$/);
  });

  it("merges again when another process moved the branch in the meantime", async () => {
    const mission = await makeMission(root, repo);
    const [one, two] = [
      await commitOf(mission, "1.1", { "1.txt": "1" }),
      await commitOf(mission, "1.2", { "2.txt": "2" }),
    ];
    await mission.integrate("1.1", one);
    const branch = `mission/${mission.missionId}`;
    let meddled = false;
    const git: Git = async (cwd, args, options) => {
      const answer = await mission.git(cwd, args, options);
      if (args[0] === "commit-tree" && !meddled) {
        meddled = true;
        const tree = `${branch}^{tree}`;
        const next = ["commit-tree", "-p", branch, "-m", "By another worker", tree];
        const other = await userGit(mission.bare, ...next);
        await userGit(mission.bare, "update-ref", `refs/heads/${branch}`, other);
      }
      return answer;
    };
    const { integrateFeature } = createIntegrationActivities({ ...mission.deps, git });
    const outcome = await mission.act(integrateFeature, {
      feature: mission.ref("1.2"),
      commit: two,
      at: AT,
    });
    expect(outcome).toEqual({ kind: "merged", head: await userGit(repo, "rev-parse", branch) });
    const log = await userGit(repo, "log", "--format=%s", branch);
    expect(log.split("\n").sort()).toEqual(
      [
        ...["By another worker", "Feature 1.1", "Feature 1.2", "First"],
        ...["Merge feature 1.1", "Merge feature 1.2"],
      ].sort(),
    );
  });

  it("makes no second commit when it was cut off after the merge was made, or after the branch moved", async () => {
    const mission = await makeMission(root, repo);
    const one = await commitOf(mission, "1.1", { "1.txt": "1" });
    const two = await commitOf(mission, "1.2", { "2.txt": "2" });
    const base = await mission.integrate("1.1", one);
    const merges: string[] = [];
    const cutOffBefore = (command: string) => {
      const git: Git = async (cwd, args, options) => {
        if (args[0] === command) throw new Error("cut off");
        const answer = await mission.git(cwd, args, options);
        if (args[0] === "commit-tree") merges.push(answer.trim());
        return answer;
      };
      const { integrateFeature } = createIntegrationActivities({ ...mission.deps, git });
      const input = { feature: mission.ref("1.2"), commit: two, at: AT };
      return mission.act(integrateFeature, input);
    };
    const branch = `mission/${mission.missionId}`;
    await expect(cutOffBefore("update-ref")).rejects.toThrow("cut off");
    expect(base).toEqual({
      kind: "merged",
      head: await userGit(mission.bare, "rev-parse", branch),
    });
    await expect(cutOffBefore("fetch")).rejects.toThrow("cut off");
    const head = await userGit(mission.bare, "rev-parse", branch);
    expect(merges).toEqual([head, head]);
    expect(await mission.integrate("1.2", two)).toEqual({ kind: "merged", head });
    expect(await userGit(repo, "rev-parse", branch)).toBe(head);
  });

  it("names the files of a conflict, odd names too, and changes nothing", async () => {
    const mission = await makeMission(root, repo);
    const odd = "odd\nna me ✓.txt";
    const one = await commitOf(mission, "1.1", { "src/a.txt": "1\n", [odd]: "1\n" });
    const two = await commitOf(mission, "1.2", { "src/a.txt": "2\n", [odd]: "2\n" });
    const merged = await mission.integrate("1.1", one);
    expect(await mission.integrate("1.2", two)).toEqual({
      kind: "conflict",
      files: [odd, "src/a.txt"],
    });
    const branch = `mission/${mission.missionId}`;
    expect(merged).toEqual({ kind: "merged", head: await userGit(repo, "rev-parse", branch) });
  });

  it("says at once that a commit is not on this host", async () => {
    const mission = await makeMission(root, repo);
    await expect(mission.integrate("1.1", "1".repeat(40))).rejects.toMatchObject({
      type: "MissingRecord",
      nonRetryable: true,
    });
  });

  it("runs no hook of the user's repository", async () => {
    const mission = await makeMission(root, repo);
    const trap = join(root, "trap");
    const names = ["reference-transaction", "post-merge", "post-checkout", "post-index-change"];
    for (const name of names) {
      await writeFiles(repo, { [`.git/hooks/${name}`]: `#!/bin/sh\ntouch ${trap}\n` });
      await chmod(join(repo, ".git/hooks", name), 0o755);
    }
    await mission.finish("1.1", { "b.txt": "b" });
    expect(existsSync(trap)).toBe(false);
  });

  it("lets two missions work on one repository, each on its branch", async () => {
    const one = await makeMission(root, repo);
    const two = await makeMission(root, repo, { missionId: "m-20260304-zzz999" });
    await Promise.all([one.finish("1.1", { x: "one" }), two.finish("1.1", { x: "two" })]);
    expect(await userGit(repo, "show", `mission/${one.missionId}:x`)).toBe("one");
    expect(await userGit(repo, "show", `mission/${two.missionId}:x`)).toBe("two");
  });

  it("keeps the work when the user has the branch checked out, says why, and catches up later", async () => {
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b" });
    const branch = `mission/${mission.missionId}`;
    await userGit(repo, "checkout", "-q", branch);
    const before = await userGit(repo, "rev-parse", branch);
    const { outcome, committed } = await mission.finish("1.2", { "c.txt": "c" });
    expect(outcome).toMatchObject({
      kind: "unpublished",
      reason: expect.stringContaining("checked out"),
    });
    expect(await userGit(repo, "rev-parse", branch)).toBe(before);
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
    await userGit(repo, "checkout", "-q", "main");
    expect((await mission.integrate("1.2", committed.commit)).kind).toBe("merged");
    expect(await userGit(repo, "show", `${branch}:c.txt`)).toBe("c");
  });

  it("takes over what a person added on the branch, and never overwrites it", async () => {
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b" });
    const branch = `mission/${mission.missionId}`;
    const extra = join(root, "extra");
    await userGit(repo, "worktree", "add", "-q", extra, branch);
    await writeFiles(extra, { "person.txt": "p" });
    await userGit(extra, "add", "-A");
    await userGit(extra, "commit", "-q", "-m", "By hand");
    await userGit(repo, "worktree", "remove", extra);
    const { outcome } = await mission.finish("1.2", { "c.txt": "c" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(repo, "ls-tree", "--name-only", branch)).toContain("person.txt");

    const parted = await userGit(repo, "commit-tree", "-m", "parted", `${branch}^{tree}`);
    await userGit(repo, "update-ref", `refs/heads/${branch}`, parted);
    const after = await mission.finish("1.3", { "d.txt": "d" });
    expect(after.outcome).toMatchObject({
      kind: "unpublished",
      reason: "the branch has commits of its own there",
    });
    expect(await userGit(repo, "rev-parse", branch)).toBe(parted);
  });

  it("goes on with the branch that a lost host had published", async () => {
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b" });
    await removeAll(mission.bare);
    await removeAll(mission.paths.workspaces);
    const again = await mission.prepare("1.2");
    expect(existsSync(join(mission.place(again).tree, "b.txt"))).toBe(true);
  });
});

describe("a dedicated repository", () => {
  const dedicated = { record: { branch: "main", dedicated: true, mode: "poc" as const } };

  it("gets the work onto main, files and all", async () => {
    const mission = await makeMission(root, repo, dedicated);
    await mission.finish("1.1", { "b.txt": "b" });
    await mission.finish("1.2", { "b.txt": "c" });
    expect(await readFile(join(repo, "b.txt"), "utf8")).toBe("c");
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
    expect(await userGit(repo, "log", "--format=%s")).toBe("Feature 1.2\nFeature 1.1\nFirst");
  });

  it("is left alone while a person has uncommitted changes, or files in the way", async () => {
    const mission = await makeMission(root, repo, dedicated);
    const head = await userGit(repo, "rev-parse", "HEAD");
    await writeFiles(repo, { "README.md": "edited" });
    const { committed, outcome } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome).toMatchObject({
      kind: "unpublished",
      reason: expect.stringContaining("uncommitted"),
    });
    await userGit(repo, "checkout", "-q", "README.md");
    await writeFiles(repo, { "b.txt": "mine" });
    expect(await mission.integrate("1.1", committed.commit)).toMatchObject({ kind: "unpublished" });
    expect(await userGit(repo, "rev-parse", "HEAD")).toBe(head);
    expect(await readFile(join(repo, "b.txt"), "utf8")).toBe("mine");
    await removeAll(join(repo, "b.txt"));
    expect(await mission.integrate("1.1", committed.commit)).toMatchObject({ kind: "merged" });
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
  });

  it("is finished when it was left between files and branch", async () => {
    const mission = await makeMission(root, repo, dedicated);
    const commit = await commitOf(mission, "1.1", { "b.txt": "b" });
    await userGit(repo, "fetch", "-q", mission.bare, commit);
    await userGit(repo, "read-tree", "-m", "-u", "HEAD", commit);
    expect(await mission.integrate("1.1", commit)).toMatchObject({ kind: "merged" });
    expect(await userGit(repo, "rev-parse", "main")).toBe(commit);
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
  });
});
