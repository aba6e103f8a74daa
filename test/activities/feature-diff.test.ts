import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { readFeatureDiff, shareOut } from "../../activities/feature-diff.js";
import { createGit } from "../../store/git.js";
import { makeFolder, makeUserRepository, removeAll, userGit } from "./mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const git = createGit({ path: process.env["PATH"] ?? "", home: "/nowhere" });
async function change(files: Record<string, string | Uint8Array>) {
  const base = await userGit(repo, "rev-parse", "HEAD");
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(repo, name, ".."), { recursive: true });
    await writeFile(join(repo, name), content);
  }
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "-m", "Change");
  return readFeatureDiff(git, join(repo, ".git"), base, await userGit(repo, "rev-parse", "HEAD"));
}

describe("a feature's change", () => {
  it("names files as they are called, whatever is in their names", async () => {
    const names = ['a "b".txt', "new\nline.txt", "tab\there.txt", "ünïcödé 你.txt", "* :(top)x"];
    const diff = await change(Object.fromEntries(names.map((name) => [name, `in ${name}\n`])));
    expect(new Set(diff.files)).toEqual(new Set(names));
    expect(diff.cutFiles).toBe(0);
    expect(diff.text).toContain("+in ünïcödé 你.txt");
    expect(diff.text.match(/^diff --git /gm)).toHaveLength(names.length);
  });

  it("says of binary and very large files only that they differ", async () => {
    const diff = await change({
      "p.bin": Buffer.from([0, 1, 2, 0]),
      "big.txt": "x".repeat(400_000),
    });
    expect(diff.text).toMatch(/Binary files [^\n]* and b\/p\.bin differ/);
    expect(diff.text).toMatch(/Binary files [^\n]* and b\/big\.txt differ/);
  });

  it("is nothing where nothing changed, and an error that names the commit where there is none", async () => {
    const head = await userGit(repo, "rev-parse", "HEAD");
    const gitDir = join(repo, ".git");
    expect(await readFeatureDiff(git, gitDir, head, head)).toEqual({
      files: [],
      text: "",
      cutFiles: 0,
    });
    const lost = "0123456789abcdef0123456789abcdef01234567";
    await expect(readFeatureDiff(git, gitDir, head, lost)).rejects.toThrow(/0123456789ab/);
  });
});

describe("room for text", () => {
  it("is shared out so that what fits is whole and no more than the room is taken", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 12 }),
        fc.nat(200),
        (sections, room) => {
          const { text, cut } = shareOut(sections, room);
          const taken = text.replaceAll(/\n?\[\d+ characters are left out here\]\n/g, "").length;
          const whole = sections.join("").length;
          if (whole <= room) expect({ text, cut }).toEqual({ text: sections.join(""), cut: 0 });
          else {
            expect(cut).toBeGreaterThan(0);
            expect(taken).toBeLessThanOrEqual(room);
          }
          const fair = Math.floor(room / Math.max(1, sections.length));
          for (const section of sections)
            if (section.length <= fair) expect(text).toContain(section);
        },
      ),
    );
  });
});
