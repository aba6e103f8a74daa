/** The files that differ between two commits or trees, with their texts at both ends: read from the engine's repository, within bounds. */
import type { ChangedFile } from "../domain/lies/changed-file.js";
import { decides } from "../domain/lies/lies.js";
import { mayLie } from "../domain/lies/roles.js";
import type { Git } from "../store/git.js";

/** Of one file, at either end. */
const LARGEST_BYTES = 1_000_000;
const MOST_BYTES = 8_000_000;
const MOST_FILES = 1_500;
/** Of the paths together: git is given them as arguments. */
const MOST_PATH_BYTES = 1_000_000;
const REGULAR = /^100(?:644|755)$/;
const NONE = "000000";
/** More lines around a change than any file has: a patch then holds both texts whole. */
const WHOLE = "-U100000000";

interface Entry {
  path: string;
  modes: [string, string];
  blobs: [string, string];
}

/** Reads only what can take part in deciding that work is done; three git processes at most, one where nothing does. @throws GitFailure */
export async function readChangedTexts(
  git: Git,
  gitDir: string,
  ends: { base: string; head: string; commands: readonly string[] },
): Promise<ChangedFile[]> {
  const { base, head, commands } = ends;
  const raw = ["-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, head];
  const entries = entriesOf(await git(gitDir, ["diff-tree", ...raw])).filter(({ path }) =>
    mayLie(path, commands),
  );
  if (entries.length === 0) return [];
  const chosen = new Set(choose(entries, await sizesOf(git, gitDir, entries)));
  const asked = entries.filter((entry) => chosen.has(entry));
  const texts = await textsOf(git, gitDir, ends, asked);
  return entries.map((entry) => {
    const [before, after] = texts.get(entry.path) ?? [null, null];
    const [was, is] = entry.modes;
    return {
      path: entry.path,
      before: was === NONE ? undefined : before,
      after: is === NONE ? undefined : after,
      executable: is === "100755",
    };
  });
}

/** `:old new sha sha status NUL path NUL` for each. */
function entriesOf(raw: string): Entry[] {
  const parts = raw.split("\0");
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [was = "", is = "", before = "", after = ""] = (parts[at] ?? "").slice(1).split(" ");
    entries.push({ path: parts[at + 1] ?? "", modes: [was, is], blobs: [before, after] });
  }
  return entries;
}

async function sizesOf(git: Git, gitDir: string, entries: readonly Entry[]): Promise<number[]> {
  const ids = entries.flatMap(({ blobs }) => blobs);
  const input = ids.map((id) => `${id}\n`).join("");
  const said = await git(gitDir, ["cat-file", "--batch-check=%(objectsize)"], { input });
  const sizes = said.split("\n").map((line) => (/^\d+$/.test(line) ? Number(line) : 0));
  return entries.map((_, at) => Math.max(sizes[2 * at] ?? 0, sizes[2 * at + 1] ?? 0));
}

/** Tests and settings before sources, what was there before what is new, small before large. */
function choose(entries: readonly Entry[], sizes: readonly number[]): Entry[] {
  const sized = entries
    .map((entry, at) => ({ entry, bytes: sizes[at] ?? 0 }))
    .filter(({ entry, bytes }) => bytes <= LARGEST_BYTES && isText(entry))
    .toSorted(
      (a, b) =>
        Number(decides(b.entry.path)) - Number(decides(a.entry.path)) ||
        Number(a.entry.modes[0] === NONE) - Number(b.entry.modes[0] === NONE) ||
        a.bytes - b.bytes,
    );
  let [left, paths] = [MOST_BYTES, MOST_PATH_BYTES];
  return sized
    .filter(({ entry, bytes }) => (left -= bytes) >= 0 && (paths -= entry.path.length * 3) >= 0)
    .slice(0, MOST_FILES)
    .map(({ entry }) => entry);
}

/** Links and repositories are no text. */
const isText = ({ modes }: Entry) => modes.every((mode) => mode === NONE || REGULAR.test(mode));

/** One patch holds them all, in the order in which they are asked for. Attributes that hide a file hide nothing here. */
async function textsOf(
  git: Git,
  gitDir: string,
  { base, head }: { base: string; head: string },
  asked: readonly Entry[],
): Promise<Map<string, [string | null, string | null]>> {
  if (asked.length === 0) return new Map();
  const how = ["-r", "-p", WHOLE, "--text", "--no-renames", "--no-ext-diff", "--no-textconv"];
  const paths = asked.map(({ path }) => path);
  const args = ["--literal-pathspecs", "diff-tree", ...how, base, head, "--", ...paths];
  // Not `^`: it also stands after other line ends, which a file may hold.
  const sections = (await git(gitDir, args)).split(/\n(?=diff --git )/);
  return new Map(asked.map(({ path }, at) => [path, endsOf(sections[at] ?? "")] as const));
}

function endsOf(section: string): [string | null, string | null] {
  const start = section.indexOf("\n@@ ") + 1;
  if (start === 0) return ["", ""]; // empty, or only its mode differs
  const before: string[] = [];
  const after: string[] = [];
  for (const line of section.slice(start).split("\n").slice(1)) {
    const text = line.slice(1);
    if (line.startsWith(" ") || line.startsWith("-")) before.push(text);
    if (line.startsWith(" ") || line.startsWith("+")) after.push(text);
  }
  return [textOrNull(before), textOrNull(after)];
}

const textOrNull = (lines: readonly string[]) => {
  const text = lines.map((line) => `${line}\n`).join("");
  return text.includes("\0") ? null : text;
};
