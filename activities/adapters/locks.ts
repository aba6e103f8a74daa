/** Locks that git leaves behind when a power cut or a kill ends it: removed where they are ours, named where they are a person's. */
import { lstat, readdir, realpath, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GitFailure } from "../../store/git.js";
import { oneAtATime } from "./one-at-a-time.js";

/** git holds the lock of a ref for milliseconds; a disk may stall it for longer. */
const ABANDONED_AFTER_MS = 60_000;
/** A holder that slept together with the machine lets go within this. */
const WATCHED_MS = 1_000;
const TRIES = 10;

/** The lock that kept git from its work; undefined when it was something else. */
export function lockIn(error: unknown): string | undefined {
  if (!(error instanceof GitFailure)) return undefined;
  return /Unable to create '(.+\.lock)': File exists/.exec(error.stderr)?.[1];
}

/** What a person does about a lock in a repository of theirs. */
export const lockRemedy = (lock: string) =>
  `remove it if no git is at work there: rm '${lock.replaceAll("'", `'\\''`)}'`;

/** Runs git work in our repository `gitDir`, again when only an abandoned lock was in its way, which is removed. */
export async function withoutStaleLock<T>(gitDir: string, run: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await run();
    } catch (error) {
      const lock = lockIn(error);
      if (lock === undefined || n === TRIES) throw error;
      if (!lock.startsWith((await realpath(gitDir)) + sep)) throw error;
      if (!(await oneAtATime(lock, () => removeAbandoned(lock)))) throw error;
    }
  }
}

/** @returns false when somebody may still hold it. */
async function removeAbandoned(lock: string): Promise<boolean> {
  const before = await stat(lock).catch(() => undefined);
  if (before === undefined) return true;
  if (Math.abs(Date.now() - before.mtimeMs) < ABANDONED_AFTER_MS) return false;
  await delay(WATCHED_MS);
  const after = await stat(lock).catch(() => undefined);
  if (after === undefined) return true;
  if (after.ino !== before.ino || after.mtimeMs !== before.mtimeMs) return false;
  await rm(lock, { force: true });
  return true;
}

/**
 * Removes the locks in a workspace's own `.git`, which would fail every git command of the agent.
 * Contract: only after the processes of the attempt before were ended; follows no link.
 */
export async function removeWorkspaceLocks(tree: string): Promise<void> {
  const own = join(tree, ".git");
  if ((await lstat(own).catch(() => undefined))?.isDirectory() !== true) return;
  await removeLocks(own, ["refs", "worktrees"]);
}

/** @param only the folders to look into; below them all. */
async function removeLocks(folder: string, only?: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(".lock")) await rm(path, { force: true });
    else if (entry.isDirectory() && only?.includes(entry.name) !== false) await removeLocks(path);
  }
}
