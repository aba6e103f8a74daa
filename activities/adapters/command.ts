/** Shell commands as confined children: environment from nothing, own process group, bounded time and output. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { childEnvironment } from "../../domain/confinement.js";
import type { CommandPort } from "../ports.js";
import { createBoundedOutput } from "./bounded-output.js";
import { endGroup, identify, killGroup, readGroup } from "./process-group.js";

/** Between asking a group to end and ending it. */
const GRACE_MS = 2_000;
/** A process that left the group may hold our pipe; after this we close it. */
const DRAIN_MS = 1_000;

/**
 * The shell that runs `$1`. Its watcher blocks on descriptor 3, which the worker holds open: when the worker dies, however it
 * dies, the read ends and the whole group is killed. The watcher is detached so that no command waits for it.
 */
const SUPERVISOR = `( (read -r _ <&3; kill -9 -$$) </dev/null >/dev/null 2>&1 & )
exec 3<&- 2>&1
exec sh -c "$1"`;

/** The same for a child whose streams are its own; "$@" is the program. */
const AGENT_SUPERVISOR = `( (read -r _ <&3; kill -9 -$$) </dev/null >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;
const ERROR_BYTES = 64_000;

/** @param path PATH of the children. HOME is `env.HOME`, or the working folder. */
export function createCommandPort({ path }: { path: string }): CommandPort {
  return {
    async run(options) {
      const startedMs = Date.now();
      const output = createBoundedOutput(options.outputLimitBytes);
      const result = (exitCode: number | null, timedOut: boolean, stopped: boolean) => ({
        exitCode,
        output: output.text(),
        ms: Date.now() - startedMs,
        timedOut,
        stopped,
      });
      if (options.signal.aborted) return result(null, false, true);

      const env = childEnvironment(path, options.env?.["HOME"] ?? options.cwd, options.env);
      const child = spawn("/bin/sh", ["-c", SUPERVISOR, "sh", options.command], {
        cwd: options.cwd,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "ignore", "pipe"],
      });
      const exited = exitOf(child);
      // Before the first await: when a child exits, Node throws away what nobody listens to.
      const stdout = child.stdout as Readable;
      const drained = new Promise((resolve) => stdout.once("close", resolve));
      stdout.on("data", (chunk: Buffer) => {
        output.add(chunk);
      });
      const pid = await pidOf(child);
      if (options.groupFile !== undefined) {
        await writeFile(options.groupFile, JSON.stringify(identify(pid)));
      }
      child.stdio[3]?.on("error", () => undefined);

      let why: "timeout" | "stop" | undefined;
      let hardKill: NodeJS.Timeout | undefined;
      const end = (cause: "timeout" | "stop") => {
        why ??= cause;
        killGroup(pid, "SIGTERM");
        hardKill ??= setTimeout(() => {
          killGroup(pid, "SIGKILL");
        }, GRACE_MS);
      };
      const stop = () => {
        end("stop");
      };
      const limit = setTimeout(() => {
        end("timeout");
      }, options.timeoutMs);
      options.signal.addEventListener("abort", stop, { once: true });
      // It may have come while the child started.
      if (isAborted(options.signal)) stop();
      try {
        const exitCode = await exited;
        // Whatever it left behind (and our watcher) ends with it.
        killGroup(pid, "SIGKILL");
        await within(drained, DRAIN_MS);
        stdout.destroy();
        return result(why === undefined ? exitCode : null, why === "timeout", why === "stop");
      } finally {
        clearTimeout(limit);
        clearTimeout(hardKill);
        options.signal.removeEventListener("abort", stop);
        child.stdio[3]?.destroy();
        if (options.groupFile !== undefined) await rm(options.groupFile, { force: true });
      }
    },

    async start(options) {
      const env = childEnvironment(path, options.env?.["HOME"] ?? options.cwd, options.env);
      const child = spawn("/bin/sh", ["-c", AGENT_SUPERVISOR, "sh", ...options.argv], {
        cwd: options.cwd,
        env,
        detached: true,
        stdio: ["pipe", "pipe", "pipe", "pipe"],
      });
      const exited = exitOf(child);
      const errors = createBoundedOutput(ERROR_BYTES);
      child.stderr.on("data", (chunk: Buffer) => {
        errors.add(chunk);
      });
      // An agent that has gone closes its pipes; what is written then is lost, and its end is told by `ended`.
      child.stdin.on("error", () => undefined);
      child.stdio[3]?.on("error", () => undefined);
      const pid = await pidOf(child);
      if (options.groupFile !== undefined)
        await writeFile(options.groupFile, JSON.stringify(identify(pid)));
      const ended = exited.then(async (exitCode) => {
        killGroup(pid, "SIGKILL");
        child.stdio[3]?.destroy();
        if (options.groupFile !== undefined) await rm(options.groupFile, { force: true });
        return { exitCode };
      });
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        errors: () => errors.text(),
        ended,
        end: async () => {
          killGroup(pid, "SIGTERM");
          const hardKill = setTimeout(() => killGroup(pid, "SIGKILL"), GRACE_MS);
          await ended;
          clearTimeout(hardKill);
        },
      };
    },

    sandbox: () => Promise.resolve({ works: false, why: "This version has no sandbox yet." }),
    gatewayAddress: (listening) => Promise.resolve(listening),

    async endRecordedGroup(groupFile) {
      const group = await readGroup(groupFile);
      if (group !== undefined) await endGroup(group);
      await rm(groupFile, { force: true });
    },
  };
}

/** Asked again after an await, which the compiler does not see as a change. */
const isAborted = (signal: AbortSignal) => signal.aborted;

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once("exit", resolve));

/** @throws the system's error when the shell cannot be started (no such folder, too many processes). */
async function pidOf(child: ChildProcess): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  if (child.pid === undefined) throw new Error("the shell has no process id");
  return child.pid;
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
