/** Starts a child on a leash: in the sandbox where it works and is asked for, else in a process group alone. */
import { spawn, type ChildProcess } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { childEnvironment } from "../../domain/confinement.js";
import type { ChildOptions } from "../ports.js";
import { type BoundedOutput, createBoundedOutput } from "./bounded-output.js";
import { groupLeash, type Leash, sandboxLeash } from "./leash.js";
import type { Confined, Sandbox } from "./sandbox/sandbox.js";
import { identify } from "./process-group.js";
import { watchSandbox } from "./sandbox/watch.js";

const ERROR_BYTES = 64_000;

/**
 * Outside of a sandbox: the shell that runs "$@". Its watcher blocks on descriptor 3, which the worker holds open: when the
 * worker dies, however it dies, the read ends and the whole group is killed. It is detached so that no command waits for it.
 */
const SUPERVISOR = `( (read -r _ <&3; kill -9 -$$) </dev/null >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

export interface Launch extends ChildOptions {
  argv: readonly string[];
  /** Standard error goes where standard output goes. */
  joinsStreams: boolean;
  hasInput: boolean;
  /** Keeps standard output; without it, it is `spoken`. */
  output?: BoundedOutput;
  signal?: AbortSignal;
}

export interface Launched {
  child: ChildProcess;
  spoken: Readable;
  leash: Leash;
  errors: () => string;
  /** What the sandbox refused it, or ended it for. */
  refusals: () => string[];
  ended: Promise<{ exitCode: number | null }>;
}

/** @param sandbox undefined: none is used. @returns undefined when the caller has stopped the child before it began. */
export async function launch(
  path: string,
  sandbox: Sandbox | undefined,
  order: Launch,
): Promise<Launched | undefined> {
  const { confine } = order;
  const opened = confine && (await sandbox?.confine({ env: {}, ...order, confine }));
  const confined = opened && {
    ...opened,
    close: once(() => {
      opened.close();
    }),
  };
  try {
    if (order.signal?.aborted !== true) return await spawnChild(path, order, confined);
    confined?.close();
    return undefined;
  } catch (error) {
    confined?.close();
    throw error;
  }
}

async function spawnChild(path: string, order: Launch, confined: Confined | undefined) {
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
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  // Before the first await: when a child exits, Node throws away what nobody listens to.
  const errors = createBoundedOutput(ERROR_BYTES);
  keep(child.stderr as Readable, errors);
  const spoken = new PassThrough();
  if (order.output === undefined) child.stdout?.pipe(spoken);
  else keep(child.stdout as Readable, order.output);
  child.stdio[3]?.on("error", () => undefined);
  const pid = await pidOf(child);

  const killed: string[] = [];
  /** All of it, once the child has ended. */
  let refused: string[] | undefined;
  let endWatch: () => void = () => undefined;
  const inSandbox = (sandboxed: Confined) =>
    sandboxLeash(child, pid, (first) => {
      const exceeded = (what: string) => {
        killed.push(`ended: ${what}`);
        leash.kill();
      };
      endWatch = watchSandbox(first, sandboxed.limits, exceeded, sandboxed.tooMuch);
    });
  const leash: Leash = confined === undefined ? groupLeash(pid) : inSandbox(confined);
  const { groupFile } = order;
  const ended = exited.then(async (exitCode) => {
    endWatch();
    leash.kill(); // whatever it left behind, and our watcher
    refused = [...new Set([...killed, ...(confined?.refusals() ?? [])])];
    confined?.close();
    child.stdio[3]?.destroy();
    await leash.gone();
    if (groupFile !== undefined) await rm(groupFile, { force: true });
    return { exitCode };
  });
  try {
    if (groupFile !== undefined) {
      // A sandbox whose worker dies while it is set up may wait for ever: it is recorded before it says who is first in it.
      await writeFile(groupFile, JSON.stringify(identify(pid)));
      await writeFile(groupFile, JSON.stringify(await leash.group));
    }
  } catch (error) {
    // What is not recorded could not be ended by anybody else.
    leash.kill();
    await ended.catch(() => undefined);
    throw error;
  }
  return {
    child,
    spoken,
    leash,
    errors: () => errors.text(),
    refusals: () => refused ?? confined?.refusals() ?? [],
    ended,
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function keep(stream: Readable, output: BoundedOutput): void {
  stream.on("data", (chunk: Buffer) => {
    output.add(chunk);
  });
}

/** @throws the system's error when the shell cannot be started (no such folder, too many processes). */
async function pidOf(child: ChildProcess): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  if (child.pid === undefined) throw new Error("the child has no process id");
  return child.pid;
}
