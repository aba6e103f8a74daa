/** The agent's tools on files: confined to the workspace and the hand-over folder, with limits on what they take and give. */
import { constants } from "node:fs";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { confine, PathRefused } from "./confined-path.js";

export interface Folders {
  tree: string;
  handover: string;
}

const READ_BYTES = 40_000;
const FILE_BYTES = 10_000_000;
const LISTED = 400;
const SKIPPED = new Set([".git", "node_modules"]);
const HANDOVER = /^\$\{?MISSION_DIR\}?(?=\/|$)/;

/** `$MISSION_DIR/...` is the hand-over folder; everything else is in the workspace. */
export const locate = (folders: Folders, path: string) =>
  HANDOVER.test(path)
    ? confine(folders.handover, path.replace(HANDOVER, ".") || ".")
    : confine(folders.tree, path);

export async function readText(folders: Folders, path: string, fromLine = 1): Promise<string> {
  const text = await readWhole(await locate(folders, path), path);
  const lines = text.split("\n");
  const wanted = lines.slice(Math.max(0, fromLine - 1)).join("\n");
  const bytes = Buffer.from(wanted);
  if (bytes.length <= READ_BYTES) return wanted;
  const shown = bytes.subarray(0, READ_BYTES).toString("utf8");
  const next = Math.max(1, fromLine) + shown.split("\n").length - 1;
  return `${shown}\n[cut: ${lines.length} lines in all; go on with from_line ${next}]`;
}

export async function writeText(folders: Folders, path: string, content: string): Promise<string> {
  if (Buffer.byteLength(content) > FILE_BYTES) throw new PathRefused("that is more than 10 MB");
  const real = await locate(folders, path);
  await mkdir(dirname(real), { recursive: true });
  // The path was checked a moment ago; a symlink put there since is not followed.
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(real, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o644);
  try {
    if (!(await file.stat()).isFile()) throw new PathRefused(`${path} is not a file`);
    await file.writeFile(content);
  } finally {
    await file.close();
  }
  return `wrote ${Buffer.byteLength(content)} bytes to ${path}`;
}

/** Replaces text that occurs exactly once, or everywhere with `all`. */
export async function editText(
  folders: Folders,
  edit: { path: string; find: string; replace: string; all: boolean },
): Promise<string> {
  if (edit.find === "") throw new PathRefused("`find` is empty");
  const text = await readWhole(await locate(folders, edit.path), edit.path);
  const times = text.split(edit.find).length - 1;
  if (times === 0) throw new PathRefused(`${edit.path} does not contain that text`);
  if (times > 1 && !edit.all) {
    throw new PathRefused(
      `${edit.path} contains that text ${times} times; give more of it, or all: true`,
    );
  }
  await writeText(folders, edit.path, text.split(edit.find).join(edit.replace));
  return `replaced ${times} in ${edit.path}`;
}

/** Files below a folder, folders with a slash, without .git and node_modules. */
export async function listFiles(folders: Folders, path: string): Promise<string> {
  const root = await locate(folders, path);
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length > LISTED) return;
      if (SKIPPED.has(entry.name)) continue;
      const full = join(folder, entry.name);
      found.push(relative(root, full) + (entry.isDirectory() ? "/" : ""));
      if (entry.isDirectory()) await walk(full); // a symlink is not a directory here
    }
  };
  if (!(await stat(root)).isDirectory()) throw new PathRefused(`${path} is not a folder`);
  await walk(root);
  if (found.length === 0) return "(empty)";
  const more = found.length > LISTED ? "\n[cut: list a folder below]" : "";
  return found.slice(0, LISTED).join("\n") + more;
}

async function readWhole(real: string, path: string): Promise<string> {
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => {
    throw new PathRefused(`${path} does not exist or cannot be read`);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new PathRefused(`${path} is not a file`);
    if (found.size > FILE_BYTES) throw new PathRefused(`${path} is larger than 10 MB`);
    const bytes = await file.readFile();
    if (bytes.subarray(0, 8_000).includes(0)) throw new PathRefused(`${path} is binary`);
    return bytes.toString("utf8");
  } finally {
    await file.close();
  }
}
