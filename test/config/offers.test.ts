import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { writeKey } from "../../config/keys.js";
import { providerOffers } from "../../config/offers.js";
import { createPrices } from "../../config/prices.js";
import { Secret } from "../../config/secret.js";
import { createSettingsReader } from "../../config/settings.js";
import { SUGGESTED_MODELS } from "../../config/suggested-models.js";
import { TIERS } from "../../domain/mission.js";

let folder: string;
let keysPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offers-"));
  keysPath = join(folder, "keys.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const offers = (settingsText = "{}", compatibleBaseUrl?: string) => {
  const path = join(folder, "settings.yaml");
  writeFileSync(path, settingsText);
  const settings = createSettingsReader(path);
  return providerOffers({ keysPath, settings, prices: createPrices(settings), compatibleBaseUrl });
};
const free = "{input_usd_per_million: 0, output_usd_per_million: 0}";
const mix = { input: 1_000_000, cacheRead: 0, output: 0 };
const loopback = "http://127.0.0.1:11434/v1";

describe("offers of providers", () => {
  it("are one reference, said to be without a key, where nothing is configured", async () => {
    const found = await offers();
    expect(found).toMatchObject([{ provider: "anthropic (no key yet)", local: false }]);
    expect(found[0]?.models.standard).toBe("anthropic/claude-sonnet-4-5");
    expect(found[0]?.costMicroUsd("standard", mix)).toBeGreaterThan(1_000_000);
  });

  it("are one for each provider with a key, with suggested models, every one of a known price", async () => {
    const providers = ["anthropic", "openai", "google", "openrouter"] as const;
    for (const provider of providers) await writeKey(keysPath, provider, new Secret("sk-one"));
    const found = await offers();
    expect(found.map(({ provider }) => provider).sort()).toEqual([...providers].sort());
    for (const { models, costMicroUsd } of found) {
      for (const tier of TIERS) {
        expect(models[tier]).toContain("/");
        expect(costMicroUsd(tier, mix)).toBeGreaterThan(0);
      }
      expect(costMicroUsd("simple", mix)).toBeLessThan(costMicroUsd("thinking", mix));
    }
  });

  it("take models from the routing: its tiers first, then its roles, and the preferred provider first", async () => {
    await writeKey(keysPath, "anthropic", new Secret("sk-one"));
    const found = await offers(
      "routing: {workers: openai/gpt-5, orchestrator: openai/gpt-5.5, tiers: {simple: openai/gpt-5-nano}}",
    );
    expect(found.map(({ provider }) => provider)).toEqual(["openai", "anthropic"]);
    expect(found[0]?.models).toEqual({
      simple: "openai/gpt-5-nano",
      standard: "openai/gpt-5",
      thinking: "openai/gpt-5.5",
    });
    const { simple, standard, thinking } = SUGGESTED_MODELS.anthropic;
    expect(found[1]?.models).toEqual({ simple, standard, thinking });
  });

  it("are local where the price was set to 0, or the address is this machine", async () => {
    const own = await offers(
      `{compatible: {base_url: "${loopback}"}, models: {compatible/qwen3: ${free}}}`,
    );
    expect(own).toMatchObject([{ provider: "compatible", local: true }]);
    expect(own[0]?.models.thinking).toBe("compatible/qwen3");
    expect(own[0]?.costMicroUsd("standard", mix)).toBe(0);
    const priced = "{input_usd_per_million: 1, output_usd_per_million: 2}";
    const text = `{routing: {workers: compatible/big}, models: {compatible/big: ${priced}}}`;
    expect(await offers(text, "http://localhost:1/v1")).toMatchObject([{ local: true }]);
    expect(await offers(text, "https://models.example/v1")).toMatchObject([{ local: false }]);
  });

  it("are an error that names the model where its price is not known, never free", async () => {
    await expect(offers("routing: {workers: compatible/mystery}", loopback)).rejects.toMatchObject({
      exitCode: 5,
      message: "No price is known for the model compatible/mystery.",
    });
    const [offer] = await offers();
    expect(() => offer?.costOfModelMicroUsd?.("openai/gpt-nonsense", mix)).toThrow("gpt-nonsense");
  });

  it("do not count the demo, nor an endpoint of which no model is named", async () => {
    const [demo] = await offers("routing: {workers: demo/canned}");
    expect(demo?.provider).toBe("anthropic (no key yet)");
    const [endpoint] = await offers("{}", loopback);
    expect(endpoint?.provider).toBe("anthropic (no key yet)");
  });

  it("price classes apart: cached reads cheap, what is written to a cache dear, batches at the published half", async () => {
    const [offer] = await offers();
    const cost = (tokens: object) =>
      offer?.costMicroUsd("standard", { input: 0, cacheRead: 0, output: 0, ...tokens }) ?? 0;
    // Sonnet 4.5 per million: 3.75 to write, 0.30 to read, 15 out.
    expect(cost({ input: 40_000 })).toBe(150_000);
    expect(cost({ cacheRead: 40_000 })).toBe(12_000);
    expect(cost({ output: 40_000 })).toBe(600_000);
    expect(offer?.batchMicroUsd?.("standard", { input: 40_000, cacheRead: 0, output: 0 })).toBe(
      75_000,
    );
  });

  it("price many calls of usual length, not one of a length for which prices rise", async () => {
    const [offer] = await offers();
    const one = offer?.costMicroUsd("standard", { input: 50_000, cacheRead: 0, output: 0 }) ?? 0;
    const forty = offer?.costMicroUsd("standard", { input: 2_000_000, cacheRead: 0, output: 0 });
    expect(forty).toBe(40 * one);
  });
});
