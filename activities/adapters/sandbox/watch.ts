/** Holds a sandbox to its limits where the kernel does not: counts its processes, memory and CPU time, and ends it above them. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface SandboxLimits {
  /** Of all processes of one child together; its folders in memory have the same limit each. */
  memoryBytes: number;
  /** Processes and threads of one child. */
  processes: number;
  /** Of all processes of one child together. */
  cpuSeconds: number;
  /** That stays free on the disk on which it works. */
  freeDiskBytes: number;
}

/** Between two looks, each of which takes some hundredths of a ms for a process; many processes may soon be more. */
const LOOK_MS = { few: 100, many: 10 };
const MANY = 1 / 8;
/** The kernel's own limit lies so far above, so that it is the watch that ends a sandbox and says why. */
export const PROCESSES_OVER = 16;
/** Of the kernel's clock, in which it counts CPU time for programs: the same on every Linux. */
const TICKS_PER_SECOND = 100;

/** How it is said. */
export const excess = {
  processes: ({ processes }: SandboxLimits) => `more than ${processes} processes and threads`,
  memory: ({ memoryBytes }: SandboxLimits) =>
    `more than ${Math.round(memoryBytes / 2 ** 20)} MB of memory`,
  cpu: ({ cpuSeconds }: SandboxLimits) => `more than ${cpuSeconds} s of CPU time`,
  disk: ({ freeDiskBytes }: SandboxLimits) =>
    `less than ${Math.round(freeDiskBytes / 2 ** 20)} MB left on the disk`,
};

/**
 * @param first the sandbox's first process. @param exceeded is told once what was too much. @param refused what the kernel
 * says by itself: what it refuses may end some processes, and the rest would then look few.
 * @returns ends the watch.
 */
export function watchSandbox(
  first: number,
  limits: SandboxLimits,
  exceeded: (what: string) => void,
  refused: () => readonly string[],
): () => void {
  // Its own /proc, seen from outside, lists just its processes.
  const proc = `/proc/${first}/root/proc`;
  let timer: NodeJS.Timeout | undefined;
  let isOwn = false;
  const look = () => {
    // Until it has a root of its own, this is the whole machine's.
    isOwn ||= namespaceOf(`${proc}/1`) === namespaceOf(`/proc/${first}`);
    if (!isOwn) {
      later(LOOK_MS.few);
      return;
    }
    const pids = listed(proc).filter((name) => /^\d+$/.test(name));
    const what = excessOf(proc, pids, limits) ?? refused()[0];
    if (what !== undefined) exceeded(what);
    else later(pids.length > limits.processes * MANY ? LOOK_MS.many : LOOK_MS.few);
  };
  const later = (ms: number) => {
    timer = setTimeout(look, ms).unref();
  };
  later(LOOK_MS.few);
  return () => {
    clearTimeout(timer);
  };
}

function excessOf(
  proc: string,
  pids: readonly string[],
  limits: SandboxLimits,
): string | undefined {
  if (pids.length > limits.processes) return excess.processes(limits);
  let threads = 0;
  let memoryKb = 0;
  let ticks = 0;
  for (const pid of pids) {
    const status = read(`${proc}/${pid}/status`);
    threads += Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    memoryKb += Number(/^RssAnon:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    const stat = read(`${proc}/${pid}/stat`);
    // utime, stime and those of children that have ended
    const times = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += times.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
  }
  if (threads > limits.processes) return excess.processes(limits);
  if (memoryKb * 1_024 > limits.memoryBytes) return excess.memory(limits);
  if (ticks / TICKS_PER_SECOND > limits.cpuSeconds) return excess.cpu(limits);
  return undefined;
}

/** @returns a name that no other has when it cannot be told. */
function namespaceOf(process: string): string {
  try {
    return readlinkSync(`${process}/ns/pid`);
  } catch {
    return `unknown of ${process}`;
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it has ended
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
