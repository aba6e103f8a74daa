/** How the worker holds a child: what it is recorded as, and how it is asked to end or ended, with all that it started. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import type { Readable } from "node:stream";
import { awaitGroupEnd, identify, killGroup, type ProcessGroup } from "./process-group.js";

export interface Leash {
  /** What a later attempt needs to end it. Contract: resolves also when the child has ended. */
  group: Promise<ProcessGroup>;
  /** Asks every process of it to end. */
  ask(): void;
  /** Ends every process of it. */
  kill(): void;
  /** Waits until all that was killed has gone, for some seconds at most. Contract: the child itself has ended. */
  gone(): Promise<void>;
  /** @param errors what it said. @returns why it could not be set up; undefined when it ran. Asked after its end. */
  failure(errors: string): string | undefined;
}

/** A child that leads its process group. */
export function groupLeash(pid: number): Leash {
  return {
    group: Promise.resolve(identify(pid)),
    ask: () => void killGroup(pid, "SIGTERM"),
    kill: () => void killGroup(pid, "SIGKILL"),
    gone: () => awaitGroupEnd(pid),
    failure: () => undefined,
  };
}

/** A child in a pid namespace of its own: the end of its first process is the end of all. @param began is told that one. */
export function sandboxLeash(
  child: ChildProcess,
  pid: number,
  began: (first: number) => void,
): Leash {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let said = "";
  let first: number | undefined;
  const status = child.stdio[3] as Readable;
  const known = new Promise<void>((resolve) => {
    status.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString("latin1")}`.slice(0, 4_096);
      const found = /"child-pid": *(\d+)/.exec(said)?.[1];
      if (found === undefined || first !== undefined) return;
      first = Number(found);
      if (!hasEnded()) began(first);
      resolve();
    });
    status.once("close", resolve);
  });
  return {
    group: known.then(() => ({
      ...identify(pid),
      ...(first === undefined || hasEnded() ? {} : { first: identify(first) }),
    })),
    ask: () => {
      if (hasEnded()) return;
      for (const each of first === undefined ? [] : membersOf(first)) signal(each, "SIGTERM");
    },
    kill: () => {
      if (hasEnded()) return;
      // The outer process ends when all is gone, and not before: its end is what the worker waits for.
      if (first === undefined) killGroup(pid, "SIGKILL");
      else signal(first, "SIGKILL");
    },
    gone: () => Promise.resolve(), // it ends after the rest
    failure: (errors) => {
      const told = errors.trim();
      const isSetUp = first !== undefined && !told.startsWith("bwrap:");
      if (said.includes('"exit-code"') || child.signalCode !== null || isSetUp) return undefined;
      return told === "" ? "no reason was given" : told;
    },
  };
}

/** Processes of the namespace that `first` began, except itself. */
function membersOf(first: number): number[] {
  const namespace = namespaceOf(first);
  if (namespace === undefined) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && namespaceOf(Number(name)) === namespace)
    .map(Number)
    .filter((pid) => pid !== first);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
