/** Prices of models: the settings first, then the maintained price library. What neither knows is an error, never free. */
import { calcPrice } from "@pydantic/genai-prices";
import { EXIT, Problem } from "../domain/problem.js";
import { parseModelId } from "../domain/routing.js";
import type { ModelPrice, Settings } from "./settings.js";

/** Version of the price library that package.json pins, kept with each call. */
const LIBRARY = "genai-prices 0.1.8";

/** The demo's replies are canned and cost nothing; this price makes its ledger real arithmetic. */
const DEMO_PRICE: ModelPrice = { input_usd_per_million: 3, output_usd_per_million: 15 };

/** Tokens by class of one call. `inputTokens` includes the cached ones, `outputTokens` the reasoning. */
interface Usage {
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
}

export interface Prices {
  /** Micro-USD, rounded up. @throws Problem naming the model when no price is known. */
  costMicroUsd(model: string, usage: Usage): number;
  /** Date or version of the table that the price is from. */
  source(model: string): string;
  /** Size of its context window, where settings or library know it. */
  contextTokens(model: string): number | undefined;
}

/** @param settings read at each call, so that a price can be added while missions run. */
export function createPrices(settings: () => Pick<Settings, "models">): Prices {
  const configured = (model: string): ModelPrice | undefined =>
    settings().models[model] ?? (parseModelId(model)?.provider === "demo" ? DEMO_PRICE : undefined);
  return {
    costMicroUsd: (model, usage) => {
      const price = configured(model);
      const usd = price === undefined ? libraryUsd(model, usage) : configuredUsd(price, usage);
      // A double may lie a hair above a whole number of micro-USD; that hair is not a micro-USD.
      return Math.max(0, Math.ceil(usd * 1_000_000 - 1e-6));
    },
    source: (model) => {
      if (settings().models[model] !== undefined) return "settings.yaml";
      return configured(model) === undefined ? LIBRARY : "demo (canned replies, nominal price)";
    },
    contextTokens: (model) => settings().models[model]?.context_tokens ?? libraryWindow(model),
  };
}

function configuredUsd(price: ModelPrice, usage: Usage): number {
  const input = price.input_usd_per_million;
  const read = price.cache_read_usd_per_million ?? input;
  const written = price.cache_write_usd_per_million ?? input;
  const plain = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  return (
    (plain * input +
      usage.cacheReadTokens * read +
      usage.cacheWriteTokens * written +
      usage.outputTokens * price.output_usd_per_million) /
    1_000_000
  );
}

function libraryUsd(model: string, usage: Usage): number {
  const id = parseModelId(model);
  if (id === undefined) throw unknownPrice(model);
  const priced = calcPrice(
    {
      input_tokens: usage.inputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      output_tokens: usage.outputTokens,
    },
    id.name,
    { providerId: id.provider },
  );
  // A free model is free only by an explicit price of 0 in the settings.
  if (priced === null || !isPriced(priced.model_price)) throw unknownPrice(model);
  return priced.total_price;
}

function libraryWindow(model: string): number | undefined {
  const id = parseModelId(model);
  if (id === undefined) return undefined;
  const usage = { input_tokens: 0, output_tokens: 0 };
  return calcPrice(usage, id.name, { providerId: id.provider })?.model.context_window;
}

/** A table entry without both prices would count those tokens as free. */
const isPriced = (table: Record<string, unknown>) =>
  table["input_mtok"] !== undefined && table["output_mtok"] !== undefined;

function unknownPrice(model: string): Problem {
  return new Problem(
    EXIT.noModel,
    `No price is known for the model ${model}.`,
    `Add to settings.yaml in the engine's folder: models: {"${model}": {input_usd_per_million: 0.50, output_usd_per_million: 1.50}} with its true prices (0 only for a model of your own).`,
  );
}
