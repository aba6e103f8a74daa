/** A test may go with the code that it tests. */
import { type Change, type ChangedFile, textOf } from "../changed-file.js";
import { readSource } from "../reading/source.js";
import type { Unit } from "../tests/units.js";
import type { TestFiles } from "./tests-kept.js";

/** @returns what went with the test: a file, or a name; undefined when what it tests is still there. */
export function goneWith(
  { path, test }: Unit,
  change: Change,
  { before }: TestFiles,
): string | undefined {
  const imports = before.find((file) => file.path === path)?.imports ?? [];
  const used = new Set((test?.tokens ?? []).map(({ text }) => text));
  for (const { from, names } of imports) {
    const file = fileMeant(path, from, change.files);
    if (file === undefined || !names.some((name) => used.has(name))) continue;
    if (file.after === undefined && !isMoved(file, change.files)) return file.path;
    const name = names.find((each) => used.has(each) && isGone(each, file, change.files));
    if (name !== undefined) return `${name} of ${file.path}`;
  }
  return undefined;
}

const plainOf = (path: string) =>
  path.replace(/\.[^./]+$/, "").replace(/\/(?:index|__init__)$/, "");

/** Files by their path without its ending, and by the last part of that: made once for each change. */
const INDEX = new WeakMap<readonly ChangedFile[], Map<string, ChangedFile[]>>();

function indexOf(files: readonly ChangedFile[]): Map<string, ChangedFile[]> {
  const kept = INDEX.get(files);
  if (kept !== undefined) return kept;
  const index = new Map<string, ChangedFile[]>();
  for (const file of files)
    for (const key of new Set([plainOf(file.path), plainOf(file.path).split("/").at(-1) ?? ""]))
      index.set(key, [...(index.get(key) ?? []), file]);
  INDEX.set(files, index);
  return index;
}

/** @returns the changed file that `from` is, as a test at `path` imports it. */
export function fileMeant(
  path: string,
  from: string,
  files: readonly ChangedFile[],
): ChangedFile | undefined {
  if (from === "") return undefined;
  if (!/[./]/.test(from[0] ?? "") || /^\.+\w/.test(from)) {
    const dotted = from.replace(/^\.+/, "").replaceAll(".", "/");
    return indexOf(files)
      .get(dotted.split("/").at(-1) ?? "")
      ?.find(
        (each) => each.path.endsWith(".py") && `/${plainOf(each.path)}`.endsWith(`/${dotted}`),
      );
  }
  const parts = path.split("/").slice(0, -1);
  for (const part of from.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const plain = parts
    .join("/")
    .replace(/\.[cm]?[jt]sx?$/, "")
    .replace(/\/index$/, "");
  return indexOf(files)
    .get(plain)
    ?.find((each) => plainOf(each.path) === plain);
}

const WORDS = new WeakMap<ChangedFile, readonly [Set<string>, Set<string>]>();

/** Of a file before and after; read once. */
function wordsOf(file: ChangedFile): readonly [Set<string>, Set<string>] {
  const read = (text: string | null | undefined) =>
    new Set(
      readSource(file.path, textOf(text)).tokens.flatMap(({ kind, text: word }) =>
        kind === "word" ? [word] : [],
      ),
    );
  const words = WORDS.get(file) ?? ([read(file.before), read(file.after)] as const);
  WORDS.set(file, words);
  return words;
}

function isGone(name: string, file: ChangedFile, files: readonly ChangedFile[]): boolean {
  const [was, is] = wordsOf(file);
  if (file.after === undefined || !was.has(name) || is.has(name)) return false;
  const defined = new RegExp(
    `\\b(?:function|const|let|class|def|fn|func)\\s+${name.replace(/[^\w]/g, "\\$&")}\\b`,
  );
  return !files.some(
    (each) =>
      each !== file && defined.test(textOf(each.after)) && !defined.test(textOf(each.before)),
  );
}

/** Most of its lines stand in a file that is new. */
function isMoved(file: ChangedFile, files: readonly ChangedFile[]): boolean {
  const lines = linesOf(textOf(file.before));
  return files.some((each) => {
    if (each.before !== undefined || typeof each.after !== "string") return false;
    const there = new Set(linesOf(each.after));
    const same = lines.filter((line) => there.has(line)).length;
    return lines.length > 0 && same / lines.length >= 0.5;
  });
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length > 3);
