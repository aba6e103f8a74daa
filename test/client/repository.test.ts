import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createDedicatedRepository,
  inspectRepository,
  requireUsableRepository,
} from "../../client/repository.js";
import { createGit } from "../../store/git.js";
import {
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "../activities/mission-fixture.js";

const path = process.env["PATH"] ?? "";
let root: string;
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeAll(root));
const gitOf = (on = path) => createGit({ path: on, home: join(root, "no-home") });
const git: ReturnType<typeof gitOf> = (...args) => gitOf()(...args);

describe("a repository before the start", () => {
  it("is described from any folder inside it", async () => {
    const repo = await makeUserRepository(root);
    await writeFiles(repo, { "README.md": "changed" });
    expect(await inspectRepository(git, join(repo, "src"))).toEqual({
      root: repo,
      bare: false,
      head: await userGit(repo, "rev-parse", "HEAD"),
      branch: "main",
      dirty: true,
      shallow: false,
      partial: false,
    });
  });

  it("may have a detached head", async () => {
    const repo = await makeUserRepository(root);
    await userGit(repo, "checkout", "-q", "--detach");
    expect((await requireUsableRepository(git, repo)).branch).toBeUndefined();
  });

  it("is refused with a remedy when a mission cannot work on it", async () => {
    const repo = await makeUserRepository(root);
    await userGit(root, "clone", "-q", "--bare", repo, "bare.git");
    await userGit(root, "init", "-q", "empty");
    await mkdir(join(root, "plain"));
    const taken = await makeUserRepository(root, "taken");
    await userGit(taken, "branch", "mission");
    const cases: [string, string][] = [
      ["bare.git", "bare"],
      ["empty", "no commits"],
      ["plain", "not inside a git repository"],
      ["nowhere", "does not exist"],
      ["repo/README.md", "is a file"],
      ["taken", 'branch named "mission"'],
    ];
    for (const [name, why] of cases)
      await expect(requireUsableRepository(git, join(root, name))).rejects.toMatchObject({
        name: "Problem",
        exitCode: 8,
        message: expect.stringContaining(why),
        remedy: expect.stringMatching(/\S/),
      });
  });

  it("needs git, and a new one", async () => {
    const repo = await makeUserRepository(root);
    await writeFiles(root, { "old/git": "#!/bin/sh\necho git version 2.37.9\n" });
    await chmod(join(root, "old/git"), 0o755);
    await mkdir(join(root, "none"));
    const using = (folder: string) => requireUsableRepository(gitOf(join(root, folder)), repo);
    await expect(using("none")).rejects.toMatchObject({ message: "git was not found." });
    await expect(using("old")).rejects.toMatchObject({
      message: expect.stringContaining("too old"),
    });
  });

  it("does not run what its own configuration names", async () => {
    const repo = await makeUserRepository(root);
    const trap = join(root, "trap");
    await userGit(repo, "config", "core.fsmonitor", `touch ${trap}`);
    await requireUsableRepository(git, repo);
    expect(existsSync(trap)).toBe(false);
  });
});

describe("a dedicated repository", () => {
  it("is made with a first commit that names the mission", async () => {
    const folder = join(root, "a/b");
    const made = await createDedicatedRepository(git, folder, 'Build a "CRM"\nnow');
    expect(made).toMatchObject({ root: folder, branch: "main" });
    expect(await readFile(join(folder, "README.md"), "utf8")).toContain('# Build a "CRM" now\n');
    expect(await userGit(folder, "log", "--format=%s|%an")).toBe(
      'Start the mission "Build a "CRM" now"|missions',
    );
    expect(await userGit(folder, "status", "--porcelain")).toBe("");
    await made.undo();
    expect(existsSync(join(root, "a"))).toBe(false);
  });

  it("uses an empty folder, and leaves it empty when undone", async () => {
    const made = await createDedicatedRepository(git, root, "X");
    await made.undo();
    expect(await readdir(root)).toEqual([]);
  });

  it("is never made inside another repository or over files", async () => {
    const repo = await makeUserRepository(root);
    await writeFiles(root, { "full/x": "x" });
    const make = (name: string) => createDedicatedRepository(git, join(root, name), "X");
    await expect(make("repo/new/deep")).rejects.toMatchObject({
      message: expect.stringContaining("inside another git repository"),
    });
    await expect(make("full")).rejects.toMatchObject({ message: expect.stringContaining("empty") });
    expect(existsSync(join(repo, "new"))).toBe(false);
  });
});
