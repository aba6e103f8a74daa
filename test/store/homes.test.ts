import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT, Problem } from "../../domain/problem.js";
import { chooseHome } from "../../store/homes.js";

let root: string;
let repo: string;
const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });
const ask = (callerFolder: string, more: { repo?: string; homeless?: boolean } = {}) =>
  chooseHome({ callerFolder, toolRoot: join(root, "tool"), home: join(root, "home"), ...more });
const attachedTo = (top: string) => ({
  kind: "attached",
  repo: top,
  folder: join(top, "todo", "missions"),
});

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "homes-")));
  for (const name of ["repo/src/deep", "tool/src", "plain/notes", "home", "empty"])
    await mkdir(join(root, name), { recursive: true });
  repo = join(root, "repo");
  git(repo, "init", "-q");
  git(join(root, "tool"), "init", "-q");
  await writeFile(join(root, "plain", "notes", "a.txt"), "x");
});

describe("the home of a new mission", () => {
  it("is the repository that the caller stands in, at any depth", async () => {
    expect(await ask(repo)).toEqual(attachedTo(repo));
    expect(await ask(join(repo, "src", "deep"))).toEqual(attachedTo(repo));
  });

  it("is never an address: a clone is what a mission works in", async () => {
    for (const repo of [
      "https://host.example/x.git",
      "ssh://git@host.example/x",
      "git@host.example:x/y",
    ]) {
      const asked = ask(root, { repo });
      await expect(asked).rejects.toMatchObject({
        exitCode: EXIT.badInput,
        remedy: "Clone it first, and give the path of the clone.",
      });
    }
  });

  it("is a worktree too, where .git is a file", async () => {
    git(
      repo,
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@b",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "x",
    );
    git(repo, "worktree", "add", "-q", join(root, "tree"));
    expect(await ask(join(root, "tree"))).toEqual(attachedTo(join(root, "tree")));
  });

  it("is the homeless home outside of a repository and where it is asked for", async () => {
    const homeless = { kind: "homeless", folder: join(root, "home") };
    expect(await ask(join(root, "plain"))).toEqual(homeless);
    expect(await ask(repo, { homeless: true })).toEqual(homeless);
  });

  it("is never the tool's own clone, by whatever path, unless that is named", async () => {
    await symlink(join(root, "tool"), join(root, "link"));
    expect((await ask(join(root, "tool", "src"))).kind).toBe("homeless");
    expect((await ask(join(root, "link", "src"))).kind).toBe("homeless");
    expect(await ask(join(root, "tool"), { repo: "." })).toEqual(attachedTo(join(root, "tool")));
  });

  it("is not attached to the homeless home, which is a repository as well", async () => {
    git(join(root, "home"), "init", "-q");
    expect((await ask(join(root, "home"))).kind).toBe("homeless");
  });

  it("is the repository that is named, relative to the caller", async () => {
    expect(await ask(join(root, "plain"), { repo: "../repo/src" })).toEqual(attachedTo(repo));
  });

  it("is a repository to be made where the named path is missing or empty", async () => {
    for (const name of ["new/deep", "empty"]) {
      const path = join(root, name);
      expect(await ask(root, { repo: name })).toEqual({ ...attachedTo(path), dedicated: true });
    }
    expect(await readdir(root)).not.toContain("new");
  });

  it.each([
    ["a file", "plain/notes/a.txt", "is a file"],
    ["a folder that is no repository", "plain", "is not a git repository"],
    ["a bare repository", "bare.git", "is a bare repository"],
    ["a missing path inside a repository", "repo/new", "lies inside the repository"],
  ])("is refused for %s", async (_, path, said) => {
    git(root, "init", "-q", "--bare", "bare.git");
    const refused = ask(root, { repo: path });
    await expect(refused).rejects.toBeInstanceOf(Problem);
    await expect(refused).rejects.toMatchObject({
      exitCode: EXIT.badInput,
      message: expect.stringContaining(said),
    });
  });

  it("cannot be in a repository and homeless at once", async () => {
    await expect(ask(root, { repo: "repo", homeless: true })).rejects.toBeInstanceOf(Problem);
  });
});
