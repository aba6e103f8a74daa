import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { excludeMissions } from "../../../client/start/exclude-missions.js";
import { createGit } from "../../../store/git.js";

let root = "";
const git = createGit({ path: process.env["PATH"] ?? "", home: "/nonexistent" });
const status = () =>
  execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "exclude-"));
  execFileSync("git", ["init", "-q", root]);
  await mkdir(join(root, "todo", "missions", "m-1"), { recursive: true });
  await writeFile(join(root, "todo", "missions", "m-1", "mission.md"), "a mission");
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("mission folders in a user's repository", () => {
  it("are not shown as untracked, however often a mission starts there", async () => {
    expect(status()).toContain("todo/");
    await excludeMissions(git, root);
    await excludeMissions(git, root);
    expect(status()).toBe("");
    const exclude = await readFile(join(root, ".git", "info", "exclude"), "utf8");
    expect(exclude.split("/todo/missions/")).toHaveLength(2);
  });

  it("are shown again when the start is taken back", async () => {
    const undo = await excludeMissions(git, root);
    await undo();
    expect(status()).toContain("todo/");
  });
});
