/**
 * One at a time across processes and containers that share a folder: a lock file that its holder touches while it works. A
 * holder that stands still loses it, and may then keep nothing of what it did. Process ids say nothing between containers.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing, readTextIfThere, systemCode } from "./files.js";

/** Not less than what a busy machine lets a timer wait. */
const STALE_MS = 15_000;
/** So many in that time. Counted, because a clock says nothing of others: it jumps, differs between hosts, and goes on in a sleep. */
const LOOKS = 100;

export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

export interface Lease {
  /** Before anything is written that must not come from two. @throws LeaseLost when another has taken over. */
  assertHeld: () => Promise<void>;
}

/**
 * Runs `work` while holding the lock at `path`, and waits for it as long as its holder lives. Contract: what `work` resolves to
 * was made by the only holder. @throws LeaseLost when it was not; the signal's reason when that is aborted while it waits.
 */
export async function withLease<T>(
  path: string,
  work: (lease: Lease) => Promise<T>,
  { signal, staleMs = STALE_MS }: { signal?: AbortSignal; staleMs?: number } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const token = `${process.pid}.${randomBytes(8).toString("hex")}`;
  const own = `${path}.${token}`;
  let seen: string | undefined;
  for (let looks = 0; !(await take(path, own, token));) {
    signal?.throwIfAborted();
    const mark = await markOf(path);
    looks = mark === seen ? looks + 1 : 0;
    seen = mark;
    if (mark === undefined) continue;
    if (looks < LOOKS) await delay(staleMs / LOOKS);
    else await breakStale(path, own, mark);
  }
  const isHeld = async () => (await readTextIfThere(path)) === token;
  const assertHeld = async () => {
    if (!(await isHeld())) throw new LeaseLost(`${path} was taken over while this stood still`);
  };
  const touch = async () => {
    // Never that of a successor, which would outlive its holder.
    if (await isHeld()) await utimes(path, new Date(), new Date());
  };
  const timer = setInterval(() => {
    touch().catch(() => undefined);
  }, staleMs / 5);
  try {
    const made = await work({ assertHeld });
    await assertHeld();
    return made;
  } finally {
    clearInterval(timer);
    if (await isHeld()) await rm(path, { force: true });
  }
}

/** Linking a finished file makes the lock appear with its content in one step. */
async function take(path: string, own: string, token: string): Promise<boolean> {
  await writeFile(own, token, { mode: 0o600 });
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

/** Another with each touch, and of each lock. @returns undefined where there is none. */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs } = await stat(path);
    return `${ino} ${mtimeMs}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A lock of somebody who came in between is put back. */
async function breakStale(path: string, own: string, stale: string): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(path, aside);
    if ((await markOf(aside)) !== stale) await link(aside, path).catch(() => undefined);
  } catch (error) {
    if (!isMissing(error)) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
