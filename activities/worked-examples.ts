/** Mission agents and skills of the home, and agents that others keep in a folder of their own: what they are for, and their text. */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { indexWords } from "./adapters/nearest.js";

/** Where examples are. All are only read. */
export interface ExampleFolders {
  /** The home of missions: `agents/*.md`, `skills/<name>/SKILL.md`. */
  home: string;
  /** `~/.aidevops/agents`, where there is one. */
  others: string;
}

interface Example {
  name: string;
  about: string;
}

const LIMIT = { files: 500, depth: 3, headBytes: 4_000, aboutCharacters: 200 } as const;
const FRESH_MS = 30_000;

/** Names with one line on what each is for. Never throws: what cannot be read is left out. */
export function createExamples({ home, others }: ExampleFolders) {
  let kept: { atMs: number; all: Promise<Example[]> } | undefined;
  const readAll = async (): Promise<Example[]> => {
    const agents = await markdownIn(join(home, "agents"), 1);
    const skills = await namesIn(join(home, "skills"));
    const foreign = await markdownIn(others, LIMIT.depth);
    const files = [
      ...agents.map((name) => ({ name: `agent ${stem(name)}`, path: join(home, "agents", name) })),
      ...skills.map((name) => ({
        name: `skill ${name}`,
        path: join(home, "skills", name, "SKILL.md"),
      })),
      ...foreign.map((name) => ({ name: `agent ${stem(name)}`, path: join(others, name) })),
    ];
    const read = await Promise.all(
      files.slice(0, LIMIT.files).map(async ({ name, path }) => {
        const head = await headOf(path);
        return head === undefined ? [] : [{ name, about: aboutOf(head) }];
      }),
    );
    return read.flat();
  };
  return {
    /** The few whose name and description share at least two words with the text. */
    async nearest(text: string, most: number): Promise<Example[]> {
      const nowMs = performance.now();
      if (kept === undefined || nowMs - kept.atMs > FRESH_MS)
        kept = { atMs: nowMs, all: readAll() };
      const all = await kept.all;
      const index = indexWords(
        all.map(({ name, about }, at) => ({ id: String(at), words: `${name} ${about}` })),
      );
      return index.nearest(text, { most, leastWords: 2 }).flatMap((id) => all[Number(id)] ?? []);
    },
  };
}

const stem = (name: string) => name.replace(/\.md$/, "");

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).sort();

async function markdownIn(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length >= LIMIT.files || entry.name.startsWith(".")) continue;
    if (entry.isFile() && entry.name.endsWith(".md")) found.push(entry.name);
    if (!entry.isDirectory() || depth <= 1) continue;
    const below = await markdownIn(join(folder, entry.name), depth - 1);
    found.push(...below.map((name) => join(entry.name, name)));
  }
  return found.slice(0, LIMIT.files);
}

async function headOf(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(LIMIT.headBytes),
      0,
      LIMIT.headBytes,
      0,
    );
    return buffer.subarray(0, bytesRead).toString("utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Its own description, else its first words that are no heading. */
export function aboutOf(head: string): string {
  const front = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*\r?\n?/.exec(head);
  const matter = front?.[1] ?? "";
  // A front part without an end is no text to describe anything by.
  const body = front === null ? (head.startsWith("---") ? "" : head) : head.slice(front[0].length);
  const described = /^description:[ \t]*(?:[>|][+-]?[ \t]*\r?\n[ \t]+)?(.+)$/m.exec(matter)?.[1];
  const words = body.split(/\r?\n/).find((line) => /^[^#\s<>|`-]/.test(line.trimStart()));
  const said = described?.trim().replace(/^(["'])(.*)\1$/, "$2") ?? words?.trim() ?? "";
  return said.slice(0, LIMIT.aboutCharacters);
}
