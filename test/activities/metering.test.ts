import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { bookedCost, fitCall, promptBound, worstCost } from "../../activities/metering.js";
import { createPrices } from "../../config/prices.js";
import type { Amount } from "../../domain/mission.js";

const models = [
  "anthropic/claude-sonnet-4-5",
  "openai/gpt-5.5",
  "google/gemini-2.5-pro",
  "demo/canned",
  "compatible/free",
];
const free = { input_usd_per_million: 0, output_usd_per_million: 0 };
const prices = createPrices(() => ({ models: { "compatible/free": free } }));
const amount = fc.record({
  microUsd: fc.integer({ min: 0, max: 5_000_000 }),
  tokens: fc.integer({ min: 0, max: 400_000 }),
});
/** Tokens below which no call is made. */
const LEAST = 512;
/** A share of a whole number, from 0 to all of it. */
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("metering", () => {
  it("never books more than the slice while usage stays within what was sent and allowed", () => {
    const call = fc.record({
      added: fc.integer({ min: 0, max: 60_000 }),
      input: share,
      read: share,
      written: share,
      output: share,
      tells: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        amount,
        fc.array(call, { maxLength: 20 }),
        (model, slice, calls) => {
          const spent: Amount = { microUsd: 0, tokens: 0 };
          let known: { promptTokens: number; outputTokens: number } | undefined;
          for (const { added, input, read, written, output, tells } of calls) {
            const bound = promptBound(known, added, 2);
            const left = {
              microUsd: slice.microUsd - spent.microUsd,
              tokens: slice.tokens - spent.tokens,
            };
            const fit = fitCall(prices, model, bound, { wanted: 8_192, least: LEAST }, left);
            if (fit.kind === "short") break;
            expect(fit.maxOutputTokens).toBeGreaterThanOrEqual(LEAST);
            expect(fit.maxOutputTokens).toBeLessThanOrEqual(8_192);
            const inputTokens = Math.floor(bound * input);
            const cacheReadTokens = Math.floor(inputTokens * read);
            const usage = {
              inputTokens,
              cacheReadTokens,
              cacheWriteTokens: Math.floor((inputTokens - cacheReadTokens) * written),
              outputTokens: Math.floor(fit.maxOutputTokens * output),
              reasoningTokens: 0,
            };
            const { cost } = bookedCost(prices, model, tells ? usage : undefined, fit.worst);
            spent.microUsd += cost.microUsd;
            spent.tokens += cost.tokens;
            known = tells
              ? { promptTokens: inputTokens, outputTokens: usage.outputTokens }
              : undefined;
            expect(spent.microUsd).toBeLessThanOrEqual(slice.microUsd);
            expect(spent.tokens).toBeLessThanOrEqual(slice.tokens);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("buys the longest answer that both currencies allow", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        amount,
        fc.integer({ min: 0, max: 50_000 }),
        (model, left, input) => {
          const fit = fitCall(prices, model, input, { wanted: 4_096, least: LEAST }, left);
          const affordable = (output: number) => {
            const cost = worstCost(prices, model, input, output);
            return cost.microUsd <= left.microUsd && cost.tokens <= left.tokens;
          };
          if (fit.kind === "short") expect(affordable(LEAST)).toBe(false);
          else {
            expect(affordable(fit.maxOutputTokens)).toBe(true);
            if (fit.maxOutputTokens < 4_096)
              expect(affordable(fit.maxOutputTokens + 1)).toBe(false);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("asks for enough to make the call with the whole answer", () => {
    const left = { microUsd: 10, tokens: 10 };
    const fit = fitCall(prices, "demo/canned", 5_000, { wanted: 8_192, least: LEAST }, left);
    if (fit.kind !== "short") throw new Error("it must be short");
    expect(
      fitCall(prices, "demo/canned", 5_000, { wanted: 8_192, least: LEAST }, fit.ask),
    ).toMatchObject({
      kind: "fits",
      maxOutputTokens: 8_192,
    });
  });

  it("counts the prompt in its dearest class", () => {
    const worst = worstCost(prices, "anthropic/claude-sonnet-4-5", 100_000, 0);
    expect(worst.microUsd).toBe(375_000);
  });

  it("books a bill above the worst case in full", () => {
    const usage = {
      inputTokens: 9_000,
      outputTokens: 9_000,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    };
    const { cost } = bookedCost(prices, "demo/canned", usage, { microUsd: 1, tokens: 1 });
    expect(cost).toEqual({ microUsd: 162_000, tokens: 18_000 });
  });
});
