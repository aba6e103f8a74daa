import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNewReport } from "../../qa/new-report.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "qa-made-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const all = async (folder = root) =>
  (await readdir(folder, { recursive: true })).filter((name) => name !== "assets").sort();
async function reportIn(out: string, ...pictures: string[]) {
  const made = await openNewReport(out);
  await mkdir(join(made.folder, "assets"), { recursive: true });
  for (const name of pictures) await writeFile(join(made.folder, "assets", name), out);
  return made;
}

describe("a report in the making", () => {
  it("takes the place of an earlier one when it is whole, and leaves what else lies there", async () => {
    const first = await reportIn(root, "01-home-desktop.png", "02-cart-desktop.png");
    await first.publish({ "index.html": "one", "qa-report.json": "1" });
    await first.drop();
    await writeFile(join(root, "assets", "logo.png"), "logo");
    const second = await reportIn(root, "01-home-desktop.png");
    await second.publish({ "index.html": "two", "qa-report.json": "2" });
    await second.drop();
    expect(await all()).toEqual([
      ...["assets/01-home-desktop.png", "assets/logo.png", "index.html", "qa-report.json"],
    ]);
    expect(await readFile(join(root, "index.html"), "utf8")).toBe("two");
  });

  it("leaves nothing when it is dropped, also of the folders that were made for it", async () => {
    const made = await reportIn(join(root, "new", "report"), "01-home-desktop.png");
    await made.drop();
    expect(await all()).toEqual([]);
    const beside = await reportIn(join(root, "new", "report"));
    await writeFile(join(root, "new", "notes.txt"), "mine");
    await beside.drop();
    expect(await all()).toEqual(["new", "new/notes.txt"]);
  });

  it("is whole though another is made in the same folder: the last one stays", async () => {
    const one = await reportIn(root, "01-home-desktop.png", "02-cart-desktop.png");
    const two = await reportIn(root, "01-home-desktop.png");
    await one.publish({ "qa-report.json": "1" });
    await two.publish({ "qa-report.json": "2" });
    await Promise.all([one.drop(), two.drop()]);
    expect(await all()).toEqual(["assets/01-home-desktop.png", "qa-report.json"]);
    expect(await readFile(join(root, "qa-report.json"), "utf8")).toBe("2");
  });
});
