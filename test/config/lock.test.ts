import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { withLock } from "../../config/lock.js";
import { Problem } from "../../domain/problem.js";

let folder: string;
let path: string;
const options = { waitMs: 60_000, onWait: () => undefined };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "missions-lock-"));
  path = join(folder, "run", "up.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("withLock", () => {
  it("lets one at a time in and leaves nothing behind", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, options, work)));
    expect(most).toBe(1);
    expect(await readdir(join(folder, "run"))).toEqual([]);
  });

  it("lets go when the work fails", async () => {
    await expect(withLock(path, options, () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    expect(await withLock(path, options, async () => "again")).toBe("again");
  });

  it("breaks the lock of a process that is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await withLock(path, options, async () => undefined);
    await writeFile(path, JSON.stringify({ pid: child.pid, startTime: "5" }));
    expect(await withLock(path, options, async () => "in")).toBe("in");
  });

  it("breaks the lock of an earlier process with an id that is in use again", async () => {
    await withLock(path, options, async () => undefined);
    await writeFile(path, JSON.stringify({ pid: process.pid, startTime: "1" }));
    expect(await withLock(path, options, async () => "in")).toBe("in");
  });

  it("breaks a lock that names nobody", async () => {
    await withLock(path, options, async () => undefined);
    await writeFile(path, "");
    expect(await withLock(path, options, async () => "in")).toBe("in");
  });

  it("says who it waits for, and gives up with a remedy", async () => {
    const waited: number[] = [];
    const onWait = ({ pid }: { pid: number }) => waited.push(pid);
    const inner = () => withLock(path, { waitMs: 0, onWait }, async () => undefined);
    await expect(withLock(path, options, inner)).rejects.toBeInstanceOf(Problem);
    expect(waited).toEqual([process.pid]);
  });
});
