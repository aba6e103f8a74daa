import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKey, readKeyNames, removeKey, writeKey } from "../../config/keys.js";
import { Secret } from "../../config/secret.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
  path = join(folder, "keys.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("model keys", () => {
  it("are kept for their owner only and found by provider", async () => {
    await writeKey(path, "anthropic", new Secret(" sk-1 "));
    await writeKey(path, "openai", new Secret("sk-2"));
    await writeKey(path, "anthropic", new Secret("sk-3"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readKeyNames(path)).toEqual(["anthropic", "openai"]);
    expect((await readKey(path, "anthropic"))?.reveal()).toBe("sk-3");
    expect(await readKey(path, "google")).toBeUndefined();
    expect(await readKey(path, "demo")).toBeUndefined();
  });

  it("are gone when they are removed", async () => {
    expect(await removeKey(path, "openai")).toBe(false);
    await writeKey(path, "openai", new Secret("sk-2"));
    expect(await removeKey(path, "openai")).toBe(true);
    expect(await readKeyNames(path)).toEqual([]);
    expect(readFileSync(path, "utf8")).not.toContain("sk-2");
  });

  it("are none where there is no file", async () => {
    expect(await readKeyNames(path)).toEqual([]);
  });

  it("are not used while others may read them; entering one again mends that", async () => {
    await writeKey(path, "openai", new Secret("sk-2"));
    chmodSync(path, 0o640);
    await expect(readKey(path, "openai")).rejects.toMatchObject({
      name: "Problem",
      exitCode: 5,
      remedy: expect.stringContaining("chmod 600"),
    });
    await writeKey(path, "openai", new Secret("sk-4"));
    expect((await readKey(path, "openai"))?.reveal()).toBe("sk-4");
  });

  it("stay out of the message when the file is broken", async () => {
    for (const content of [
      '{"openai": {"key": "sk-secret"',
      '{"nobody": {"key": "sk-secret"}}',
      '["sk-secret"]',
    ]) {
      writeFileSync(path, content, { mode: 0o600 });
      const error = await readKeyNames(path).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "Problem", message: expect.stringContaining(path) });
      expect(
        `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ""}`,
      ).not.toContain("sk-secret");
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it("are refused when they are no keys", async () => {
    for (const value of ["", "  ", "two words"])
      await expect(writeKey(path, "openai", new Secret(value))).rejects.toMatchObject({
        exitCode: 2,
      });
  });
});
