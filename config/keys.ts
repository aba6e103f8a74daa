/** `keys.json`: model keys and tokens of forges, readable by their owner only; read at each call, so that a new key needs no restart. */
import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { EXIT, Problem } from "../domain/problem.js";
import type { ModelProvider } from "../domain/routing.js";
import { isMissing, writeWhole } from "../store/files.js";
import { Secret } from "./secret.js";

/** Providers that need a key; `compatible` may have one. */
export const KEYED_PROVIDERS = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "compatible",
] as const;
export type KeyedProvider = (typeof KEYED_PROVIDERS)[number];

const entry = z.strictObject({ key: z.string().min(1) }).optional();
const shape = z.strictObject({
  anthropic: entry,
  openai: entry,
  google: entry,
  openrouter: entry,
  compatible: entry,
  /** By host. */
  forges: z
    .record(
      z.string(),
      z.strictObject({ kind: z.enum(["github", "gitea", "gitlab"]), token: z.string().min(1) }),
    )
    .optional(),
});
type Keys = z.output<typeof shape>;
export type ForgeTokens = NonNullable<Keys["forges"]>;

/** Providers that have a key, never the keys. @throws Problem when the file cannot be used or others may read it. */
export async function readKeyNames(path: string): Promise<KeyedProvider[]> {
  const keys = await readKeys(path);
  return KEYED_PROVIDERS.filter((provider) => keys[provider] !== undefined);
}

/** @throws Problem when the file cannot be used or others may read it. */
export async function readKey(path: string, provider: ModelProvider): Promise<Secret | undefined> {
  if (provider === "demo") return undefined;
  const entry = (await readKeys(path))[provider];
  return entry === undefined ? undefined : new Secret(entry.key);
}

/** Adds or replaces one key; the file is written whole with mode 0600, whatever it was before. */
export async function writeKey(path: string, provider: KeyedProvider, key: Secret): Promise<void> {
  const value = key.reveal().trim();
  if (value === "" || /\s/.test(value)) {
    throw new Problem(EXIT.badInput, `That is not a key for ${provider}.`, "Paste the key alone.");
  }
  await save(path, { ...(await parseKeys(path)), [provider]: { key: value } });
}

/** @returns false when there was none. */
export async function removeKey(path: string, provider: KeyedProvider): Promise<boolean> {
  const { [provider]: removed, ...rest } = await parseKeys(path);
  if (removed === undefined) return false;
  await save(path, rest);
  return true;
}

/** @throws Problem when the file cannot be used or others may read it. */
export const readForgeTokens = async (path: string): Promise<ForgeTokens> =>
  (await readKeys(path)).forges ?? {};

/** Replaces the tokens of all forges; the file is written as by `writeKey`. */
export async function writeForgeTokens(
  path: string,
  change: (tokens: ForgeTokens) => ForgeTokens,
): Promise<void> {
  const { forges = {}, ...keys } = await parseKeys(path);
  await save(path, { ...keys, forges: change(forges) });
}

const save = (path: string, keys: Keys) =>
  writeWhole(path, `${JSON.stringify(keys, null, 2)}\n`, 0o600);

async function readKeys(path: string): Promise<Keys> {
  const keys = await parseKeys(path);
  const mode = Object.keys(keys).length === 0 ? 0 : (await stat(path)).mode;
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new Problem(
      EXIT.noModel,
      `The keys in ${path} can be read by other users of this machine.`,
      `Run: chmod 600 '${path}' and consider replacing the keys.`,
    );
  }
  return keys;
}

async function parseKeys(path: string): Promise<Keys> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return {};
    throw unusable(path);
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw unusable(path); // without a cause: a parser's message may quote the key
  }
}

const unusable = (path: string) =>
  new Problem(
    EXIT.noModel,
    `The file of keys ${path} cannot be read.`,
    `It must look like {"anthropic": {"key": "..."}}; or remove it and enter the keys again.`,
  );
