import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createFolderCommit } from "../../activities/adapters/folder-commit.js";
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
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeAll(root));

const commit = (mission: Fixture, subject: string) =>
  createFolderCommit(mission.deps).commitFolder(mission.record, subject, AT);

describe("committing an attached mission folder", () => {
  it("puts it on the mission's branch only, and nothing when it is unchanged", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo);
    const { record } = mission;
    await writeFiles(record.folder, { "mission.md": "one", "scripts/x.sh": "x", "a.tmp": "half" });
    const before = await userGit(repo, "status", "--porcelain=v2", "--branch");
    await commit(mission, "Milestone 1 is done");
    await commit(mission, "Milestone 1 is done");
    const branch = `mission/${mission.missionId}`;
    const path = `todo/missions/${mission.missionId}`;
    expect(await userGit(repo, "ls-tree", "-r", "--name-only", branch, "todo/")).toBe(
      `${path}/mission.md\n${path}/scripts/x.sh`,
    );
    expect(await userGit(repo, "log", "--format=%B", `main..${branch}`)).toBe(
      `Milestone 1 is done\n\nMission: ${mission.missionId}`,
    );
    expect(await userGit(repo, "status", "--porcelain=v2", "--branch")).toBe(before);
    expect(await userGit(repo, "show", `${branch}:README.md`)).toBe("hello");

    await writeFiles(record.folder, { "mission.md": "two" });
    await commit(mission, "The end");
    expect(await userGit(repo, "show", `${branch}:${path}/mission.md`)).toBe("two");
  });

  it("says why a person's repository could not take it, and nothing once it could", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo);
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    expect(await commit(mission, "Pause")).toBeUndefined();
    const extra = join(root, "extra");
    await userGit(repo, "worktree", "add", "-q", extra, `mission/${mission.missionId}`);
    await writeFiles(mission.record.folder, { "mission.md": "two" });
    expect(await commit(mission, "The end")).toContain("the branch is checked out in");
    await userGit(repo, "worktree", "remove", extra);
    expect(await commit(mission, "The end")).toBeUndefined();
  });

  it("goes together with features that are integrated at the same time", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo);
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    await Promise.all([
      commit(mission, "Pause"),
      mission.finish("1.1", { "b.txt": "b" }),
      mission.finish("1.2", { "c.txt": "c" }),
    ]);
    const files = await userGit(
      repo,
      "ls-tree",
      "-r",
      "--name-only",
      `mission/${mission.missionId}`,
    );
    expect(files.split("\n")).toEqual(
      expect.arrayContaining(["b.txt", "c.txt", `todo/missions/${mission.missionId}/mission.md`]),
    );
  });

  it("reaches main of a dedicated repository though mission.md lies there already and goes on changing", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo, { record: { branch: "main", dedicated: true } });
    const file = join(mission.record.folder, "mission.md");
    for (const text of ["one", "two", "three"]) {
      await writeFiles(mission.record.folder, { "mission.md": text });
      await commit(mission, text);
      expect(await userGit(repo, "status", "--porcelain")).toBe("");
      await writeFiles(mission.record.folder, { "mission.md": `${text} and more` });
      const { outcome } = await mission.finish("1.1", { [`${text}.txt`]: text });
      expect(outcome.kind).toBe("merged");
      expect(await readFile(file, "utf8")).toBe(`${text} and more`);
    }
    expect(await userGit(repo, "log", "--format=%s", "--", "todo")).toBe("three\ntwo\none");
  });
});

describe("committing a mission folder beside a person's work", () => {
  it("takes over what a person added on the branch before, so that the two do not part", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b" });
    const branch = `mission/${mission.missionId}`;
    const next = ["commit-tree", "-p", branch, "-m", "By hand", `${branch}^{tree}`];
    await userGit(repo, "update-ref", `refs/heads/${branch}`, await userGit(repo, ...next));
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    await commit(mission, "Pause");
    expect(await userGit(repo, "log", "--first-parent", "--format=%s", branch)).toBe(
      "Pause\nBy hand\nMerge feature 1.1\nFirst",
    );
  });

  it("refuses to put it in the place of a file of the branch", async () => {
    const repo = await makeUserRepository(root);
    await writeFiles(repo, { todo: "buy milk" });
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "A file called todo");
    await removeAll(join(repo, "todo"));
    const mission = await makeMission(root, repo);
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    await expect(commit(mission, "Pause")).rejects.toThrow("todo is no folder");
  });

  it("makes the same commit again when it was cut off before the branch moved", async () => {
    const repo = await makeUserRepository(root);
    const mission = await makeMission(root, repo);
    await writeFiles(mission.record.folder, { "mission.md": "one" });
    const branch = `mission/${mission.missionId}`;
    await mission.prepare("1.1");
    const before = await userGit(mission.bare, "rev-parse", branch);
    await commit(mission, "Pause");
    const made = await userGit(mission.bare, "rev-parse", branch);
    expect(await userGit(mission.bare, "log", "-1", "--format=%an %aI %cn %cI", branch)).toBe(
      "missions 2026-03-04T05:06:07+00:00 missions 2026-03-04T05:06:07+00:00",
    );
    await userGit(mission.bare, "update-ref", `refs/heads/${branch}`, before);
    await commit(mission, "Pause");
    expect(await userGit(mission.bare, "rev-parse", branch)).toBe(made);
  });
});

describe("committing a homeless mission folder", () => {
  it("makes the home a repository of its own and commits each folder there", async () => {
    const one = await makeMission(root, undefined);
    const two = await makeMission(root, undefined, { missionId: "m-20260304-zzz999" });
    const home = dirname(one.record.folder);
    await writeFiles(one.record.folder, { "mission.md": "one" });
    await writeFiles(two.record.folder, { "mission.md": "two", ".git-like/x": "x" });
    await Promise.all([commit(one, "One"), commit(two, "Two")]);
    await commit(one, "One again");
    expect((await userGit(home, "log", "--format=%s")).split("\n").sort()).toEqual(["One", "Two"]);
    expect(await userGit(home, "status", "--porcelain")).toBe("");
    expect(await userGit(home, "show", `HEAD:${two.missionId}/mission.md`)).toBe("two");
  });
});
