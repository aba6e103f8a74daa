/** What a feature's change may not contain, whoever wrote it. */

export interface TreeChange {
  /** Mode after the change; 000000 when deleted. */
  mode: string;
  path: string;
}

const SUBMODULE = "160000";
const FOLDER_OF_MISSIONS = ["todo", "missions"];

/** Reads `diff-tree --raw -z --no-renames`: `:old new sha sha status NUL path NUL`. */
export function parseChanges(raw: string): TreeChange[] {
  const fields = raw.split("\0");
  const changes: TreeChange[] = [];
  for (let n = 0; n + 1 < fields.length; n += 2) {
    const [, mode = ""] = (fields[n] ?? "").split(" ");
    changes.push({ mode, path: fields[n + 1] ?? "" });
  }
  return changes;
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
