/** The documents say what is there: commands, options, scripts, files and links are checked against the real ones. */
import { describe, expect, it } from "@jest/globals";
import type { Command } from "@commander-js/extra-typings";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProgram } from "../client/program/program.js";
import { drawLiveView, type Recording } from "../tools/live-view-picture.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const SKIPPED = new Set(["node_modules", "dist", "coverage", "templates"]);
const FOLDERS = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name))
  .map(({ name }) => name);
const inFolder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
const DOCUMENTS = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...FOLDERS.flatMap(inFolder),
].sort();
const { scripts, bin } = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
};
const program = createProgram(() => undefined);

/** What `find` says of each document, as `<document>: <what>`. */
const inAll = (find: (text: string, path: string) => string[]): string[] =>
  DOCUMENTS.flatMap((path) => find(read(path), path).map((what) => `${path}: ${what}`));

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, it = ""]) => it);

/** What is written as code: fenced lines without their comments, and spans. */
function codeOf(text: string): string[] {
  const fenced = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n").map((line) => line.replace(/(^|\s)# .*/, "")),
  );
  const prose = text.replace(/^```[\s\S]*?^```/gm, "");
  return [...fenced, ...all(prose, /`([^`]+)`/g)];
}

/** The command lines in a piece of code, without quoted words. */
const commandLines = (code: string) =>
  code
    .replace(/"[^"]*"|'[^']*'/g, "WORD")
    .split(/&&|\|\||[;|]/)
    .map((line) => line.trim().split(/\s+/));

function commandOf(words: string[]): { command: Command; rest: string[] } | undefined {
  const at = words.findIndex((word, n) => word === "missions" && words[n - 1] === "npx");
  const script = words.indexOf("start-mission");
  if (script >= 0 && words[script - 1] === "run") {
    return { command: find(program, "start") ?? program, rest: words.slice(script + 1) };
  }
  return at < 0 ? undefined : { command: program, rest: words.slice(at + 1) };
}
const find = (parent: Command, name: string) =>
  (parent.commands as Command[]).find((command) => command.name() === name);

/** What does not exist in one command line. */
function unknownIn(words: string[]): string[] {
  const start = commandOf(words);
  if (start === undefined) return [];
  let { command, rest } = start;
  while (command.commands.length > 0 && /^[a-z][a-z-]*$/.test(rest[0] ?? "")) {
    const next = find(command, rest[0] ?? "");
    if (next === undefined) return [`no command ${rest[0] ?? ""} in "${words.join(" ")}"`];
    command = next;
    rest = rest.slice(1);
  }
  const known = [...program.options, ...command.options].map(({ long }) => long);
  return rest
    .map((word) => /^\[?(--[a-z][a-z-]*)/.exec(word)?.[1])
    .filter((flag) => flag !== undefined && !["--help", "--version", ...known].includes(flag))
    .map((flag) => `no option ${flag ?? ""} in "${words.join(" ")}"`);
}

/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string) =>
  all(text, /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("the documents", () => {
  it("name commands and options that the command line has", () => {
    expect(
      inAll((text) => codeOf(text).flatMap((code) => commandLines(code).flatMap(unknownIn))),
    ).toEqual([]);
  });

  it("are checked by a reader that knows wrong commands from right ones", () => {
    const unknown = (line: string) => commandLines(line).flatMap(unknownIn);
    expect(unknown("npx missions pause m-1 --drain && npx missions key set openai")).toEqual([]);
    expect(unknown("npx missions fly")).toEqual(['no command fly in "npx missions fly"']);
    expect(unknown("npm run start-mission -- --demo --wings")).toHaveLength(1);
  });

  it("link to files and headings that exist", () => {
    const broken = inAll((text, path) =>
      all(text, /\]\(([^)\s]+)\)/g)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [file = "", anchor] = target.split("#");
          const full = file === "" ? join(root, path) : join(root, dirname(path), file);
          if (!existsSync(full)) return true;
          return anchor !== undefined && !anchorsOf(readFileSync(full, "utf8")).includes(anchor);
        }),
    );
    expect(broken).toEqual([]);
  });

  it("name files of this repository that exist", () => {
    const named = new RegExp(
      `^(?:${FOLDERS.join("|")}|templates)/[\\w./-]+\\.(?:ts|mjs|md|json|yaml|mod|svg)$`,
    );
    const missing = inAll((text) =>
      codeOf(text)
        .flatMap((code) => code.split(/\s+/))
        .filter((word) => named.test(word) && !existsSync(join(root, word))),
    );
    expect(missing).toEqual([]);
  });

  it("name npm scripts that exist", () => {
    const missing = inAll((text) =>
      codeOf(text)
        .flatMap((code) => [...all(code, /\bnpm run ([\w:-]+)/g), ...all(code, /\bnpm (test)\b/g)])
        .filter((name) => scripts[name] === undefined),
    );
    expect(missing).toEqual([]);
    expect(bin["missions"]).toBeDefined();
  });

  it("hold no words of unfinished work", () => {
    expect(inAll((text) => all(text, /\b(TODO(?!\.md)|FIXME|XXX|TBD|[Cc]oming soon)\b/g))).toEqual(
      [],
    );
  });

  it("show the picture that the live view's renderer makes of the recorded mission", () => {
    const recording = JSON.parse(read("docs/pictures/live-view.json")) as Recording;
    // The time of day is the reader's own.
    const withoutTimes = (svg: string) => svg.replace(/>\d\d:\d\d /g, ">--:-- ");
    expect(withoutTimes(read("docs/pictures/live-view.svg"))).toBe(
      withoutTimes(drawLiveView(recording)),
    );
  });
});
