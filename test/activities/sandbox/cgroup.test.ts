import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findControlGroups } from "../../../activities/adapters/sandbox/cgroup.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function lay(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}
const limits = { processes: 100, memoryBytes: 2 ** 30, cpuSeconds: 1 };
const find = () => findControlGroups(join(root, "fs"), join(root, "self"));

describe("control groups of version 2", () => {
  it("are made in the nearest group that hands processes and memory on", () => {
    lay({
      self: "0::/user.slice/session-2.scope\n",
      "fs/user.slice/session-2.scope/cgroup.subtree_control": "\n",
      "fs/user.slice/cgroup.subtree_control": "cpu memory pids\n",
      "fs/user.slice/cgroup.procs": "",
    });
    const group = find()?.(limits);
    const folder = dirname(group?.joins[0] ?? "");
    expect(dirname(folder)).toBe(join(root, "fs/user.slice"));
    expect(readFileSync(join(folder, "pids.max"), "utf8")).toBe("116");
    expect(Number(readFileSync(join(folder, "memory.max"), "utf8"))).toBeGreaterThan(2 ** 30);
    expect(group?.ranOut()).toEqual({ memory: false, processes: false });
    writeFileSync(join(folder, "memory.events"), "low 0\noom 1\noom_kill 1\n");
    expect(group?.ranOut()).toMatchObject({ memory: true });
  });

  it("are not made where nothing hands them on, or nothing is there", () => {
    expect(find()).toBeUndefined();
    lay({
      self: "0::/a\n",
      "fs/a/cgroup.subtree_control": "",
      "fs/cgroup.subtree_control": "cpu\n",
    });
    expect(find()).toBeUndefined();
  });
});
