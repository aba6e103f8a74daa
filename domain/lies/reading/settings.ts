/** Settings of any format as flat names and values: `coverageThreshold.global.lines` is `80`. */
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { closeOf, isMark, isWord, splitArguments, type Token } from "./token.js";
import { readSource } from "./source.js";

/** A list is kept whole, as texts; everything else is one text. */
export type Settings = Map<string, string | string[]>;

/** @returns undefined where the text is not of its format. */
export function readSettings(path: string, text: string): Settings | undefined {
  const into: Settings = new Map();
  try {
    const value = valueOf(path, text);
    if (value === undefined) return undefined;
    flatten(value, "", into, 0);
    return into;
  } catch {
    return undefined;
  }
}

function valueOf(path: string, text: string): unknown {
  const name = path.split("/").at(-1) ?? "";
  if (/\.toml$|^Pipfile$/.test(name)) return parseToml(text);
  if (/\.[cm]?[jt]sx?$/.test(name)) return scriptSettings(path, text);
  if (
    /\.(?:ini|cfg|conf)$|^\.(?:flake8|coveragerc|pylintrc|npmrc|editorconfig)$|^tox\.ini$|^pylintrc$/.test(
      name,
    )
  )
    return iniSettings(text);
  if (/\.ya?ml$/.test(name)) return parseYaml(text, { logLevel: "silent" });
  if (/\.json[5c]?$|rc$/.test(name)) return jsonSettings(text);
  return undefined;
}

/** JSON with comments and trailing commas is read as the object of a script; rc files may be YAML. */
function jsonSettings(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const read = literal(readSource("settings.js", `(${text})`).tokens.slice(1, -1));
    return typeof read === "object" ? read : parseYaml(text, { logLevel: "silent" });
  }
}

function iniSettings(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section = "";
  let key = "";
  for (const line of text.split("\n")) {
    if (/^\s*[#;]/.test(line) || line.trim() === "") continue;
    const head = /^\[(.+)\]/.exec(line)?.[1];
    const entry = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (head !== undefined) section = head;
    else if (/^\s/.test(line) && key !== "") append(section, key, `\n${line.trim()}`);
    else if (entry !== null) {
      key = entry[1] ?? "";
      append(section, key, entry[2] ?? "");
    }
  }
  return sections;

  function append(into: string, name: string, value: string) {
    const entries = (sections[into] ??= {});
    entries[name] = (entries[name] ?? "") + value;
  }
}

/** The literals of every object in a script of settings, however it is exported. */
function scriptSettings(path: string, text: string): unknown {
  const { tokens } = readSource(path, text);
  const found: unknown[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const before = tokens[at - 1];
    const opens = isMark(token, "{") || isMark(token, "[");
    const isValue =
      isMark(before, "=") ||
      isMark(before, "(") ||
      isMark(before, ",") ||
      isWord(before, "default", "return");
    if (!opens || !isValue) continue;
    const close = closeOf(tokens, at);
    found.push(literal(tokens.slice(at, close + 1)));
    at = close;
  }
  return found.length === 1 ? found[0] : found.map((each) => ({ part: each }));
}

function literal(tokens: readonly Token[]): unknown {
  const [first, ...rest] = tokens;
  if (first === undefined) return "";
  const closesAtEnd = closeOf(tokens, 0) === tokens.length - 1;
  if (isMark(first, "[") && closesAtEnd) return splitArguments(tokens.slice(1, -1)).map(literal);
  if (isMark(first, "{") && closesAtEnd) {
    const entries = splitArguments(tokens.slice(1, -1)).map((part, n): [string, unknown] => {
      const colon = part.findIndex((token) => isMark(token, ":"));
      const spread = isMark(part[0], "...");
      if (spread || colon < 1)
        return [`${part[0]?.text ?? ""}${n}`, part.map(({ text }) => text).join(" ")];
      return [
        part
          .slice(0, colon)
          .map(({ text }) => text)
          .join(""),
        literal(part.slice(colon + 1)),
      ];
    });
    return Object.fromEntries(entries);
  }
  // `defineConfig({...})`, `wrap([...])`: what is given to it
  const open = tokens.findIndex((token) => isMark(token, "("));
  if (open > 0 && closeOf(tokens, open) === tokens.length - 1 && rest.length > 2) {
    const inner = splitArguments(tokens.slice(open + 1, -1)).map(literal);
    if (inner.some((each) => typeof each === "object"))
      return inner.length === 1 ? inner[0] : inner;
  }
  return tokens.map(({ text }) => text).join(tokens.length === 1 ? "" : " ");
}

const MOST_DEEP = 30;

function flatten(value: unknown, name: string, into: Settings, depth: number): void {
  if (depth > MOST_DEEP) return;
  if (Array.isArray(value)) {
    const plain = value.every((each) => typeof each !== "object" || each === null);
    if (plain) {
      into.set(name, value.map(String));
      return;
    }
    into.set(
      name,
      value.map((each) => (typeof each === "object" ? JSON.stringify(each) : String(each))),
    );
    // Entries are told apart by what they hold, not by their place.
    for (const each of value) if (typeof each === "object") flatten(each, name, into, depth + 1);
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value))
      flatten(each, name === "" ? key : `${name}.${key}`, into, depth + 1);
    return;
  }
  const kept = into.get(name);
  const text = String(value);
  into.set(name, kept === undefined ? text : [...[kept].flat(), text]);
}
