import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testKey } from "../../config/key-test.js";
import { writeKey } from "../../config/keys.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { Secret } from "../../config/secret.js";
import { createSettingsReader } from "../../config/settings.js";
import { startModelServer } from "../../workers/demo-model-server.js";

let folder: string;
let settingsPath: string;
let keysPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-"));
  settingsPath = join(folder, "settings.yaml");
  keysPath = join(folder, "keys.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const access = (compatibleBaseUrl?: string) =>
  createModelAccess({
    keysPath,
    runFolder: join(folder, "run"),
    settings: createSettingsReader(settingsPath),
    compatibleBaseUrl,
  });

describe("models", () => {
  it("need provider and name", async () => {
    for (const model of ["gpt-5", "nobody/x", "openai/", "", "openai/two words"])
      await expect(access().check(model)).rejects.toMatchObject({
        exitCode: 5,
        remedy: expect.stringContaining("provider/model"),
      });
  });

  it("need a key of their provider, which counts from the moment it is there", async () => {
    const models = access();
    await expect(models.check("anthropic/claude-sonnet-5")).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("anthropic"),
    });
    await writeKey(keysPath, "anthropic", new Secret("sk-one"));
    await expect(models.check("anthropic/claude-sonnet-5")).resolves.toBeUndefined();
    const opened = await models.open("anthropic/claude-sonnet-5");
    expect(opened).toMatchObject({ provider: "anthropic", secrets: ["sk-one"] });
    expect(opened.limitKey).not.toContain("sk-one");
  });

  it.each(["anthropic", "openai", "google", "openrouter"] as const)(
    "are opened at %s without a call",
    async (provider) => {
      await writeKey(keysPath, provider, new Secret("sk-one"));
      const { languageModel } = await access().open(`${provider}/some/model`);
      expect(languageModel).toMatchObject({ modelId: "some/model" });
    },
  );

  it("of one's own need an address, from the environment or the settings", async () => {
    await expect(access().check("compatible/qwen3")).rejects.toMatchObject({
      exitCode: 5,
      remedy: expect.stringContaining("MISSIONS_COMPATIBLE_BASE_URL"),
    });
    await expect(
      access("http://127.0.0.1:1/v1").check("compatible/qwen3"),
    ).resolves.toBeUndefined();
    writeFileSync(settingsPath, "compatible: {base_url: 'http://127.0.0.1:11434/v1'}\n");
    await expect(access().check("compatible/qwen3")).resolves.toBeUndefined();
  });

  it.each(["anthropic", "openai", "google", "openrouter"] as const)(
    "of %s are where the settings send them, else at the provider",
    async (provider) => {
      await writeKey(keysPath, provider, new Secret("sk-one"));
      const usual = await access().upstream(provider);
      expect(usual.baseUrl).toMatch(/^https:/);
      writeFileSync(
        settingsPath,
        `providers: {${provider}: {base_url: "http://127.0.0.1:9/v1"}}\n`,
      );
      const own = await access().upstream(provider);
      expect(own).toMatchObject({ baseUrl: "http://127.0.0.1:9/v1", secrets: ["sk-one"] });
      expect(JSON.stringify(own.headers)).toContain("sk-one");
      expect(own.limitKey).not.toBe(usual.limitKey);
      expect((await access().open(`${provider}/some`)).limitKey).toBe(own.limitKey);
    },
  );

  it("of the demo are where its server says", async () => {
    await expect(access().check("demo/canned")).rejects.toMatchObject({ exitCode: 8 });
    mkdirSync(join(folder, "run"));
    writeFileSync(join(folder, "run", "demo-model.json"), '{"port": 7}');
    await expect(access().check("demo/canned")).resolves.toBeUndefined();
  });
});

describe("the settings", () => {
  it("are read anew when they change", () => {
    const settings = createSettingsReader(settingsPath);
    expect(settings()).toMatchObject({ models: {}, routing: {} });
    writeFileSync(
      settingsPath,
      "routing: {workers: openai/gpt-5.5, tiers: {simple: demo/canned}}\nother: 7\n",
    );
    expect(settings().routing).toEqual({
      workers: "openai/gpt-5.5",
      tiers: { simple: "demo/canned" },
    });
    writeFileSync(settingsPath, "");
    expect(settings().routing).toEqual({});
  });

  it.each([
    ["models: {qwen3: {input_usd_per_million: 1, output_usd_per_million: 1}}", "models.qwen3"],
    [
      "models: {compatible/a: {input_usd_per_million: -1, output_usd_per_million: 1}}",
      "input_usd_per_million",
    ],
    ["models: {compatible/a: {input_usd_per_million: 1}}", "output_usd_per_million"],
    [
      "models: {compatible/a: {input_usd_per_million: .nan, output_usd_per_million: 1}}",
      "input_usd_per_million",
    ],
    ["routing: {worker: a/b}", "worker"],
    ["compatible: {base_url: 'file:///etc'}", "compatible.base_url"],
    ["providers: {openai: {base_url: 'ftp://x'}}", "providers.openai.base_url"],
    ["providers: {demo: {base_url: 'http://x'}}", "demo"],
    ["models: [", "settings"],
    ["a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b]", "alias"],
  ])("name what cannot be used in %j", (content, named) => {
    writeFileSync(settingsPath, content);
    const read = createSettingsReader(settingsPath);
    expect(read).toThrow(
      expect.objectContaining({
        name: "Problem",
        exitCode: 5,
        message: expect.stringContaining(named),
      }),
    );
  });
});

describe("the test of a key", () => {
  const prices = createPrices(() => ({
    models: {
      "compatible/a": { input_usd_per_million: 1, output_usd_per_million: 1 },
      "compatible/dear": { input_usd_per_million: 40, output_usd_per_million: 400 },
    },
  }));
  const test = (baseUrl: string, name = "a") =>
    testKey({ provider: "compatible", name, key: new Secret("sk-very-secret"), prices, baseUrl });

  it("makes one call and says what it cost", async () => {
    const server = await startModelServer({ replies: { "": [{ say: "ok" }] } });
    const cost = await test(server.baseUrl);
    expect(server.calls).toHaveLength(1);
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(10_000);
    await server.stop();
  });

  it("makes no call that could cost a cent", async () => {
    const server = await startModelServer({ replies: {} });
    await expect(test(server.baseUrl, "dear")).rejects.toMatchObject({ exitCode: 5 });
    expect(server.calls).toHaveLength(0);
    await server.stop();
  });

  it("says that a key is refused without showing it, even when the provider does", async () => {
    const server = createServer((request, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: `bad ${request.headers.authorization ?? ""}` } }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const error = await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      name: "Problem",
      exitCode: 5,
      message: "compatible refused the key.",
    });
    expect((error as Error).cause).toBeUndefined();
    server.close();
  });

  it("says that nobody answered", async () => {
    await expect(test("http://127.0.0.1:9/v1")).rejects.toMatchObject({
      message: "compatible did not answer.",
    });
  });
});
