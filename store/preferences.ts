/** `preferences.yaml` of the home: what a person prefers in every mission. Theirs to edit; comments and other keys stay. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { cleanLine } from "../domain/clean-text.js";
import { EXIT, Problem } from "../domain/problem.js";
import { PREFERENCE_NAMES, type PreferenceName } from "../domain/scope.js";
import { isMissing, writeWhole } from "./files.js";

const MOST_BYTES = 256_000;
const MOST_CHARACTERS = 1_500;
const HEAD =
  " What you prefer in every mission. `npx missions start` offers these as defaults.\n Other keys and comments stay as you write them.";

type Yaml = ReturnType<typeof parseDocument>;

export const preferencesPath = (home: string) => join(home, "preferences.yaml");

/** By PREFERENCE_NAMES; none when there is no file. A list becomes one text. @throws Problem for a file that cannot be used. */
export async function readPreferences(home: string): Promise<Record<string, string>> {
  const document = await readDocument(preferencesPath(home));
  return document === undefined ? {} : valuesOf(document);
}

/**
 * Sets (or with undefined removes) preferences in the file; everything else in it stays.
 * @returns false when nothing had to be changed. @throws Problem for a file that cannot be used, which stays as it is.
 */
export async function rememberPreferences(
  home: string,
  changes: Partial<Record<PreferenceName, string | undefined>>,
): Promise<boolean> {
  const path = preferencesPath(home);
  const document = await readDocument(path);
  const known = document === undefined ? {} : valuesOf(document);
  const changed = PREFERENCE_NAMES.filter(
    (name) => name in changes && changes[name] !== known[name],
  );
  if (changed.length === 0) return false;
  const edited = document ?? withHead(parseDocument(""));
  for (const name of changed) {
    const value = changes[name];
    if (value === undefined) edited.delete(name);
    else edited.set(name, value);
  }
  await writeWhole(path, edited.toString({ lineWidth: 0 }));
  return true;
}

function withHead(document: Yaml): Yaml {
  document.commentBefore = HEAD;
  return document;
}

async function readDocument(path: string): Promise<Yaml | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw unusable(path, error.message.split("\n")[0] ?? "", error);
  const values = asPlain(path, document);
  if (values === null || (typeof values === "object" && !Array.isArray(values))) return document;
  throw unusable(path, "it is not a list of names and values");
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw unusable(path, "it is not a file");
    if (found.size > MOST_BYTES) throw unusable(path, `it has ${found.size} bytes`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function asPlain(path: string, document: Yaml): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "", cause);
  }
}

function valuesOf(document: Yaml): Record<string, string> {
  const plain = (document.toJS({ maxAliasCount: 20 }) ?? {}) as Record<string, unknown>;
  const pairs = PREFERENCE_NAMES.map((name) => [name, textOf(plain[name])] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ""));
}

function textOf(value: unknown): string {
  const parts = (Array.isArray(value) ? value : [value]).filter((part) =>
    ["string", "number", "boolean"].includes(typeof part),
  );
  return cleanLine(parts.map(String).join(", "), MOST_CHARACTERS);
}

const unusable = (path: string, why: string, cause?: unknown) =>
  new Problem(
    EXIT.badInput,
    `Your preferences cannot be used: ${why.replace(/[.:]$/, "")}.`,
    `Mend or remove ${path}; until then nothing is remembered in it.`,
    cause,
  );
