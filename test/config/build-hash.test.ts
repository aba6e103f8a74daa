import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { buildHash } from "../../config/build-hash.js";

let dist: string;
const write = async (file: string, content: string) => {
  await mkdir(dirname(join(dist, file)), { recursive: true });
  await writeFile(join(dist, file), content);
};

beforeEach(async () => {
  dist = await mkdtemp(join(tmpdir(), "build-hash-"));
  await write("workers/main.js", "1");
  await write("workflow-bundle.js", "1");
});
afterEach(() => rm(dist, { recursive: true, force: true }));

describe("the hash of a build", () => {
  it.each(["workers/main.js", "workflow-bundle.js", "qa/run.js", "of-tomorrow/deep/new.js"])(
    "changes with %s",
    async (file) => {
      const before = await buildHash(dist);
      await write(file, "2");
      expect(await buildHash(dist)).not.toBe(before);
    },
  );

  it("stays with the client's code, benchmarks and source maps", async () => {
    const before = await buildHash(dist);
    for (const file of ["client/cli.js", "bench/run.js", "domain/ids.js.map"])
      await write(file, "2");
    expect(await buildHash(dist)).toBe(before);
  });

  it("cannot be told of what is not built, and says how to build", async () => {
    await rm(dist, { recursive: true });
    await expect(buildHash(dist)).rejects.toMatchObject({ remedy: "npm run build" });
  });
});
