/** Private folders of the system's temporary one, for sockets, whose paths may have no more than some 100 bytes. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const swept = new Set<string>();

/** The caller removes it. Those of workers that were killed are removed when the first one is made. */
export function makeSocketFolder(parent = tmpdir()): string {
  const ids = idsOf();
  if (!swept.has(parent)) removeStale(parent, ids);
  swept.add(parent);
  return mkdtempSync(join(parent, `missions-${process.pid}-${ids}-`));
}

function removeStale(parent: string, ids: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid, theirs] = /^missions-(\d+)-(\d+)-\w{6}$/.exec(name) ?? [];
    if (theirs !== ids || isRunning(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // another user's
    }
  }
}

/** Process ids mean the same only within one namespace; containers may share the temporary folder. */
function idsOf(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
