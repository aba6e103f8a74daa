import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { enginePaths, type EnginePaths } from "../../store/engine-paths.js";
import { readHostId } from "../../store/host-id.js";

let folder: string;
let paths: EnginePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "missions-host-"));
  paths = enginePaths(join(folder, "engine"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the id of a host", () => {
  it("is made once when many ask for it together", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => readHostId(paths)));
    expect(new Set(ids).size).toBe(1);
    expect(await readHostId(paths)).toBe(ids[0]);
    expect(await readdir(paths.root)).toEqual(["host-id"]);
  });

  it("is made anew when the file cannot be read as one, which stays for whoever asks why", async () => {
    await readHostId(paths);
    await writeFile(paths.hostId, "\0");
    expect(await readHostId(paths)).toMatch(/^[0-9a-f]{12}$/);
    expect(await readdir(paths.root)).toEqual(["host-id", "host-id.unreadable"]);
  });
});
