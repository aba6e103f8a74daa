import { takeVendorKey, VENDOR_KEYS, type VendorKeyName } from "../../config/env.js";
import { listForges, SERVER_KINDS } from "../../config/forges.js";
import {
  KEYED_PROVIDERS,
  readKey,
  readKeyNames,
  removeKey,
  writeKey,
  type KeyedProvider,
} from "../../config/keys.js";
import type { Secret } from "../../config/secret.js";
import { formatUsd } from "../../domain/money.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { keepTestedKey } from "../start/key-setup.js";
import { openModelTools } from "../start/models.js";
import { testModelOf } from "../start/suggested-models.js";
import { forgeFrom, removeForge, setForgeToken, testForgeToken } from "./forge-key.js";
import { typedSecret } from "./typed-secret.js";

/** Asked for hidden, read from stdin, or taken from the shell on request; never an argument, which others could see. */
export async function runKeySet(
  context: Context,
  typed: string[],
  options: { fromEnv?: boolean | undefined; host?: string | undefined },
) {
  const forge = forgeFrom(typed, options.host);
  if (forge !== undefined) return setForgeToken(context, forge);
  const provider = providerFrom(typed);
  const key =
    options.fromEnv === true ? keyInShell(provider) : await typedSecret(context, "Key", provider);
  if (provider === "compatible") await writeKey(context.paths.keys, provider, key);
  else await keepTestedKey(context, provider, key);
  context.output.answer({ provider, kept: true }, [`The key for ${provider} is kept.`]);
  return EXIT.ok;
}

export async function runKeyList(context: Context) {
  const providers = await readKeyNames(context.paths.keys);
  const forges = await listForges(context.paths.keys);
  const names = [...providers, ...forges.map(({ kind, host }) => `${kind} (${host})`)];
  context.output.answer(
    { providers, forges },
    names.length === 0 ? ["No keys are kept. Add one with: npx missions key set anthropic"] : names,
  );
  return EXIT.ok;
}

export async function runKeyRemove(
  context: Context,
  typed: string[],
  options: { host?: string | undefined } = {},
) {
  const forge = forgeFrom(typed, options.host);
  if (forge !== undefined) return removeForge(context, forge);
  const provider = providerFrom(typed);
  if (!(await removeKey(context.paths.keys, provider))) throw noKeptKey(provider);
  context.output.answer({ provider, removed: true }, [`The key for ${provider} is removed.`]);
  return EXIT.ok;
}

export async function runKeyTest(
  context: Context,
  typed: string[],
  options: { host?: string | undefined } = {},
) {
  const forge = forgeFrom(typed, options.host);
  if (forge !== undefined) return testForgeToken(context, forge);
  const provider = providerFrom(typed);
  if (provider === "compatible") {
    throw new Problem(
      EXIT.badInput,
      "A compatible endpoint has no model that a test could name.",
      "Start a mission on it.",
    );
  }
  const key = await readKey(context.paths.keys, provider);
  if (key === undefined) throw noKeptKey(provider);
  const [{ testKey }, { prices, addressOf }] = await Promise.all([
    import("../../config/key-test.js"),
    openModelTools(context),
  ]);
  const name = testModelOf(provider);
  const costMicroUsd = await testKey({ provider, name, key, prices, ...addressOf(provider) });
  context.output.answer({ provider, model: `${provider}/${name}`, works: true, costMicroUsd }, [
    `The key for ${provider} works; the test cost ${formatUsd(costMicroUsd)}.`,
  ]);
  return EXIT.ok;
}

function providerFrom([typed = "", ...more]: string[]): KeyedProvider {
  const provider = KEYED_PROVIDERS.find((known) => known === typed.toLowerCase());
  if (provider !== undefined && more.length === 0) return provider;
  throw new Problem(
    EXIT.badInput,
    // What was typed is not repeated: it may be the key.
    more.length > 0
      ? "One provider at a time; a key is never an argument."
      : "That is no provider we know.",
    `Use one of ${[...KEYED_PROVIDERS, ...SERVER_KINDS].join(", ")}, as: npx missions key set anthropic`,
  );
}

const SHELL_NAMES: Partial<Record<KeyedProvider, VendorKeyName>> = {
  anthropic: "ANTHROPIC_API_KEY",
  openai: "OPENAI_API_KEY",
  google: "GOOGLE_GENERATIVE_AI_API_KEY",
  openrouter: "OPENROUTER_API_KEY",
};

function keyInShell(provider: KeyedProvider): Secret {
  const name = SHELL_NAMES[provider];
  const key = name === undefined ? undefined : takeVendorKey(name);
  if (key !== undefined) return key;
  throw new Problem(
    EXIT.noModel,
    `The shell has no key for ${provider}.`,
    `Set ${name ?? VENDOR_KEYS.join(" or ")}, or enter the key: npx missions key set ${provider}`,
  );
}

const noKeptKey = (provider: KeyedProvider) =>
  new Problem(
    EXIT.noModel,
    `No key for ${provider} is kept.`,
    `Enter one with: npx missions key set ${provider}`,
  );
