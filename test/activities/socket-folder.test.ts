import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeSocketFolder } from "../../activities/adapters/socket-folder.js";
import { makeFolder, removeAll } from "./mission-fixture.js";

let root: string;
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeAll(root));

it("takes away the folders of workers that were killed, and nobody else's", async () => {
  const [sample, later] = [join(root, "sample"), join(root, "later")];
  await Promise.all([sample, later].map((folder) => mkdir(folder)));
  const ended = spawnSync("true").pid;
  const mine = makeSocketFolder(sample);
  const own = `missions-${process.pid}-`;
  const named = (start: string) =>
    mine
      .replace(dirname(mine), later)
      .replace(own, start)
      .replace(/\w{6}$/, "abcdef");
  const stale = named(`missions-${ended}-`);
  const elsewhere = named(`missions-${ended}-1`);
  const other = join(later, "missions-git-abcdef");
  await Promise.all([stale, elsewhere, other].map((folder) => mkdir(folder)));
  const kept = join(later, "missions-kept");
  renameSync(mine, named(own));
  await mkdir(kept);
  const made = makeSocketFolder(later);
  expect([stale, elsewhere, other, kept, named(own), made].map((path) => existsSync(path))).toEqual(
    [false, true, true, true, true, true],
  );
});
