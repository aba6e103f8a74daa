/** A feature's change as a reviewer reads it: every path, and as much of the text as fits, shared out so that no file hides others. */
import { type Git, GitFailure } from "../store/git.js";
import { FAILURE } from "../domain/failures.js";
import { failure } from "./attempt-failure.js";

/** Characters of diff that a reviewer gets. */
const SHOWN_CHARACTERS = 60_000;
/** Files whose text is looked at; the smallest changes first. */
const SHOWN_FILES = 400;
/** Larger files are data: git says that they differ, and no more. */
const LARGEST_FILE = "256k";
const COMPARE = ["diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv"];

export interface FeatureDiff {
  /** Changed paths, all of them. */
  files: string[];
  text: string;
  /** Files of which something is left out of `text`. */
  cutFiles: number;
}

/** @throws ApplicationFailure MissingRecord, not retried, when a commit is not in the repository. */
export async function readFeatureDiff(
  git: Git,
  gitDir: string,
  base: string,
  commit: string,
): Promise<FeatureDiff> {
  try {
    const counted = readCounts(await git(gitDir, [...COMPARE, "-z", "--numstat", base, commit]));
    const chosen = chooseFiles(counted);
    const patch =
      chosen.length === 0
        ? ""
        : await git(gitDir, [
            "--literal-pathspecs",
            "-c",
            `core.bigFileThreshold=${LARGEST_FILE}`,
            ...COMPARE,
            "-p",
            "-U8",
            base,
            commit,
            "--",
            ...chosen,
          ]);
    const shown = shareOut(patch.split(/^(?=diff --git )/m), SHOWN_CHARACTERS);
    return {
      files: counted.map(({ path }) => path),
      text: shown.text,
      cutFiles: counted.length - chosen.length + shown.cut,
    };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const message = `The commit ${commit.slice(0, 12)} cannot be compared with its base: ${error.message}`;
    throw failure(FAILURE.missingRecord, message, true, error);
  }
}

interface Counted {
  path: string;
  /** Changed lines; 0 for binary files. */
  lines: number;
}

/** `added TAB deleted TAB path NUL` for each file, dashes for binary ones. */
function readCounts(numstat: string): Counted[] {
  return numstat
    .split("\0")
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [, added = "", deleted = "", path = ""] = /^(\S+)\t(\S+)\t([^]*)$/.exec(entry) ?? [];
      return { path, lines: (Number(added) || 0) + (Number(deleted) || 0) };
    });
}

/** Every changed line takes a character at least, so more lines than characters are never asked for. */
function chooseFiles(counted: readonly Counted[]): string[] {
  const chosen: string[] = [];
  let lines = 0;
  for (const file of counted.toSorted((a, b) => a.lines - b.lines).slice(0, SHOWN_FILES)) {
    lines += file.lines;
    if (lines > SHOWN_CHARACTERS && chosen.length > 0) break;
    chosen.push(file.path);
  }
  return chosen;
}

/** What small sections leave of their share goes to the larger ones; the order stays. */
export function shareOut(
  sections: readonly string[],
  characters: number,
): { text: string; cut: number } {
  const shares = new Map<number, number>();
  const bySize = sections
    .map((section, at) => ({ at, size: section.length }))
    .sort((a, b) => a.size - b.size);
  let left = characters;
  for (const [done, { at, size }] of bySize.entries()) {
    const share = Math.min(size, Math.floor(left / (bySize.length - done)));
    shares.set(at, share);
    left -= share;
  }
  let cut = 0;
  const text = sections.map((section, at) => {
    const share = shares.get(at) ?? 0;
    if (share === section.length) return section;
    cut += 1;
    return `${section.slice(0, share)}\n[${section.length - share} characters are left out here]\n`;
  });
  return { text: text.join(""), cut };
}
