import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { identify } from "../../activities/adapters/process-group.js";
import type { Workspace } from "../../domain/work.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

/** A stay is named anew each time. */
const samePlace = ({ stay: _, ...rest }: Workspace) => rest;

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

describe("preparing a workspace", () => {
  it("makes a clone at the head of the mission's branch, bound to this host, on a branch of its own", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    expect(workspace).toEqual({
      stay: expect.any(String),
      hostId: "host1",
      hostQueue: "missions-host-host1",
      name: `${mission.missionId}-1.1`,
      baseCommit: await userGit(repo, "rev-parse", "HEAD"),
    });
    const { tree, handover, attempt, home } = mission.place(workspace);
    expect(await readFile(join(tree, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    expect(await userGit(tree, "symbolic-ref", "HEAD")).toBe(
      `refs/heads/mission/${mission.missionId}/1.1`,
    );
    expect(await userGit(tree, "status", "--porcelain")).toBe("");
    expect(await userGit(tree, "remote")).toBe("");
    for (const folder of [handover, attempt, home]) expect(existsSync(folder)).toBe(true);
  });

  it("keeps the work and the base of an earlier attempt, also when the branch has moved on", async () => {
    const mission = await makeMission(root, repo);
    const first = await mission.prepare("1.1");
    await writeFiles(mission.place(first).tree, { "half.txt": "half" });
    await mission.finish("1.2", { "b.txt": "b" });
    expect(await mission.prepare("1.1")).toMatchObject({ ...samePlace(first), kept: true });
    expect(existsSync(join(mission.place(first).tree, "half.txt"))).toBe(true);
  });

  it("gives later features what earlier ones brought onto the branch", async () => {
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b" });
    const second = await mission.prepare("1.2");
    expect(existsSync(join(mission.place(second).tree, "b.txt"))).toBe(true);
  });

  it("starts again from the new head after a conflict, with the conflict laid out in the files", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "src/a.txt": "ours\n", "own.txt": "own" });
    const { commit } = await mission.commit("1.1", workspace);
    const { outcome } = await mission.finish("1.2", { "src/a.txt": "theirs\n" });
    expect(await mission.integrate("1.1", commit)).toEqual({
      kind: "conflict",
      files: ["src/a.txt"],
    });

    const again = await mission.prepare("1.1");
    expect(again.baseCommit).toBe(outcome.kind === "merged" ? outcome.head : "");
    const { tree } = mission.place(again);
    const text = await readFile(join(tree, "src/a.txt"), "utf8");
    expect(text).toContain("<<<<<<<");
    expect(text).toContain("theirs");
    expect(await readFile(join(tree, "own.txt"), "utf8")).toBe("own");

    expect((await mission.commit("1.1", again)).refused).toContain("Conflict markers");

    await writeFiles(tree, { "src/a.txt": "both\n" });
    expect(await mission.prepare("1.1")).toMatchObject({ ...samePlace(again), kept: true });
    const mended = await mission.commit("1.1", again);
    expect((await mission.integrate("1.1", mended.commit)).kind).toBe("merged");
    const branch = `mission/${mission.missionId}`;
    expect(await userGit(repo, "show", `${branch}:src/a.txt`)).toBe("both");
    expect(await userGit(repo, "show", `${branch}:own.txt`)).toBe("own");
  });

  it("starts a script from the clean head after a conflict", async () => {
    const mission = await makeMission(root, repo, { features: [{ id: "1.1", agent: "script" }] });
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "src/a.txt": "ours\n" });
    await mission.commit("1.1", workspace);
    await mission.finish("1.2", { "src/a.txt": "theirs\n" });
    const { tree } = mission.place(await mission.prepare("1.1"));
    expect(await readFile(join(tree, "src/a.txt"), "utf8")).toBe("theirs\n");
  });

  it("passes the one workspace of a POC mission on, with ignored files and without leftovers", async () => {
    const mission = await makeMission(root, repo);
    const first = await mission.prepare("1.1", "poc");
    const { tree, handover } = mission.place(first);
    await writeFiles(tree, { ".gitignore": "cache/\n", "cache/x": "kept", "a.txt": "a" });
    const { commit } = await mission.commit("1.1", first);
    const merged = await mission.integrate("1.1", commit);
    await writeFiles(tree, { "stray.txt": "stray", ".git/config": "[broken" });
    await writeFiles(handover, { "scripts/old.sh": "old" });

    const second = await mission.prepare("1.2", "poc");
    expect(second.name).toBe(first.name);
    expect(merged).toEqual({ kind: "merged", head: second.baseCommit });
    expect(existsSync(join(tree, "stray.txt"))).toBe(false);
    expect(existsSync(join(tree, "cache/x"))).toBe(true);
    expect(existsSync(join(handover, "scripts/old.sh"))).toBe(false);
    expect(await userGit(tree, "status", "--porcelain")).toBe("");
  });

  it.each(["git", "folder"] as const)(
    "passes nothing on in HOME: what a feature left there is gone for the next one, and kept for itself (%s)",
    async (workspace) => {
      const mission = await makeMission(root, repo, { record: { workspace } });
      const first = await mission.prepare("1.1", "poc");
      const { home } = mission.place(first);
      await writeFiles(home, { ".npmrc": "script-shell=/bin/true\n" });
      await mission.prepare("1.1", "poc");
      expect(existsSync(join(home, ".npmrc"))).toBe(true);
      expect(mission.place(await mission.prepare("1.2", "poc")).home).toBe(home);
      expect(existsSync(home)).toBe(true);
      expect(existsSync(join(home, ".npmrc"))).toBe(false);
    },
  );

  it("works on a shallow repository", async () => {
    await userGit(repo, "commit", "-q", "--allow-empty", "-m", "Second");
    const shallow = join(root, "shallow");
    await userGit(root, "clone", "-q", "--depth=1", `file://${repo}`, shallow);
    const mission = await makeMission(root, shallow);
    const { tree } = mission.place(await mission.prepare("1.1"));
    expect(await userGit(tree, "log", "--format=%s")).toBe("Second");
    const { outcome } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome.kind).toBe("merged");
    expect(existsSync(tree)).toBe(false);
    expect(await userGit(shallow, "show", `mission/${mission.missionId}:b.txt`)).toBe("b");
  });

  it("works on a repository with the longer object names, and with branches whose names are in the way", async () => {
    const long = join(root, "long");
    await userGit(root, "init", "-q", "-b", "main", "--object-format=sha256", long);
    await userGit(long, "commit", "-q", "--allow-empty", "-m", "First");
    const mission = await makeMission(root, long);
    await userGit(long, "branch", `mission/${mission.missionId}/old`);
    const { tree } = mission.place(await mission.prepare("1.1"));
    expect(await userGit(tree, "log", "--format=%H %s")).toMatch(/^[0-9a-f]{64} First$/);
    expect(await userGit(tree, "status", "--porcelain")).toBe("");
    await userGit(long, "branch", "-D", `mission/${mission.missionId}/old`);
    const { outcome } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(long, "show", `mission/${mission.missionId}:b.txt`)).toBe("b");
  });

  it("only makes folders for a mission without git", async () => {
    const mission = await makeMission(root, undefined);
    const workspace = await mission.prepare("1.1");
    expect(workspace.baseCommit).toBe("");
    expect(existsSync(mission.place(workspace).tree)).toBe(true);
    expect(existsSync(mission.paths.repositories)).toBe(false);
    expect(await mission.commit("1.1", workspace)).toEqual({
      commit: "",
      filesChanged: 0,
      files: [],
    });
  });

  it("says that a repository which is gone cannot be used, and leaves nothing half-made", async () => {
    const mission = await makeMission(root, repo);
    await removeAll(repo);
    await expect(mission.prepare("1.1")).rejects.toMatchObject({
      type: "RepositoryUnusable",
      nonRetryable: true,
    });
    expect(existsSync(mission.bare)).toBe(false);
  });

  it("makes one repository when many features start at once", async () => {
    const mission = await makeMission(root, repo);
    const all = await Promise.all(["1.1", "1.2", "1.3", "1.4"].map((id) => mission.prepare(id)));
    expect(new Set(all.map(({ baseCommit }) => baseCommit)).size).toBe(1);
  });
});

describe("ending a mission", () => {
  it("removes its workspaces, unwritable folders included, and may be repeated", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "locked/x": "x" });
    await chmod(join(tree, "locked"), 0o500);
    const input = { missionId: mission.missionId };
    await mission.act(mission.activities.endMission, input);
    await mission.act(mission.activities.endMission, input);
    expect(existsSync(join(tree, ".."))).toBe(false);
  });

  it("ends the app and the browser of a validation that nobody takes up again", async () => {
    const mission = await makeMission(root, repo);
    const folder = join(mission.paths.workspaces, `${mission.missionId}-validate-1`);
    const left = ["group.json", "group.json.browser"].map((name) => {
      const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
      const exited = new Promise((resolve) => child.once("exit", resolve));
      return { name, exited, group: identify(child.pid ?? 0) };
    });
    for (const { name, group } of left) await writeFiles(folder, { [name]: JSON.stringify(group) });
    await mission.act(mission.activities.endMission, { missionId: mission.missionId });
    await Promise.all(left.map(({ exited }) => exited));
    expect(existsSync(folder)).toBe(false);
  });
});
