/** Files that a repository keeps in Git LFS: the engine runs no filter, so it hands on pointers and makes none. */
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type { Git, GitOptions } from "../store/git.js";
import type { TreeChange } from "./commit-policy.js";

const POINTER = "version https://git-lfs.github.com/spec/";
const LARGEST_ATTRIBUTES_BYTES = 1_000_000;

/** @returns why the change is refused: it would put a file into git that the repository keeps in LFS. */
export async function refuseLfsFiles(
  git: Git,
  tree: string,
  env: GitOptions["env"],
  changes: readonly TreeChange[],
): Promise<string | undefined> {
  const attributes = await firstBytes(join(tree, ".gitattributes"), LARGEST_ATTRIBUTES_BYTES);
  if (attributes?.includes("filter=lfs") !== true) return undefined;
  const files = changes.filter(({ mode }) => mode.startsWith("100")).map(({ path }) => path);
  if (files.length === 0) return undefined;
  const answer = await git(tree, ["check-attr", "-z", "--stdin", "filter"], {
    ...(env === undefined ? {} : { env }),
    input: files.map((path) => `${path}\0`).join(""),
  });
  // `path NUL attribute NUL value NUL` for each
  const fields = answer.split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", , filter] = fields.slice(at, at + 3);
    if (filter !== "lfs") continue;
    if ((await firstBytes(join(tree, path), POINTER.length)) === POINTER) continue;
    return `${JSON.stringify(path.slice(0, 120))} belongs into Git LFS by .gitattributes, and the engine has no LFS: leave it out and add it yourself, or take its line out of .gitattributes.`;
  }
  return undefined;
}

/** @returns undefined for what is no file; links are not followed. */
async function firstBytes(path: string, bytes: number): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}
