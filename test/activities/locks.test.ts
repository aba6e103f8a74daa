import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFolderCommit } from "../../activities/adapters/folder-commit.js";
import { createTrees } from "../../activities/adapters/trees.js";
import { type AttemptFixture, makeAttempts } from "./attempt-fixture.js";
import {
  AT,
  LONG_AGO,
  leaveLock,
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
let made: AttemptFixture | undefined;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(async () => {
  await made?.end();
  made = undefined;
  await removeAll(root);
});

describe("a lock that a power cut left", () => {
  it("is removed from our own repository", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "b.txt": "b" });
    const { commit } = await mission.commit("1.1", workspace);
    const ref = `refs/heads/mission/${mission.missionId}`;
    const locks = ["HEAD.lock", `${ref}.lock`].map((name) => join(mission.bare, name));
    for (const lock of locks) await leaveLock(lock, LONG_AGO);
    expect(await mission.integrate("1.1", commit)).toMatchObject({ kind: "merged" });
    for (const lock of locks) expect(existsSync(lock)).toBe(false);
  });

  it("is left alone where somebody may still hold it", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "b.txt": "b" });
    const lock = join(mission.bare, "refs/missions/1/1.1.lock");
    await leaveLock(lock, new Date());
    await expect(mission.commit("1.1", workspace)).rejects.toThrow("1.1.lock");
    expect(existsSync(lock)).toBe(true);
  });

  it("is named with the remedy in the user's repository, which gets the work once it is gone", async () => {
    const mission = await makeMission(root, repo);
    const branch = `mission/${mission.missionId}`;
    const lock = join(repo, `.git/refs/heads/${branch}.lock`);
    await leaveLock(lock, LONG_AGO);
    const { committed, outcome } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome).toMatchObject({
      kind: "unpublished",
      reason: expect.stringContaining(`rm '${lock}'`),
    });
    expect(existsSync(lock)).toBe(true);
    await removeAll(lock);
    expect((await mission.integrate("1.1", committed.commit)).kind).toBe("merged");
    expect(await userGit(repo, "show", `${branch}:b.txt`)).toBe("b");
  });

  it("is named with the remedy where it stands before the index of a dedicated repository", async () => {
    const mission = await makeMission(root, repo, { record: { branch: "main", dedicated: true } });
    const lock = join(repo, ".git/index.lock");
    await leaveLock(lock, LONG_AGO);
    const { outcome } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome).toMatchObject({ reason: expect.stringContaining(`rm '${lock}'`) });
    expect(existsSync(lock)).toBe(true);
  });

  it("is named with the remedy in the home", async () => {
    const mission = await makeMission(root, undefined);
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    const commit = (subject: string) =>
      createFolderCommit(mission.deps).commitFolder(mission.record, subject, AT);
    await commit("One");
    const lock = join(dirname(mission.record.folder), ".git/refs/heads/main.lock");
    await leaveLock(lock, LONG_AGO);
    await writeFiles(mission.record.folder, { "mission.md": "two" });
    await expect(commit("Two")).rejects.toMatchObject({
      remedy: expect.stringContaining(`rm '${lock}'`),
    });
    expect(existsSync(lock)).toBe(true);
  });

  it("is in no snapshot's way, nor is a run that still goes on", async () => {
    const mission = await makeMission(root, repo);
    const { tree: dir } = mission.place(await mission.prepare("1.1"));
    const snapshot = () => createTrees(mission.deps).snapshot(mission.missionId, dir);
    await snapshot();
    await leaveLock(join(dir, "../attempt/snapshot.index.lock"), LONG_AGO);
    await leaveLock(join(dir, "../attempt/commit.index.lock"), LONG_AGO);
    await writeFiles(dir, { "x.txt": "x" });
    const trees = await Promise.all([snapshot(), snapshot(), snapshot()]);
    for (const tree of trees)
      expect(await userGit(mission.bare, "ls-tree", "--name-only", tree)).toContain("x.txt");
  });

  it("is removed from the agent's own repository when the next attempt starts, and no link is followed", async () => {
    made = await makeAttempts({
      feature: { agent: "script", commands: ["test ! -e .git/index.lock"] },
      git: true,
    });
    const outside = join(made.root, "outside");
    const own = join(made.place.tree, ".git");
    for (const folder of [outside, join(own, "refs/heads")]) mkdirSync(folder, { recursive: true });
    const locks = ["index.lock", "refs/heads/main.lock"].map((name) => join(own, name));
    const others = join(outside, "yarn.lock");
    for (const path of [...locks, others]) writeFileSync(path, "");
    symlinkSync(outside, join(own, "refs/link"));
    symlinkSync(others, join(own, "link.lock"));
    expect((await made.run(made.input())).kind).toBe("done");
    for (const lock of locks) expect(existsSync(lock)).toBe(false);
    expect(existsSync(others)).toBe(true);
  });
});
