/** Reaches models by `provider/model`: finds key and address at each call, and tests a key. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LanguageModel } from "ai";
import type { ModelRouting } from "../domain/plan.js";
import { EXIT, Problem } from "../domain/problem.js";
import { MODEL_PROVIDERS, parseModelId } from "../domain/routing.js";
import type { ModelId, ModelProvider } from "../domain/routing.js";
import { readKey } from "./keys.js";
import { addressOf, keyHeaders, openLanguageModel } from "./providers.js";
import type { Connection } from "./providers.js";
import type { Secret } from "./secret.js";
import type { Settings } from "./settings.js";

export interface ModelAccess {
  open(model: string): Promise<{
    provider: ModelProvider;
    languageModel: LanguageModel;
    limitKey: string;
    secrets: string[];
  }>;
  /** Address and key of a provider, for calls that others make through the gateway. @throws Problem as `open`. */
  upstream(provider: ModelProvider): Promise<{
    provider: ModelProvider;
    baseUrl: string;
    headers: Record<string, string>;
    limitKey: string;
    secrets: string[];
  }>;
  /** Finds key and address without calling. @throws Problem saying what is missing and how to give it. */
  check(model: string): Promise<void>;
  defaultRouting(): ModelRouting;
}

export interface ModelSources {
  keysPath: string;
  /** Folder of `demo-model.json`. */
  runFolder: string;
  settings: () => Settings;
  /** From MISSIONS_COMPATIBLE_BASE_URL and _API_KEY; they go before the files. */
  compatibleBaseUrl?: string | undefined;
  compatibleApiKey?: Secret | undefined;
}

export function createModelAccess(sources: ModelSources): ModelAccess {
  const connect = async (model: string): Promise<Connection> => {
    const { provider, name } = requireModelId(model);
    if (provider === "demo")
      return { provider, name, baseUrl: await demoAddress(sources.runFolder) };
    const key = await readKey(sources.keysPath, provider);
    if (provider === "compatible") {
      const baseUrl = sources.compatibleBaseUrl ?? sources.settings().compatible?.base_url;
      if (baseUrl === undefined) throw noAddress(model);
      return { provider, name, baseUrl, key: sources.compatibleApiKey ?? key };
    }
    if (key === undefined) throw noKey(model, provider);
    const baseUrl = sources.settings().providers[provider]?.base_url;
    return { provider, name, key, baseUrl };
  };
  const paying = (connection: Connection) => {
    const secret = connection.key?.reveal();
    const who = createHash("sha256").update(`${connection.baseUrl ?? ""} ${secret ?? ""}`);
    return {
      limitKey: `${connection.provider}/${who.digest("hex").slice(0, 16)}`,
      secrets: secret === undefined ? [] : [secret],
    };
  };
  return {
    open: async (model) => {
      const connection = await connect(model);
      return {
        provider: connection.provider,
        languageModel: await openLanguageModel(connection),
        ...paying(connection),
      };
    },
    upstream: async (provider) => {
      const connection = await connect(`${provider}/any`);
      return {
        provider,
        baseUrl: connection.baseUrl ?? addressOf(provider),
        headers: keyHeaders(provider, connection.key?.reveal()),
        ...paying(connection),
      };
    },
    check: async (model) => {
      await connect(model);
    },
    defaultRouting: () => sources.settings().routing,
  };
}

/** @throws Problem for anything but `provider/model` with a known provider. */
export function requireModelId(model: string): ModelId {
  const id = parseModelId(model);
  if (id !== undefined) return id;
  throw new Problem(
    EXIT.noModel,
    `${JSON.stringify(model.slice(0, 80))} is not a model we can reach.`,
    `Write provider/model with one of ${MODEL_PROVIDERS.join(", ")}, for example anthropic/claude-sonnet-5.`,
  );
}

async function demoAddress(runFolder: string): Promise<string> {
  const text = await readFile(join(runFolder, "demo-model.json"), "utf8").catch(() => "{}");
  const { port } = JSON.parse(text) as { port?: unknown };
  if (typeof port === "number") return `http://127.0.0.1:${port}/v1`;
  // Its own exit code: the server may come back, so an attempt that meets this is tried again.
  throw new Problem(
    EXIT.environment,
    "The demo's model server is not running.",
    "Start it with: npx missions start --demo",
  );
}

const noKey = (model: string, provider: ModelProvider) =>
  new Problem(
    EXIT.noModel,
    `There is no key for ${provider}, which ${model} needs.`,
    `Enter it with: npx missions key set ${provider}; or use a local model, or --demo.`,
  );

const noAddress = (model: string) =>
  new Problem(
    EXIT.noModel,
    `No address is known for ${model}.`,
    "Set MISSIONS_COMPATIBLE_BASE_URL, for example http://127.0.0.1:11434/v1, or compatible: {base_url: ...} in settings.yaml.",
  );
