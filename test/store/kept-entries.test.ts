import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openEntries } from "../../store/kept-entries.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kept-entries-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("entries kept in a file", () => {
  it("are there for the next who opens it, those kept last before all", async () => {
    const file = join(folder, "deep", "entries.json");
    const first = await openEntries<number>(file, 2);
    for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3, b2: 4 }))
      await first.keep(key, value);
    await first.keep("c", 5);
    const second = await openEntries<number>(file, 2);
    expect(["a", "b", "b2", "c"].map(second.get)).toEqual([undefined, undefined, 4, 5]);
  });

  it.each(["", "[1", '"torn"', "7"])("are begun anew where the file says %j", async (text) => {
    const file = join(folder, "entries.json");
    await writeFile(file, text);
    const entries = await openEntries<number>(file, 2);
    expect(entries.get("a")).toBeUndefined();
    await entries.keep("a", 1);
    expect((await openEntries<number>(file, 2)).get("a")).toBe(1);
  });
});
