import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readRepositoryFacts } from "../../client/repository-facts.js";
import { createGit } from "../../store/git.js";
import { makeUserRepository, userGit, writeFiles } from "../activities/mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "facts-"));
  repo = await makeUserRepository(root);
});
afterEach(() => rm(root, { recursive: true }));
const facts = () =>
  readRepositoryFacts(repo, createGit({ path: process.env["PATH"] ?? "", home: join(root, "no") }));

describe("the facts of a repository", () => {
  it("are of what git tracks, whatever else lies there", async () => {
    await writeFiles(repo, {
      "package.json": JSON.stringify({ scripts: { test: "jest" } }),
      "src/ä b.ts": "",
      "node_modules/x/index.js": "",
    });
    await userGit(repo, "add", "package.json", "src");
    expect(await facts()).toMatchObject({
      languages: [{ name: "TypeScript", files: 1 }],
      testCommand: "npm test",
      files: 4,
      top: ["README.md", "package.json", "src/"],
    });
  });

  it("run nothing of it, and follow no link out of it", async () => {
    const trap = join(root, "trap");
    await userGit(repo, "config", "core.fsmonitor", `touch ${trap}`);
    await writeFile(join(root, "outside.json"), JSON.stringify({ scripts: { test: "evil" } }));
    await symlink(join(root, "outside.json"), join(repo, "package.json"));
    await userGit(repo, "-c", "core.fsmonitor=false", "add", "package.json");
    const found = await facts();
    expect(found).toMatchObject({ packageManager: "npm", files: 3 });
    expect(found.testCommand).toBeUndefined();
    expect(existsSync(trap)).toBe(false);
  });

  it("are nearly none where there is no repository", async () => {
    repo = root;
    expect(await facts()).toMatchObject({ files: 0, languages: [], top: [] });
  });
});
