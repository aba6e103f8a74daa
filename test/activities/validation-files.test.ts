import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkOut } from "../../activities/adapters/checkout.js";
import { holdFiles } from "../../activities/validation-files.js";
import { createGit } from "../../store/git.js";
import {
  LONG_AGO,
  makeFolder,
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

it("puts tests back, and runs nothing that a command left as settings of a submodule", async () => {
  const repo = await makeUserRepository(root);
  await writeFiles(repo, { "test/a.test.js": "one\n" });
  const commit = await userGit(repo, "rev-parse", "HEAD");
  await userGit(repo, "add", "-A");
  await userGit(repo, "update-index", "--add", "--cacheinfo", `160000,${commit},test/sub`);
  await userGit(repo, "commit", "-qm", "With a submodule");
  const git = createGit({ path: process.env["PATH"] ?? "", home: join(root, "nobody") });
  const [gitDir, dir, index] = [join(repo, ".git"), join(root, "tree"), join(root, "index")];
  await checkOut(git, gitDir, dir, await userGit(repo, "rev-parse", "HEAD"), "validation");
  const held = await holdFiles(git, { gitDir, dir, index }, []);

  const sub = join(dir, "test", "sub");
  const mark = join(root, "mark");
  await userGit(root, "clone", "-q", repo, sub);
  await userGit(sub, "reset", "-q", "--hard", commit);
  await userGit(sub, "config", "filter.any.clean", `touch '${mark}'; cat`);
  await writeFiles(sub, { ".git/info/attributes": "* filter=any\n" });
  const [file = ""] = (await userGit(sub, "ls-files")).split("\n");
  const text = await readFile(join(sub, file), "utf8");
  await writeFile(join(sub, file), text.replace(/./, "~"));
  await utimes(join(sub, file), LONG_AGO, LONG_AGO);
  await writeFiles(dir, { "test/a.test.js": "two\n" });

  await held.putBack();
  expect(await readFile(join(dir, "test", "a.test.js"), "utf8")).toBe("one\n");
  expect(held.finding()).toMatchObject([{ id: "put-back" }]);
  expect(existsSync(mark)).toBe(false);
});
