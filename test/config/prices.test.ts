import { describe, expect, it } from "@jest/globals";
import { createPrices } from "../../config/prices.js";
import type { ModelPrice } from "../../config/settings.js";

const usage = (more: object = {}) => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  ...more,
});
const withModels = (models: Record<string, ModelPrice> = {}) => createPrices(() => ({ models }));
const million = usage({ inputTokens: 100_000, outputTokens: 100_000 });

describe("prices", () => {
  it("come from the library for models that it knows", () => {
    const prices = withModels();
    for (const model of [
      "anthropic/claude-sonnet-5",
      "openai/gpt-5.5",
      "google/gemini-2.5-pro",
      "openrouter/anthropic/claude-sonnet-4",
    ]) {
      expect(prices.costMicroUsd(model, million)).toBeGreaterThan(100_000);
      expect(prices.source(model)).toContain("genai-prices");
    }
    expect(prices.costMicroUsd("anthropic/claude-sonnet-4-5", million)).toBe(1_800_000);
  });

  it("tell classes of tokens apart", () => {
    const prices = withModels();
    const cost = (more: object) =>
      prices.costMicroUsd("anthropic/claude-sonnet-4-5", usage({ inputTokens: 10_000, ...more }));
    expect(cost({})).toBe(30_000);
    expect(cost({ cacheReadTokens: 10_000 })).toBe(3_000);
    expect(cost({ cacheWriteTokens: 10_000 })).toBe(37_500);
  });

  it("are rounded up to whole micro-USD", () => {
    const prices = withModels({
      "compatible/a": { input_usd_per_million: 0.3, output_usd_per_million: 0 },
    });
    expect(prices.costMicroUsd("compatible/a", usage({ inputTokens: 1 }))).toBe(1);
    expect(prices.costMicroUsd("compatible/a", usage({ inputTokens: 10 }))).toBe(3);
    expect(prices.costMicroUsd("compatible/a", usage({ inputTokens: 11 }))).toBe(4);
  });

  it("come from the settings first, and are zero only where the settings say so", () => {
    const prices = withModels({
      "compatible/qwen3": { input_usd_per_million: 0, output_usd_per_million: 0 },
      "openai/gpt-5.5": {
        input_usd_per_million: 1,
        output_usd_per_million: 2,
        cache_read_usd_per_million: 0.1,
      },
    });
    expect(prices.costMicroUsd("compatible/qwen3", million)).toBe(0);
    expect(prices.costMicroUsd("openai/gpt-5.5", million)).toBe(300_000);
    expect(
      prices.costMicroUsd("openai/gpt-5.5", usage({ inputTokens: 1_000, cacheReadTokens: 1_000 })),
    ).toBe(100);
    expect(prices.source("openai/gpt-5.5")).toBe("settings.yaml");
  });

  it("are nominal for the demo, and say so", () => {
    const prices = withModels();
    expect(prices.costMicroUsd("demo/canned", million)).toBe(1_800_000);
    expect(prices.source("demo/canned")).toContain("canned");
  });

  it.each([
    "compatible/qwen3",
    "openai/gpt-nonsense",
    "anthropic/claude-9",
    "openrouter/nobody/nothing",
    "nobody/nothing",
    "none",
    "",
  ])("are an error for %j, with the lines to add", (model) => {
    const ask = () => withModels().costMicroUsd(model, million);
    expect(ask).toThrow(`No price is known for the model ${model}.`);
    try {
      ask();
    } catch (error) {
      expect(error).toMatchObject({
        exitCode: 5,
        remedy: expect.stringContaining(`{"${model}": {input_usd_per_million:`),
      });
    }
  });

  it("know the window of a model from the settings, else from the library, else not", () => {
    const price = { input_usd_per_million: 0, output_usd_per_million: 0 };
    const prices = createPrices(() => ({
      models: {
        "compatible/small": { ...price, context_tokens: 8_000 },
        "compatible/other": price,
      },
    }));
    expect(prices.contextTokens("compatible/small")).toBe(8_000);
    expect(prices.contextTokens("compatible/other")).toBeUndefined();
    expect(prices.contextTokens("anthropic/claude-sonnet-4-5")).toBe(200_000);
    expect(prices.contextTokens("none")).toBeUndefined();
  });
});
