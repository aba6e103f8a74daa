/** One at a time across processes: a lock file that names its holder, so that a dead holder's lock is broken. */
import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EXIT, Problem } from "../domain/problem.js";
import { isMissing, readTextIfThere, systemCode } from "../store/files.js";
import { identityOf, isRunning, type ProcessIdentity } from "./processes.js";

/**
 * Runs `work` while holding the lock at `path`; waits up to `waitMs` for a living holder.
 * @throws Problem when the holder does not let go in time.
 */
export async function withLock<T>(
  path: string,
  options: { waitMs: number; onWait: (holder: ProcessIdentity) => void },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  // A token of its own tells our lock from another one of the same process.
  const content = JSON.stringify({ ...identityOf(process.pid), token: own });
  const end = Date.now() + options.waitMs;
  let announced = false;
  while (!(await take(path, own, content))) {
    const seen = await readTextIfThere(path);
    if (seen === undefined) continue;
    const holder = parseHolder(seen);
    if (holder === undefined || !isRunning(holder)) {
      await breakStale(path, own, seen);
      continue;
    }
    if (!announced) options.onWait(holder);
    announced = true;
    if (Date.now() >= end) {
      throw new Problem(
        EXIT.notNow,
        `Process ${holder.pid} has held ${path} for too long.`,
        `Wait for it to end, or end it: kill ${holder.pid}`,
      );
    }
    await delay(100);
  }
  try {
    return await work();
  } finally {
    if ((await readTextIfThere(path)) === content) await rm(path, { force: true });
  }
}

/** Linking a finished file makes the lock appear with its content in one step. */
async function take(path: string, own: string, content: string): Promise<boolean> {
  await writeFile(own, content, { mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves the dead holder's lock away; if a living one slipped in between, puts it back. */
async function breakStale(path: string, own: string, stale: string): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(path, aside);
    if ((await readTextIfThere(aside)) !== stale) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity> | null;
    return typeof value?.pid === "number"
      ? { pid: value.pid, startTime: value.startTime }
      : undefined;
  } catch {
    return undefined;
  }
}
