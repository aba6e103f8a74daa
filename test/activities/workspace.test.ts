import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readFeatureEvents } from "../../store/feature-record.js";
import {
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

describe("preparing a workspace", () => {
  it("makes a clone at the head of the mission's branch, bound to this host, on a branch of its own", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    expect(workspace).toEqual({
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
    expect(await mission.prepare("1.1")).toEqual(first);
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

    await writeFiles(tree, { "src/a.txt": "both\n" });
    expect(await mission.prepare("1.1")).toEqual(again);
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
    await mission.integrate("1.1", commit);
    await writeFiles(tree, { "stray.txt": "stray", ".git/config": "[broken" });
    await writeFiles(handover, { "scripts/old.sh": "old" });

    await mission.act(mission.activities.endWorkspace, {
      feature: mission.ref("1.1"),
      workspace: first,
    });
    const second = await mission.prepare("1.2", "poc");
    expect(second.name).toBe(first.name);
    expect(second.baseCommit).toBe(commit);
    expect(existsSync(join(tree, "stray.txt"))).toBe(false);
    expect(existsSync(join(tree, "cache/x"))).toBe(true);
    expect(existsSync(join(handover, "scripts/old.sh"))).toBe(false);
    expect(await userGit(tree, "status", "--porcelain")).toBe("");
  });

  it("works on a shallow repository", async () => {
    await userGit(repo, "commit", "-q", "--allow-empty", "-m", "Second");
    const shallow = join(root, "shallow");
    await userGit(root, "clone", "-q", "--depth=1", `file://${repo}`, shallow);
    const mission = await makeMission(root, shallow);
    const { outcome, workspace } = await mission.finish("1.1", { "b.txt": "b" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(mission.place(workspace).tree, "log", "--format=%s")).toBe("Second");
    expect(await userGit(shallow, "show", `mission/${mission.missionId}:b.txt`)).toBe("b");
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

describe("committing a feature", () => {
  it("makes the same commit each time, with trailers, from whatever the agent did to its own repository", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "b.txt": "b" });
    await userGit(tree, "add", "-A");
    await userGit(tree, "commit", "-q", "-m", "the agent's own");
    const first = await mission.commit("1.1", workspace);
    expect(await mission.commit("1.1", workspace)).toEqual(first);
    expect(first.filesChanged).toBe(1);
    const show = (format: string) =>
      userGit(mission.bare, "log", "-1", `--format=${format}`, first.commit);
    expect(await show("%B")).toBe(
      `Feature 1.1\n\nMission: ${mission.missionId}\nCompletes-feature: 1.1`,
    );
    expect(await show("%an <%ae> %aI|%P")).toBe(
      `missions <missions@localhost> 2026-03-04T05:06:07+00:00|${workspace.baseCommit}`,
    );
    const events = await readFeatureEvents(mission.paths.features, mission.missionId, "1.1");
    const commits = events.filter(({ kind }) => kind === "commit");
    expect(commits).toHaveLength(1);
  });

  it("keeps the diff in the store", async () => {
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "new line\n" });
    const events = await readFeatureEvents(mission.paths.features, mission.missionId, "1.1");
    const event = events.find(({ kind }) => kind === "commit");
    const diff = event?.kind === "commit" ? event.diff : undefined;
    expect(String(await mission.blobs.get(diff?.sha256 ?? ""))).toContain("+new line");
  });

  it("takes any file name, sees deletions and modes, and leaves ignored files out", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    const names = [
      "a b.txt",
      'quo"te.txt',
      "line\nbreak.txt",
      "ünï✓.txt",
      "-dash",
      ":(top)x",
      "tab\t.txt",
    ];
    await writeFiles(tree, {
      ...Object.fromEntries(names.map((name) => [name, name])),
      ".gitignore": "out/\n",
      "out/x": "x",
      "run.sh": "#!/bin/sh\n",
    });
    await chmod(join(tree, "run.sh"), 0o755);
    await symlink("/etc/passwd", join(tree, "link"));
    await removeAll(join(tree, "README.md"));
    const { commit } = await mission.commit("1.1", workspace);
    const list = await userGit(mission.bare, "ls-tree", "-r", "-z", "--name-only", commit);
    expect(list.split("\0").filter(Boolean).sort()).toEqual(
      [...names, ".gitignore", "link", "run.sh", "src/a.txt"].sort(),
    );
    expect(await userGit(mission.bare, "ls-tree", commit, "run.sh")).toMatch(/^100755/);
    expect(await userGit(mission.bare, "ls-tree", commit, "link")).toMatch(/^120000/);
  });

  it("sees a change that kept size and second", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const file = join(mission.place(workspace).tree, "src/a.txt");
    await writeFile(file, "ONE\ntwo\nthree\n");
    const { commit } = await mission.commit("1.1", workspace);
    expect(await userGit(mission.bare, "show", `${commit}:src/a.txt`)).toBe("ONE\ntwo\nthree");
  });

  it("commits nothing when nothing changed", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    expect(await mission.commit("1.1", workspace)).toEqual({
      commit: "",
      filesChanged: 0,
      files: [],
    });
  });

  it.each(["todo/missions/m-1/mission.md", "TODO/Missions/x", "todo/missions", "todo"])(
    "refuses a change to %s",
    async (name) => {
      const mission = await makeMission(root, repo);
      const workspace = await mission.prepare("1.1");
      await writeFiles(mission.place(workspace).tree, { [name]: "cap: 1000000" });
      const outcome = await mission.commit("1.1", workspace);
      expect(outcome).toMatchObject({
        commit: "",
        refused: expect.stringContaining("mission folder"),
      });
    },
  );

  it("allows other files below todo", async () => {
    const mission = await makeMission(root, repo);
    const { committed } = await mission.finish("1.1", { "todo/list.md": "x" });
    expect(committed.refused).toBeUndefined();
  });

  it("refuses a repository inside the workspace, with commits or without", async () => {
    const mission = await makeMission(root, repo);
    for (const [id, withCommit] of [
      ["1.1", true],
      ["1.2", false],
    ] as const) {
      const workspace = await mission.prepare(id);
      const { tree } = mission.place(workspace);
      if (withCommit) await makeUserRepository(tree, "inner");
      else {
        await mkdir(join(tree, "inner"));
        await userGit(join(tree, "inner"), "init", "-q");
        await writeFiles(tree, { "inner/x": "x" });
      }
      const { refused, commit } = await mission.commit(id, workspace);
      expect(commit).toBe("");
      expect(refused).toContain("inner");
    }
  });

  it("refuses a file of absurd size before it reads it", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const file = join(mission.place(workspace).tree, "big.bin");
    await writeFile(file, "");
    await truncate(file, 10 ** 12);
    expect((await mission.commit("1.1", workspace)).refused).toContain("big.bin");
  });

  it("refuses a change that contains the value of a secret, and does not repeat it", async () => {
    const mission = await makeMission(root, repo, { secret: "hunter2hunter2" });
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "config.txt": "key=hunter2hunter2" });
    const { refused } = await mission.commit("1.1", workspace);
    expect(refused).toContain("secret");
    expect(refused).not.toContain("hunter2");
  });

  it("runs no filter, hook or monitor that an agent configured", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    const trap = join(root, "trap");
    const hook = `#!/bin/sh\ntouch ${trap}\n`;
    await writeFiles(tree, {
      ".gitattributes": "* filter=evil diff=evil merge=evil\n",
      "b.txt": "b",
      ".git/hooks/pre-commit": hook,
      ".git/hooks/post-checkout": hook,
      ".git/hooks/reference-transaction": hook,
    });
    await writeFile(
      join(tree, ".git/config"),
      `[core]\n\tfsmonitor = touch ${trap}\n\thooksPath = .git/hooks\n` +
        `[filter "evil"]\n\tclean = touch ${trap}; cat\n\tsmudge = touch ${trap}; cat\n\trequired = true\n` +
        `[diff "evil"]\n\ttextconv = touch ${trap}; cat\n\tcommand = touch ${trap}\n` +
        `[merge "evil"]\n\tdriver = touch ${trap}\n`,
    );
    for (const name of ["pre-commit", "post-checkout", "reference-transaction"])
      await chmod(join(tree, ".git/hooks", name), 0o755);
    const { commit } = await mission.commit("1.1", workspace);
    expect(commit).not.toBe("");
    expect((await mission.integrate("1.1", commit)).kind).toBe("merged");
    expect(existsSync(trap)).toBe(false);
  });

  it("moves hand-over files into the mission folder once, cleaned, scrubbed and never through a link", async () => {
    const mission = await makeMission(root, undefined, { secret: "hunter2hunter2" });
    const workspace = await mission.prepare("1.1");
    const { handover } = mission.place(workspace);
    await writeFiles(handover, {
      "scripts/run.sh": "#!/bin/sh\necho hunter2hunter2\n",
      "assets/deep/er/Pic ture*.svg": "<svg/>",
      "research/.hidden": "x",
      "other/x.txt": "not one of the four",
    });
    await chmod(join(handover, "scripts/run.sh"), 0o755);
    await writeFile(join(root, "outside"), "outside");
    await symlink(join(root, "outside"), join(handover, "scripts/link"));
    await symlink(root, join(handover, "agents"));
    const files = ["assets/deep/er/Pic_ture_.svg", "research/_hidden", "scripts/run.sh"];
    const first = await mission.commit("1.1", workspace);
    expect([...first.files].sort()).toEqual(files);
    expect((await mission.commit("1.1", workspace)).files).toEqual(first.files);
    const script = join(mission.record.folder, "scripts/run.sh");
    expect(await readFile(script, "utf8")).toBe("#!/bin/sh\necho [secret]\n");
    expect((await stat(script)).mode & 0o777).toBe(0o755);
    expect(existsSync(join(mission.record.folder, "agents"))).toBe(false);
    expect(existsSync(join(mission.record.folder, "scripts/link"))).toBe(false);
  });

  it("keeps the files of two features that hand over the same name apart", async () => {
    const mission = await makeMission(root, undefined);
    for (const id of ["1.1", "1.2"]) {
      const workspace = await mission.prepare(id);
      await writeFiles(mission.place(workspace).handover, { "scripts/run.sh": id });
      await mission.commit(id, workspace);
    }
    const read = (name: string) => readFile(join(mission.record.folder, "scripts", name), "utf8");
    expect(await read("run.sh")).toBe("1.1");
    expect(await read("run-1.2.sh")).toBe("1.2");
  });
});

describe("ending a workspace", () => {
  it("removes it, unwritable folders included, and may be repeated", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "locked/x": "x" });
    await chmod(join(tree, "locked"), 0o500);
    const input = { feature: mission.ref("1.1"), workspace };
    await mission.act(mission.activities.endWorkspace, input);
    await mission.act(mission.activities.endWorkspace, input);
    expect(existsSync(join(tree, ".."))).toBe(false);
  });
});
