import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createTrees } from "../../activities/adapters/trees.js";
import { readOccupant } from "../../activities/occupant.js";
import { workspacePaths } from "../../store/workspace-paths.js";
import {
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

async function open() {
  const mission = await makeMission(root, await makeUserRepository(root));
  const { tree: dir } = mission.place(await mission.prepare("1.1"));
  const trees = createTrees(mission.deps);
  return {
    dir,
    mission,
    snapshot: () => trees.snapshot(mission.missionId, dir),
    restore: (tree: string) => trees.restore(mission.missionId, dir, tree),
  };
}

describe("the tree of a workspace", () => {
  it("brings back files as they were, removes later ones, keeps ignored ones and the agent's .git", async () => {
    const { dir, snapshot, restore } = await open();
    await writeFiles(dir, { ".gitignore": "cache/\n", "new/b.txt": "b", "src/a.txt": "changed" });
    const tree = await snapshot();
    expect(await snapshot()).toBe(tree);
    await writeFiles(dir, { "new/b.txt": "B", "late/x.txt": "x", "cache/x": "x" });
    await removeAll(join(dir, "src"));
    await makeUserRepository(dir, "late/inner");
    await restore(tree);
    expect(await readFile(join(dir, "new/b.txt"), "utf8")).toBe("b");
    expect(await readFile(join(dir, "src/a.txt"), "utf8")).toBe("changed");
    expect(existsSync(join(dir, "late"))).toBe(false);
    expect(existsSync(join(dir, "cache/x"))).toBe(true);
    expect(await userGit(dir, "log", "--format=%s")).toBe("First");
    await restore(tree);
    expect(await snapshot()).toBe(tree);
  });

  it("runs nothing that a repository inside of it names, and takes its commits as they are", async () => {
    const { dir, snapshot, restore } = await open();
    const trap = join(root, "trap");
    const inner = await makeUserRepository(dir, "inner");
    const first = await snapshot();
    await writeFiles(inner, { ".gitattributes": "* filter=evil\n", "src/a.txt": "changed" });
    await appendFile(
      join(inner, ".git/config"),
      `[core]\n\tfsmonitor = touch ${trap}\n[filter "evil"]\n\tclean = touch ${trap}; cat\n`,
    );
    expect(await snapshot()).toBe(first);
    expect(existsSync(trap)).toBe(false);
    const own = ["-c", "core.fsmonitor=false", "-c", "filter.evil.clean=cat"];
    await userGit(inner, ...own, "commit", "-q", "--allow-empty", "-m", "Another");
    await rm(trap, { force: true });
    const second = await snapshot();
    expect(second).not.toBe(first);
    await restore(first);
    await restore(second);
    await removeAll(inner);
    expect([first, second]).not.toContain(await snapshot());
    expect(existsSync(trap)).toBe(false);
  });

  it("sees edits that keep size and second, each time", async () => {
    const { dir, snapshot } = await open();
    const seen = new Set<string>();
    for (const text of ["1", "2", "3", "4"]) {
      await writeFiles(dir, { "x.txt": text });
      seen.add(await snapshot());
    }
    expect(seen.size).toBe(4);
  });

  it("leaves out what git cannot take and goes on", async () => {
    const { dir, snapshot, mission } = await open();
    await mkdir(join(dir, "inner"));
    await userGit(join(dir, "inner"), "init", "-q");
    await writeFiles(dir, { "inner/x": "x", "z.txt": "z" });
    const tree = await snapshot();
    expect(await userGit(mission.bare, "ls-tree", "--name-only", tree)).toContain("z.txt");
  });

  it("is known without a look at the files as long as they are as they were laid out", async () => {
    const { dir, mission, snapshot } = await open();
    const laid = async () =>
      (await readOccupant(workspacePaths(mission.paths.workspaces, basename(dirname(dir)))))?.tree;
    expect(await laid()).toBe(await snapshot());
    await writeFiles(dir, { "src/a.txt": "ours\n", "own.txt": "own" });
    await mission.commit("1.1", await mission.prepare("1.1"));
    await mission.finish("1.2", { "src/a.txt": "theirs\n" });
    await mission.prepare("1.1");
    expect(await readFile(join(dir, "src/a.txt"), "utf8")).toContain("<<<<<<<");
    expect(await laid()).toBe(await snapshot());
  });

  it("is empty for a plain folder", async () => {
    const mission = await makeMission(root, undefined);
    const trees = createTrees(mission.deps);
    expect(await trees.snapshot(mission.missionId, root)).toBe("");
    await trees.restore(mission.missionId, root, "");
  });
});
