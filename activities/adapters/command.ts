/** Shell commands and agents as confined children: environment from nothing, own process group, bounded time and output. */
import { spawn, type ChildProcess } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { childEnvironment } from "../../domain/confinement.js";
import { findProgram } from "../../store/sandbox-probe.js";
import type { ChildOptions, CommandPort } from "../ports.js";
import { type BoundedOutput, createBoundedOutput } from "./bounded-output.js";
import { groupLeash, type Leash, sandboxLeash } from "./leash.js";
import { endGroup, readGroup } from "./process-group.js";
import {
  createSandbox,
  DEFAULT_LIMITS,
  type SandboxLimits,
  type SandboxOptions,
} from "./sandbox/sandbox.js";
import { INSIDE } from "./sandbox/supervisor.js";

/** Between asking a child to end and ending it. */
const GRACE_MS = 2_000;
/** A process that left the group may hold our pipe; after this we close it. */
const DRAIN_MS = 1_000;
const ERROR_BYTES = 64_000;

/**
 * Outside of a sandbox: the shell that runs "$@". Its watcher blocks on descriptor 3, which the worker holds open: when the
 * worker dies, however it dies, the read ends and the whole group is killed. It is detached so that no command waits for it.
 */
const SUPERVISOR = `( (read -r _ <&3; kill -9 -$$) </dev/null >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

export interface CommandPortOptions extends Partial<Omit<SandboxOptions, "limits">> {
  /** PATH of the children. HOME is `env.HOME`, or the working folder. */
  path: string;
  limits?: Partial<SandboxLimits>;
  /** False: children are run as where no sandbox works. */
  sandboxed?: boolean;
}

export function createCommandPort(options: CommandPortOptions): CommandPort {
  const { path, hidden = [], readable = [], sandboxed = true } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const sandbox = createSandbox(path, { hidden, readable, limits });

  /** @returns undefined when the caller has stopped it before it began. */
  const launch = async (order: Launch): Promise<Launched | undefined> => {
    const confined =
      order.confine === undefined || !sandboxed
        ? undefined
        : await sandbox.confine({ env: {}, ...order, confine: order.confine });
    if (order.signal?.aborted === true) return undefined;
    const joined = order.joinsStreams ? "exec 2>&1\n" : "";
    const { program, args, env } = confined ?? {
      program: "/bin/sh",
      args: ["-c", joined + SUPERVISOR, "sh", ...order.argv],
      env: childEnvironment(path, order.env?.["HOME"] ?? order.cwd, order.env),
    };
    const child = spawn(program, args, {
      cwd: order.cwd,
      env,
      detached: true,
      stdio: [order.hasInput ? "pipe" : "ignore", "pipe", "pipe", "pipe"],
    });
    const errors = createBoundedOutput(ERROR_BYTES);
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    // Before the first await: when a child exits, Node throws away what nobody listens to.
    (child.stderr as Readable).on("data", (chunk: Buffer) => {
      errors.add(chunk);
    });
    const stdout = child.stdout as Readable;
    const spoken = new PassThrough();
    if (order.output === undefined) stdout.pipe(spoken);
    else keepOutput(stdout, order.output);
    child.stdio[3]?.on("error", () => undefined);
    const pid = await pidOf(child);
    const leash =
      confined === undefined ? groupLeash(pid) : sandboxLeash(child, pid, () => errors.text());
    const { groupFile } = order;
    if (groupFile !== undefined) await writeFile(groupFile, JSON.stringify(await leash.group));
    const ended = exited.then(async (exitCode) => {
      leash.kill(); // whatever it left behind, and our watcher
      child.stdio[3]?.destroy();
      if (groupFile !== undefined) await rm(groupFile, { force: true });
      return { exitCode };
    });
    return { child, spoken, leash, errors: () => errors.text(), ended };
  };

  return {
    async run(given) {
      const startedMs = Date.now();
      const output = createBoundedOutput(given.outputLimitBytes);
      const result = (exitCode: number | null, timedOut: boolean, stopped: boolean) => ({
        exitCode,
        output: output.text(),
        ms: Date.now() - startedMs,
        timedOut,
        stopped,
      });
      const { signal } = given;
      if (signal.aborted) return result(null, false, true);
      const argv = ["/bin/sh", "-c", given.command];
      const order = { ...given, argv, joinsStreams: true, hasInput: false, output };
      const launched = await launch(order);
      if (launched === undefined) return result(null, false, true);
      const { child, leash, ended } = launched;
      const drained = closed(child.stdout as Readable);

      let why: "timeout" | "stop" | undefined;
      let hardKill: NodeJS.Timeout | undefined;
      const end = (cause: "timeout" | "stop") => {
        why ??= cause;
        leash.ask();
        hardKill ??= setTimeout(() => {
          leash.kill();
        }, GRACE_MS);
      };
      const stop = () => {
        end("stop");
      };
      const limit = setTimeout(() => {
        end("timeout");
      }, given.timeoutMs);
      signal.addEventListener("abort", stop, { once: true });
      // It may have come while the child started.
      if (isAborted(signal)) stop();
      try {
        const { exitCode } = await ended;
        await within(drained, DRAIN_MS);
        child.stdout?.destroy();
        const failure = leash.failure();
        if (failure !== undefined) throw new Error(`the sandbox could not be set up: ${failure}`);
        return result(why === undefined ? exitCode : null, why === "timeout", why === "stop");
      } finally {
        clearTimeout(limit);
        clearTimeout(hardKill);
        signal.removeEventListener("abort", stop);
      }
    },

    async start(given) {
      const [program = ""] = given.argv;
      if ((await findProgram(program, path)) === undefined)
        throw Object.assign(new Error(`${program} was not found`), { code: "ENOENT" });
      const launched = await launch({ ...given, joinsStreams: false, hasInput: true });
      if (launched === undefined) throw new Error("nothing can have stopped it yet");
      const { child, spoken, leash, errors, ended } = launched;
      // An agent that has gone closes its pipes; what is written then is lost, and its end is told by `ended`.
      child.stdin?.on("error", () => undefined);
      return {
        stdin: child.stdin as Writable,
        stdout: spoken,
        errors,
        ended,
        end: async () => {
          leash.ask();
          const hardKill = setTimeout(() => {
            leash.kill();
          }, GRACE_MS);
          await ended;
          clearTimeout(hardKill);
        },
      };
    },

    async sandbox() {
      if (!sandboxed) return { works: false, why: "The sandbox is switched off." };
      const found = await sandbox.probe();
      return found.works ? { works: true } : found;
    },
    async gatewayAddress(listening) {
      const inside = sandboxed && (await sandbox.probe()).works;
      return inside ? `http://127.0.0.1:${INSIDE.gateway}` : listening;
    },

    async endRecordedGroup(groupFile) {
      const group = await readGroup(groupFile);
      if (group !== undefined) await endGroup(group);
      await rm(groupFile, { force: true });
    },
  };
}

interface Launch extends ChildOptions {
  argv: readonly string[];
  joinsStreams: boolean;
  hasInput: boolean;
  output?: BoundedOutput;
  signal?: AbortSignal;
}

interface Launched {
  child: ChildProcess;
  /** What it says on standard output, unless that is kept. */
  spoken: Readable;
  leash: Leash;
  errors: () => string;
  ended: Promise<{ exitCode: number | null }>;
}

/** Asked again after an await, which the compiler does not see as a change. */
const isAborted = (signal: AbortSignal) => signal.aborted;

function keepOutput(stdout: Readable, output: BoundedOutput): void {
  stdout.on("data", (chunk: Buffer) => {
    output.add(chunk);
  });
}

const closed = (stream: Readable) =>
  new Promise<void>((resolve) => {
    if (stream.closed) resolve();
    else stream.once("close", resolve);
  });

/** @throws the system's error when the shell cannot be started (no such folder, too many processes). */
async function pidOf(child: ChildProcess): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  if (child.pid === undefined) throw new Error("the child has no process id");
  return child.pid;
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
