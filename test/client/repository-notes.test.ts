import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryNotes } from "../../client/repository-notes.js";
import { createGit } from "../../store/git.js";
import {
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
} from "../activities/mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const notesOf = (dirty = false) =>
  repositoryNotes(createGit({ path: process.env["PATH"] ?? "", home: join(root, "no-home") }), {
    root: repo,
    dirty,
  });

describe("what is said of a repository before a mission starts", () => {
  it("is nothing where nothing is special, also where attributes speak of other things", async () => {
    await writeFile(join(repo, ".gitattributes"), "* text=auto\n");
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Attributes");
    expect(await notesOf()).toEqual([]);
  });

  it("names uncommitted changes, submodules, LFS and signing, one sentence each", async () => {
    await writeFile(join(repo, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    await writeFile(join(repo, ".gitmodules"), '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n');
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Both");
    await userGit(repo, "config", "commit.gpgsign", "yes");
    const notes = await notesOf(true);
    expect(notes).toHaveLength(4);
    expect(notes.join("\n")).toMatch(/uncommitted[^]*submodules[^]*LFS[^]*unsigned/);
    for (const note of notes) expect(note).toMatch(/^\/.* [^.]+\.$/);
  });
});
