import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
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
});

describe("a commit that follows one which a pull request shows", () => {
  it("has that one as a parent, stays the same where nothing changed, and its base comes first", async () => {
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "a.txt": "a" });
    const { commit: shown } = await mission.commit("1.1", workspace);
    const { commitFeature } = mission.activities;
    const again = (at: string) =>
      mission.act(commitFeature, { feature: mission.ref("1.1"), workspace, at, onto: shown });
    expect((await again("2026-05-05T05:05:05.000Z")).commit).toBe(shown);
    await writeFiles(tree, { "a.txt": "b" });
    const { commit } = await again("2026-05-05T05:05:05.000Z");
    expect(await userGit(mission.bare, "log", "-1", "--format=%P", commit)).toBe(
      `${workspace.baseCommit} ${shown}`,
    );
  });
});

describe("paths that were not declared", () => {
  it("are named where the feature declared some, and never where it declared none", async () => {
    const mission = await makeMission(root, repo, {
      features: [{ id: "1.1", touches: ["src/"] }, { id: "1.2" }],
    });
    for (const [id, undeclared] of [
      ["1.1", ["other/b.txt", "srcs.txt"]],
      ["1.2", undefined],
    ] as const) {
      const workspace = await mission.prepare(id);
      const files = { "src/x.txt": "x", "other/b.txt": "b", "srcs.txt": "s" };
      await writeFiles(mission.place(workspace).tree, files);
      expect((await mission.commit(id, workspace)).undeclared).toEqual(undeclared);
    }
  });
});
