/** Repositories as people really have them: every one either works, or is refused in one sentence with nothing lost. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFolderCommit } from "../../activities/adapters/folder-commit.js";
import {
  AT,
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
const mounts: string[] = [];
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(async () => {
  for (const folder of mounts.splice(0)) execFileSync("umount", ["-l", folder]);
  await removeAll(root);
});

const branch = "mission/m-20260304-abc123";

describe("a repository", () => {
  it("without a remote, with a detached head and no branch called main gets its work on the mission's branch", async () => {
    await userGit(repo, "branch", "-m", "main", "trunk/of-it");
    await userGit(repo, "checkout", "-q", "--detach");
    const before = await userGit(repo, "status", "--porcelain=v2", "--branch");
    const mission = await makeMission(root, repo);
    const { outcome } = await mission.finish("1.1", { "b.txt": "b\n" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(repo, "show", `${branch}:b.txt`)).toBe("b");
    expect(await userGit(repo, "status", "--porcelain=v2", "--branch")).toBe(before);
    expect(await userGit(repo, "branch", "--format=%(refname:short)")).not.toContain("main");
  });

  it("whose files have spaces, quotes, newlines and letters of all scripts is built, diffed, merged and published whole", async () => {
    const names = [
      "a b.txt",
      `"quoted" 'it'.txt`,
      "new\nline.txt",
      "tab\there",
      "ünï/çödé 你好.txt",
      "-rf",
    ];
    await writeFiles(repo, Object.fromEntries(names.map((name) => [name, "old\n"])));
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Odd names");
    const mission = await makeMission(root, repo);
    const changed = Object.fromEntries(names.map((name) => [name, "new\n"]));
    const { outcome, committed } = await mission.finish("1.1", changed);
    expect(outcome.kind).toBe("merged");
    expect(committed.filesChanged).toBe(names.length);
    for (const name of names) expect(await userGit(repo, "show", `${branch}:${name}`)).toBe("new");
  });

  it("that demands signatures without a key gets unsigned commits", async () => {
    for (const [key, value] of [
      ["commit.gpgsign", "true"],
      ["tag.gpgsign", "true"],
      ["gpg.format", "ssh"],
      ["user.signingkey", "/nowhere/key.pub"],
      ["gpg.program", "/bin/false"],
      ["gpg.ssh.program", "/bin/false"],
    ] as const)
      await userGit(repo, "config", key, value);
    const mission = await makeMission(root, repo);
    await mission.finish("1.1", { "b.txt": "b\n" });
    const { outcome } = await mission.finish("1.2", { "c.txt": "c\n" });
    expect(outcome.kind).toBe("merged");
    await mkdir(mission.record.folder, { recursive: true });
    await writeFile(join(mission.record.folder, "mission.md"), "# Mission\n");
    await createFolderCommit(mission.deps).commitFolder(mission.record, "Pause", AT);
    expect(await userGit(repo, "log", "--format=%G?", `main..${branch}`)).toMatch(/^(?:N\n?)+$/);
  });

  it("whose hooks all fail is worked on as if it had none", async () => {
    const hooks =
      "pre-commit commit-msg post-checkout reference-transaction pre-merge-commit update";
    for (const hook of hooks.split(" "))
      await writeFile(join(repo, ".git/hooks", hook), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    await userGit(repo, "config", "core.hooksPath", ".git/hooks");
    const mission = await makeMission(root, repo);
    expect((await mission.finish("1.1", { "b.txt": "b\n" })).outcome.kind).toBe("merged");
    expect(await userGit(repo, "show", `${branch}:b.txt`)).toBe("b");
  });

  it("with submodules keeps them as they are; their folders stay empty", async () => {
    const inner = await makeUserRepository(root, "inner");
    await userGit(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "lib");
    await userGit(repo, "commit", "-q", "-m", "A submodule");
    const link = await userGit(repo, "ls-tree", "HEAD", "lib");
    const mission = await makeMission(root, repo);
    const { tree } = mission.place(await mission.prepare("1.1"));
    expect(await readdir(join(tree, "lib"))).toEqual([]);
    const { outcome } = await mission.finish("1.1", { "b.txt": "b\n" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(repo, "ls-tree", branch, "lib")).toBe(link);
  });

  it("with submodules runs nothing that one names which an agent has filled", async () => {
    const inner = await makeUserRepository(root, "inner");
    await userGit(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "lib");
    await userGit(repo, "commit", "-q", "-m", "A submodule");
    const mission = await makeMission(root, repo);
    const workspace = await mission.prepare("1.1");
    const lib = join(mission.place(workspace).tree, "lib");
    await userGit(root, "clone", "-q", inner, lib);
    const trap = join(root, "trap");
    await userGit(lib, "config", "core.fsmonitor", `touch ${trap}`);
    await userGit(lib, "config", "filter.any.clean", `touch ${trap}; cat`);
    await writeFiles(lib, { ".gitattributes": "* filter=any\n", "src/a.txt": "changed" });
    expect((await mission.commit("1.1", workspace)).commit).toBe("");
    expect(existsSync(trap)).toBe(false);
  });

  it("with files in LFS keeps their pointers, and refuses a file that belongs there", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
    await writeFiles(repo, {
      ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
      "old.bin": pointer,
    });
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "LFS");
    const mission = await makeMission(root, repo);
    const { tree } = mission.place(await mission.prepare("1.1"));
    expect(await readFile(join(tree, "old.bin"), "utf8")).toBe(pointer);
    const { outcome } = await mission.finish("1.1", { "b.txt": "b\n" });
    expect(outcome.kind).toBe("merged");
    expect(await userGit(repo, "show", `${branch}:old.bin`)).toBe(pointer.trim());
    const second = await mission.prepare("1.2");
    await writeFiles(mission.place(second).tree, { "new.bin": "really large" });
    const { refused, commit } = await mission.commit("1.2", second);
    expect(commit).toBe("");
    expect(refused).toMatch(/"new\.bin".* LFS/);
    expect(await readFile(join(mission.place(second).tree, "new.bin"), "utf8")).toBe(
      "really large",
    );
  });

  it("of 50,000 files is checked out, committed to and merged", async () => {
    const blobs = Array.from(
      { length: 50_000 },
      (_, n) => `M 100644 inline d${n % 500}/f${n}.txt\ndata <<E\n${n}\nE\n`,
    );
    execFileSync("git", ["fast-import", "--quiet"], {
      cwd: repo,
      input: `commit refs/heads/main\ncommitter U <u@localhost> 1700000000 +0000\ndata <<E\nMany\nE\nfrom refs/heads/main^0\n${blobs.join("")}\n`,
    });
    const mission = await makeMission(root, repo);
    const { outcome, committed } = await mission.finish("1.1", { "d7/f7.txt": "changed\n" });
    expect(outcome.kind).toBe("merged");
    expect(committed.filesChanged).toBe(1);
    expect(await userGit(repo, "show", `${branch}:d7/f7.txt`)).toBe("changed");
  });
});

describe("a disk that fills up", () => {
  it.each([
    ["a checkout", "workspaces"],
    ["taking over the repository", "repositories"],
  ] as const)(
    "in the middle of %s is said in one sentence, and the work goes on when there is room",
    async (_, place) => {
      const files: Record<string, string> = {};
      for (let n = 0; n < 40; n += 1) files[`big/${n}.txt`] = randomBytes(32_768).toString("hex");
      await writeFiles(repo, files);
      await userGit(repo, "add", "-A");
      await userGit(repo, "commit", "-q", "-m", "Two megabytes and more");
      const mission = await makeMission(root, repo);
      const disk = mission.paths[place];
      await mkdir(disk, { recursive: true });
      mountSmallDisk(disk);
      const full = mission.prepare("1.1");
      await expect(full).rejects.toMatchObject({ type: "StoreFull", nonRetryable: false });
      await expect(full).rejects.toThrow("free some space, then retry");
      expect(await userGit(repo, "status", "--porcelain")).toBe("");
      execFileSync("mount", ["-o", "remount,size=64m", disk]);
      const { outcome } = await mission.finish("1.1", { "b.txt": "b\n" });
      expect(outcome.kind).toBe("merged");
      expect(await userGit(repo, "diff", "--stat", "main", branch)).toContain("1 file changed");
    },
  );
});

/** @throws where no file system may be mounted: a disk that is really full cannot be had otherwise. */
function mountSmallDisk(folder: string): void {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    throw new Error("This test mounts a small tmpfs: run it as root, or in a user namespace.", {
      cause: error,
    });
  }
  mounts.push(folder);
}
