/** Process groups of commands, told apart from later ones with the same number. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Leader's pid, its start time as the system tells it, and the boot that both belong to. */
export interface ProcessGroup {
  pid: number;
  startTime: string;
  boot: string;
  /** First process of its sandbox: when it has gone, nothing of the sandbox is left. */
  first?: ProcessGroup;
}

export const identify = (pid: number): ProcessGroup => ({
  pid,
  startTime: startTimeOf(pid),
  boot: bootId(),
});

/** @returns undefined when nothing (or nothing readable) is recorded. */
export async function readGroup(path: string): Promise<ProcessGroup | undefined> {
  try {
    const found = JSON.parse(await readFile(path, "utf8")) as Partial<ProcessGroup> | null;
    const group = groupFrom(found);
    const first = groupFrom(found?.first);
    return group === undefined || first === undefined ? group : { ...group, first };
  } catch {
    return undefined;
  }
}

function groupFrom(found: Partial<ProcessGroup> | null | undefined): ProcessGroup | undefined {
  const { pid, startTime, boot } = found ?? {};
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 1) return undefined;
  return typeof startTime === "string" && typeof boot === "string"
    ? { pid, startTime, boot }
    : undefined;
}

/** @returns false when no process of the group is left. */
export function killGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/**
 * Kills the recorded group and waits until it is gone. A number is not reused while its group has members, so a leader that is
 * gone leaves the group ours; a leader with another start time, or another boot, is somebody else's.
 */
export async function endGroup(group: ProcessGroup): Promise<void> {
  const leader = startTimeOf(group.pid);
  if (group.boot !== bootId() || (leader !== "" && leader !== group.startTime)) return;
  for (let tries = 0; tries < 200 && killGroup(group.pid, "SIGKILL"); tries += 1) await delay(25);
  // It dies with its parent, but only after it has ended the rest.
  for (let tries = 0; tries < 200 && isRunning(group.first); tries += 1) await delay(25);
}

/** Between two looks at a group that was killed, and how many of them. */
const LOOK_MS = 10;
const LOOKS = 500;
/** From here on who has ended but is never asked after is told from who still runs, which costs more to see. */
const LOOKS_AT_ALL = 10;

/** Waits until no process of a killed group runs; not for one that the system itself holds for longer than 5 s. */
export async function awaitGroupEnd(pid: number): Promise<void> {
  for (let looks = 0; looks < LOOKS && killGroup(pid, 0); looks += 1) {
    if (looks >= LOOKS_AT_ALL && !hasRunning(pid)) return;
    await delay(LOOK_MS);
  }
}

/** True where it cannot be seen. */
function hasRunning(group: number): boolean {
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [state = "", , of] = statOf(Number(name)).split(" ");
      return Number(of) === group && !/^[ZX]/.test(state);
    } catch {
      return false; // it has ended
    }
  });
}

/** One that has ended and is not yet asked after has nothing left either. */
function isRunning(process: ProcessGroup | undefined): boolean {
  if (process === undefined || process.startTime === "") return false;
  try {
    const [state = "", ...rest] = statOf(process.pid).split(" ");
    return rest[18] === process.startTime && !/^[ZX]/.test(state);
  } catch {
    return false; // it has ended
  }
}

function startTimeOf(pid: number): string {
  try {
    return statOf(pid).split(" ")[19] ?? "";
  } catch {
    if (process.platform === "linux") return "";
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** Fields from the state on. The command's name before may hold spaces and brackets. @throws when there is no such process. */
function statOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2);
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
