import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editText, listFiles, readText, writeText } from "../../activities/adapters/file-tools.js";

let root: string;
let folders: { tree: string; handover: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "files-"));
  folders = { tree: join(root, "tree"), handover: join(root, "handover") };
  for (const folder of [...Object.values(folders), join(root, "outside"), join(root, "tree-2")])
    mkdirSync(folder);
  writeFileSync(join(root, "outside", "secret"), "secret");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});
const inTree = (path: string) => join(folders.tree, path);

describe("file tools", () => {
  it("write, read, edit and list in the workspace and the hand-over folder", async () => {
    await writeText(folders, "src/deep/a.txt", "one\ntwo\n");
    await editText(folders, {
      path: "src/deep/a.txt",
      find: "two",
      replace: "2 $& $1",
      all: false,
    });
    expect(await readText(folders, "src/deep/a.txt")).toBe("one\n2 $& $1\n");
    expect(await readText(folders, "src/deep/a.txt", 2)).toBe("2 $& $1\n");
    await writeText(folders, "$MISSION_DIR/scripts/x.sh", "exit");
    await writeText(folders, "${MISSION_DIR}/assets/y", "");
    expect(readFileSync(join(folders.handover, "scripts/x.sh"), "utf8")).toBe("exit");
    expect(await listFiles(folders, ".")).toBe("src/\nsrc/deep/\nsrc/deep/a.txt");
    expect(await listFiles(folders, "$MISSION_DIR")).toContain("assets/y");
    expect(await readText(folders, inTree("src/deep/a.txt"))).toContain("one");
  });

  it.each([
    "../outside/secret",
    "/etc/passwd",
    "a/../../outside/secret",
    "../tree-2/x",
    "$MISSION_DIR/../outside/secret",
    "a\0b",
    "..",
  ])("refuse %j", async (path) => {
    await expect(readText(folders, path)).rejects.toThrow();
    await expect(writeText(folders, path, "x")).rejects.toThrow();
    expect(readFileSync(join(root, "outside/secret"), "utf8")).toBe("secret");
  });

  it("refuse symlinks that lead out, to files, to folders, and to what does not exist yet", async () => {
    symlinkSync(join(root, "outside/secret"), inTree("file"));
    symlinkSync(join(root, "outside"), inTree("folder"));
    symlinkSync(join(root, "outside/new"), inTree("broken"));
    symlinkSync("folder", inTree("chain"));
    for (const path of [
      "file",
      "folder/secret",
      "folder/new/x",
      "broken",
      "chain/secret",
      "chain/new",
    ]) {
      await expect(readText(folders, path)).rejects.toThrow(/outside|broken/);
      await expect(writeText(folders, path, "x")).rejects.toThrow(/outside|broken/);
    }
    expect(existsSync(join(root, "outside/new"))).toBe(false);
    expect(await listFiles(folders, ".")).not.toContain("secret");
  });

  it("follow symlinks that stay inside", async () => {
    await writeText(folders, "real/a", "x");
    symlinkSync("real", inTree("alias"));
    expect(await readText(folders, "alias/a")).toBe("x");
  });

  it("refuse git's own files", async () => {
    mkdirSync(inTree(".git/hooks"), { recursive: true });
    for (const path of [".git/config", ".GIT/hooks/pre-commit", "sub/.git/config"])
      await expect(writeText(folders, path, "x")).rejects.toThrow(/git/);
    await expect(writeText(folders, ".gitignore", "x")).resolves.toContain("wrote");
  });

  it("do not wait for a pipe, and refuse folders, binaries and giants", async () => {
    execFileSync("mkfifo", [inTree("pipe")]);
    writeFileSync(inTree("binary"), Buffer.from([1, 0, 2]));
    writeFileSync(inTree("giant"), Buffer.alloc(10_000_001, "x"));
    await expect(readText(folders, "pipe")).rejects.toThrow(/not a file/);
    await expect(readText(folders, ".")).rejects.toThrow(/not a file/);
    await expect(readText(folders, "binary")).rejects.toThrow(/binary/);
    await expect(readText(folders, "giant")).rejects.toThrow(/10 MB/);
    await expect(readText(folders, "none")).rejects.toThrow(/does not exist/);
  });

  it("give a long file in parts that fit together", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    await writeText(folders, "long", lines.join("\n"));
    const first = await readText(folders, "long");
    expect(Buffer.byteLength(first)).toBeLessThan(41_000);
    const next = Number(/from_line (\d+)/.exec(first)?.[1]);
    const second = await readText(folders, "long", next);
    expect(second.startsWith(`line ${next - 1}\n`)).toBe(true);
  });

  it("edit only what is there exactly once, unless all is wanted", async () => {
    await writeText(folders, "a", "x x");
    const edit = { path: "a", find: "x", replace: "y" };
    await expect(editText(folders, { ...edit, all: false })).rejects.toThrow(/2 times/);
    await expect(editText(folders, { ...edit, find: "z", all: true })).rejects.toThrow(
      /does not contain/,
    );
    await editText(folders, { ...edit, all: true });
    expect(await readText(folders, "a")).toBe("y y");
  });
});
