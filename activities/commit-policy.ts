/** What a feature's change may not contain, whoever wrote it. */

export interface TreeChange {
  /** Mode after the change; 000000 when deleted. */
  mode: string;
  path: string;
}

const SUBMODULE = "160000";
const FOLDER_OF_MISSIONS = ["todo", "missions"];

/** Reads `diff-tree --raw -z --no-renames [-p]`: `:old new sha sha status NUL path NUL` for each, then a NUL and the patch. */
export function parseChanges(raw: string): { changes: TreeChange[]; patch: string } {
  const changes: TreeChange[] = [];
  let at = 0;
  while (raw[at] === ":") {
    const path = raw.indexOf("\0", at) + 1;
    const end = raw.indexOf("\0", path);
    if (path === 0 || end < 0) throw new Error("git's list of changes breaks off");
    const [, mode = ""] = raw.slice(at, path).split(" ");
    changes.push({ mode, path: raw.slice(path, end) });
    at = end + 1;
  }
  return { changes, patch: raw.slice(at + 1) };
}

/** Lines that a patch of `diff-tree -p` adds; a hunk's own counts say where its lines end. */
export function* addedLines(patch: string): Generator<string> {
  let left = 0;
  for (const line of patch.split("\n")) {
    const hunk = left <= 0 ? /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) : null;
    if (hunk !== null) left = Number(hunk[1] ?? 1) + Number(hunk[2] ?? 1);
    else if (left > 0 && !line.startsWith("\\")) {
      left -= line.startsWith(" ") ? 2 : 1;
      if (line.startsWith("+")) yield line.slice(1);
    }
  }
}

/** @returns why the change is refused, in one sentence; undefined when it may be committed. */
export function refuseChanges(changes: TreeChange[]): string | undefined {
  for (const { mode, path } of changes) {
    if (reachesMissionFolder(path))
      return `The change touches the mission folder (${quote(path)}); only the engine writes there.`;
    if (mode === SUBMODULE)
      return `The change contains a repository of its own (${quote(path)}); remove its .git folder.`;
  }
  return undefined;
}

/** True inside todo/missions, and for a file or link that would stand in its place; without regard to case, as some disks are. */
function reachesMissionFolder(path: string): boolean {
  const parts = path.toLowerCase().split("/").slice(0, 2);
  return parts.every((part, n) => part === FOLDER_OF_MISSIONS[n]);
}

const quote = (path: string) => JSON.stringify(path.slice(0, 120));
