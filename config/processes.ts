/** Background processes that outlive the command which started them, told apart from later ones with the same id. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "../store/files.js";

/** A process id alone is reused by the system; with its start time it names one process. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque, as the system tells it; undefined where it does not. */
  startTime?: string | undefined;
}

/** When the process started, in the system's own words, or undefined when it is gone (a zombie counts as gone). */
export function startTimeOf(pid: number): string | undefined {
  try {
    // The command's name may hold spaces and brackets, so fields are counted after the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    const listed = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return listed.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** True while exactly this process, not a later one with its id, runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const startTime = startTimeOf(identity.pid);
  return (
    startTime !== undefined &&
    (identity.startTime === undefined || identity.startTime === startTime)
  );
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) };
}

export interface BackgroundProcess extends ProcessIdentity {
  /** Resolves with the exit code (null when ended by a signal) once the process has ended. */
  exited: Promise<number | null>;
}

/**
 * Starts a process in a session of its own, output appended to `logFile`, so that it survives the terminal.
 * @throws the system's error when the program cannot be started.
 */
export async function startInBackground(options: {
  program: string;
  args: readonly string[];
  cwd: string;
  variables: Record<string, string>;
  logFile: string;
}): Promise<BackgroundProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const child = spawn(options.program, options.args, {
      cwd: options.cwd,
      env: options.variables,
      detached: true,
      stdio: ["ignore", log, log],
    });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${options.program} started without a process id`);
    return { ...identityOf(pid), exited };
  } finally {
    closeSync(log);
  }
}

export type StopResult = "stopped" | "killed" | "not running";

/**
 * Ends exactly the recorded process: SIGTERM, a wait of `graceMs`, then SIGKILL. Safe to repeat.
 * Contract: never signals a process whose start time differs from the recorded one.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  graceMs = 20_000,
): Promise<StopResult> {
  if (!signal(identity, "SIGTERM")) return "not running";
  if (await endsWithin(identity, graceMs)) return "stopped";
  if (!signal(identity, "SIGKILL")) return "stopped";
  await endsWithin(identity, 10_000);
  return "killed";
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false;
    throw error;
  }
}

async function endsWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (isRunning(identity)) {
    if (Date.now() >= end) return false;
    await delay(50);
  }
  return true;
}
