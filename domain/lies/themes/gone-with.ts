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
    const file = change.files.find((each) => isMeant(path, from, each.path));
    if (file === undefined || !names.some((name) => used.has(name))) continue;
    if (file.after === undefined && !isMoved(file, change.files)) return file.path;
    const name = names.find((each) => used.has(each) && isGone(each, file, change.files));
    if (name !== undefined) return `${name} of ${file.path}`;
  }
  return undefined;
}

/** Whether `from`, as a test at `path` imports it, is `candidate`. */
export function isMeant(path: string, from: string, candidate: string): boolean {
  const plain = candidate.replace(/\.[^./]+$/, "").replace(/\/(?:index|__init__)$/, "");
  if (!/[./]/.test(from[0] ?? "") || /^\.+\w/.test(from)) {
    const dotted = from.replace(/^\.+/, "").replaceAll(".", "/");
    return /\.py$/.test(candidate) && (plain === dotted || plain.endsWith(`/${dotted}`));
  }
  const parts = path.split("/").slice(0, -1);
  for (const part of from.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return (
    parts
      .join("/")
      .replace(/\.[cm]?[jt]sx?$/, "")
      .replace(/\/index$/, "") === plain
  );
}

const wordsOf = ({ path }: ChangedFile, text: string) =>
  new Set(
    readSource(path, text).tokens.flatMap(({ kind, text: word }) =>
      kind === "word" ? [word] : [],
    ),
  );

function isGone(name: string, file: ChangedFile, files: readonly ChangedFile[]): boolean {
  if (!wordsOf(file, textOf(file.before)).has(name) || file.after === undefined) return false;
  if (wordsOf(file, textOf(file.after)).has(name)) return false;
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
