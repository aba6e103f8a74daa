/** Looks for a text in the files of a workspace. A pattern between slashes is a regular expression, with a limit on its time. */
import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { createContext, Script } from "node:vm";

const LIMIT = { files: 20_000, fileBytes: 2_000_000, regexMs: 2_000 } as const;
const SKIPPED = new Set([".git", "node_modules"]);

export type SearchResult = { kind: "found"; file: string } | { kind: "not-found"; reason: string };

/** @param path file or folder below `dir`; a path that leads out of it finds nothing. */
export async function searchCodebase(
  dir: string,
  pattern: string,
  path = ".",
  signal?: AbortSignal,
): Promise<SearchResult> {
  const root = await realpath(dir);
  const start = await realpath(join(root, path)).catch(() => undefined);
  if (start === undefined) return nothing(`${path} does not exist`);
  if (isAbsolute(path) || (start !== root && !start.startsWith(root + sep)))
    return nothing(`${path} is not inside the workspace`);
  const matches = matcher(pattern);
  if (typeof matches === "string") return nothing(matches);
  let seen = 0;
  for await (const file of files(start)) {
    signal?.throwIfAborted();
    seen += 1;
    if (seen > LIMIT.files) return nothing(`not found in the first ${LIMIT.files} files`);
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size > LIMIT.fileBytes) continue;
    const answer = matches(await readFile(file, "utf8"));
    if (answer === "too slow")
      return nothing(`the expression took longer than ${LIMIT.regexMs / 1_000} s`);
    if (answer) return { kind: "found", file: relative(root, file) };
  }
  return nothing(`not found in ${seen} files`);
}

const nothing = (reason: string): SearchResult => ({ kind: "not-found", reason });

async function* files(start: string): AsyncGenerator<string> {
  if (!(await lstat(start)).isDirectory()) {
    yield start;
    return;
  }
  const entries = await readdir(start, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(start, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

type Matcher = (text: string) => boolean | "too slow";

/** @returns why the expression cannot be used, when it cannot. */
function matcher(pattern: string): Matcher | string {
  const expression = /^\/(.+)\/([imsu]*)$/s.exec(pattern);
  if (expression === null) return (text) => text.includes(pattern);
  const [, source = "", flags = ""] = expression;
  try {
    new RegExp(source, flags);
  } catch (error) {
    return `the expression is not valid: ${String(error).slice(0, 200)}`;
  }
  return boundedMatcher(source, flags);
}

/** An expression can take exponential time; a script with a time limit can be stopped in the middle of one. */
function boundedMatcher(source: string, flags: string): Matcher {
  const sandbox = createContext({ source, flags, text: "" });
  const script = new Script("new RegExp(source, flags).test(text)");
  let leftMs: number = LIMIT.regexMs;
  return (text) => {
    sandbox["text"] = text;
    const began = performance.now();
    try {
      return script.runInContext(sandbox, { timeout: Math.max(1, Math.ceil(leftMs)) }) === true;
    } catch {
      return "too slow";
    } finally {
      leftMs -= performance.now() - began;
    }
  };
}
