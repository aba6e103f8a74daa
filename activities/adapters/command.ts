/** Shell commands and agents as confined children: environment from nothing, own process group, bounded time and output. */
import { rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { findProgram } from "../../store/sandbox-probe.js";
import type { ChildOptions, CommandPort } from "../ports.js";
import { createBoundedOutput } from "./bounded-output.js";
import { launch } from "./launch.js";
import { endGroup, readGroup } from "./process-group.js";
import { createSandbox, type SandboxOptions, toolsFor } from "./sandbox/sandbox.js";
import { GATEWAY_INSIDE } from "./sandbox/ways-out.js";

/** Between asking a child to end and ending it. */
const GRACE_MS = 2_000;
/** A process that left the group may hold our pipe; after this we close it. */
const DRAIN_MS = 1_000;

/** `path`: PATH of the children. Their HOME is `env.HOME`, or the working folder. */
export interface CommandPortOptions extends SandboxOptions {
  /** False: children are run as where no sandbox works. */
  sandboxed?: boolean;
}

export function createCommandPort({
  sandboxed = true,
  ...options
}: CommandPortOptions): CommandPort {
  const { path } = options;
  const sandbox = sandboxed ? createSandbox(options) : undefined;
  const withTools = async ({ confine, env }: ChildOptions) => ({
    ...(await toolsFor(confine, options.tools)).env,
    ...env,
  });
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
      const env = await withTools(given);
      const order = { ...given, env, argv, joinsStreams: true, hasInput: false, output };
      const launched = await launch(path, sandbox, order);
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
        const failure = leash.failure(launched.errors());
        if (failure !== undefined) throw new Error(`the sandbox could not be set up: ${failure}`);
        const refusals = launched.refusals();
        return {
          ...result(why === undefined ? exitCode : null, why === "timeout", why === "stop"),
          ...(refusals.length === 0 ? {} : { refusals }),
        };
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
      const env = await withTools(given);
      const order = { ...given, env, joinsStreams: false, hasInput: true };
      const launched = await launch(path, sandbox, order);
      if (launched === undefined) throw new Error("nothing can have stopped it yet");
      const { child, spoken, leash, errors, refusals, ended } = launched;
      // An agent that has gone closes its pipes; what is written then is lost, and its end is told by `ended`.
      child.stdin?.on("error", () => undefined);
      return {
        stdin: child.stdin as Writable,
        stdout: spoken,
        errors,
        refusals,
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
      if (sandbox === undefined) return { works: false, why: "The sandbox is switched off." };
      const found = await sandbox.probe();
      return found.works ? { works: true } : found;
    },
    async gatewayAddress(listening) {
      const found = await sandbox?.probe();
      return found?.works === true ? GATEWAY_INSIDE : listening;
    },

    async endRecordedGroup(groupFile) {
      const group = await readGroup(groupFile);
      if (group !== undefined) await endGroup(group);
      await rm(groupFile, { force: true });
    },
  };
}

/** Asked again after an await, which the compiler does not see as a change. */
const isAborted = (signal: AbortSignal) => signal.aborted;

const closed = (stream: Readable) =>
  new Promise<void>((resolve) => {
    if (stream.closed) resolve();
    else stream.once("close", resolve);
  });

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
