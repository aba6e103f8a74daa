/** Paths that an agent names, kept inside the folder it may see, through every symlink. */
import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { isMissing } from "../../store/files.js";

/** Said to the agent, which may try another path. */
export class PathRefused extends Error {
  override readonly name = "PathRefused";
}

/**
 * @param path relative to `root`, or absolute inside it. What does not exist yet is checked by its nearest existing parent.
 * @returns the absolute path with symlinks resolved. @throws PathRefused for everything outside, and for `.git`.
 */
export async function confine(root: string, path: string): Promise<string> {
  if (path.includes("\0")) throw new PathRefused("a path cannot hold a zero byte");
  const base = await realpath(root);
  const wanted = resolve(base, isAbsolute(path) ? relativeTo(root, base, path) : path);
  assertInside(base, wanted, path);
  const real = await realOf(wanted, path);
  assertInside(base, real, path);
  if (
    relative(base, real)
      .split(sep)
      .some((part) => part.toLowerCase() === ".git")
  ) {
    throw new PathRefused(`${path} belongs to git; use the run tool for git commands`);
  }
  return real;
}

/** The folder may itself be known by a path with symlinks. */
const relativeTo = (root: string, base: string, path: string) => {
  const below = relative(resolve(root), path);
  return below.startsWith("..") ? path : join(base, below);
};

function assertInside(base: string, path: string, named: string): void {
  if (path !== base && !path.startsWith(base + sep)) {
    throw new PathRefused(`${named} is outside the workspace`);
  }
}

async function realOf(path: string, named: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw new PathRefused(`${named} cannot be reached`);
  }
  // A symlink to nowhere would be followed on creation, to wherever it points.
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined) throw new PathRefused(`${named} is a broken symlink`);
  const parent = dirname(path);
  return join(await realOf(parent, named), relative(parent, path));
}
