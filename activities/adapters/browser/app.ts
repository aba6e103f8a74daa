/** The app of a checkout, confined: prepared, started, and reached through one Unix socket whatever port it takes. */
import { lstat, rename } from "node:fs/promises";
import { join } from "node:path";
import type { PlanApp } from "../../../domain/qa.js";
import { findProgram } from "../../../store/sandbox-probe.js";
import type { CommandPort, LookOrder, RunningChild } from "../../ports.js";
import { createBoundedOutput } from "../bounded-output.js";
import { forwarderOf } from "../sandbox/forwarder.js";
import { type Answering, awaitAnswer } from "./app-answer.js";
import * as faults from "./app-faults.js";
import { listeningPorts } from "./listening.js";
import { freePort, isFreePort } from "./ports-of-host.js";

/** In a network of its own any port is free; this one is what most apps take that do not read PORT. */
const PORT_INSIDE = 3_000;
const OUTPUT_BYTES = 64_000;
const READY_SECONDS = 60;

export interface RunningApp {
  /** Unix socket that leads to it, in a folder that it cannot write. */
  socket: string;
  port: number;
  output(): string;
  /** Set when it ended by itself. */
  exit(): { exitCode: number | null } | undefined;
  stop(): Promise<void>;
}

export type StartedApp = { kind: "running"; app: RunningApp } | { kind: "not-run"; why: string };

/**
 * @param folder private one for the socket, short enough for its path. @param leftMs time that is left of the whole look.
 * Contract: what is wrong with the app is returned; throws only when the signal is aborted, and then nothing runs any more.
 */
export async function startApp(
  { commands, path }: { commands: CommandPort; path: string },
  order: Pick<LookOrder, "app" | "dir" | "home" | "groupFile" | "confine" | "signal">,
  { folder, leftMs }: { folder: string; leftMs: () => number },
): Promise<StartedApp> {
  const { app, dir, home, groupFile, signal } = order;
  const notRun = (why: string): StartedApp => ({ kind: "not-run", why });
  const isInside = (await commands.sandbox()).works;
  const port = app.port ?? (isInside ? PORT_INSIDE : await freePort());
  if (!isInside && !(await isFreePort(port))) return notRun(faults.portTaken(port));
  const env = { ...app.env, HOME: home, PORT: String(port) };
  const confine = { ...order.confine, writable: [dir, home] };

  for (const command of app.prepare ?? []) {
    const result = await commands.run({
      ...{ command: withPort(command, port), cwd: dir, env, groupFile, signal, confine },
      timeoutMs: Math.max(1, leftMs()),
      outputLimitBytes: OUTPUT_BYTES,
    });
    signal.throwIfAborted();
    if (result.exitCode !== 0 || result.timedOut)
      return notRun(faults.prepareFailed(command, result));
  }

  const offered = join(folder, "in", "app.sock");
  const socket = join(folder, "app.sock");
  const forwarder = forwarderOf(await findProgram("perl", path));
  const child = await commands.start({
    argv: [...forwarder, `${offered}=${port}`, "/bin/sh", "-c", shellOf(app, port)],
    ...{ cwd: dir, env, groupFile },
    confine: { ...confine, writable: [...confine.writable, join(folder, "in")] },
  });
  const running = watch(child, socket, port);
  try {
    const answering = await awaitAnswer({
      ready: async () => takeSocket(offered, socket),
      ...{ socket, port, path: app.ready ?? "/", signal },
      hasEnded: () => running.exit() !== undefined,
      limitMs: Math.min((app.readySeconds ?? READY_SECONDS) * 1_000, leftMs()),
    });
    if (answering.kind === "answers") return { kind: "running", app: running };
    const elsewhere = await listeningPorts(groupFile, isInside);
    const output = running.output(); // before it is ended, which some shells remark upon
    await running.stop();
    return notRun(whyNot(answering, app, { ...running, output: () => output }, elsewhere));
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function watch(child: RunningChild, socket: string, port: number): RunningApp {
  const output = createBoundedOutput(OUTPUT_BYTES);
  let ended: { exitCode: number | null } | undefined;
  let isStopped = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output.add(chunk);
  });
  // Who asks for input is to notice that nobody is there.
  child.stdin.end();
  void child.ended.then((end) => {
    if (!isStopped) ended = end;
  });
  return {
    ...{ socket, port },
    output: () => [output.text(), child.errors(), ...(child.refusals?.() ?? [])].join("\n").trim(),
    exit: () => ended,
    stop: async () => {
      isStopped = true;
      await child.end();
    },
  };
}

/**
 * Takes the socket out of the folder that the app can write, so that it cannot put something else in its place later.
 * @returns "foreign" for what is no socket: nothing is ever connected to through a link.
 */
async function takeSocket(offered: string, socket: string): Promise<boolean | "foreign"> {
  try {
    await rename(offered, socket);
  } catch {
    return false;
  }
  return (await lstat(socket)).isSocket() ? true : "foreign";
}

const withPort = (command: string, port: number) => command.replaceAll("{port}", String(port));
const shellOf = ({ run }: PlanApp, port: number) => `exec 2>&1\n${withPort(run, port)}`;

function whyNot(
  answering: Exclude<Answering, { kind: "answers" }>,
  app: PlanApp,
  running: RunningApp,
  elsewhere: readonly number[],
): string {
  const { port } = running;
  const output = running.output();
  const seconds = app.readySeconds ?? READY_SECONDS;
  switch (answering.kind) {
    case "ended":
      return faults.endedByItself(app.run, running.exit()?.exitCode ?? null, output);
    case "foreign":
      return faults.socketReplaced();
    case "redirects":
      return faults.redirectsForEver(answering.paths);
    case "error-status":
      return faults.errorStatus(answering.status, app.ready ?? "/", seconds, output);
    case "not-http":
      return faults.notHttp(port, output);
    case "silent": {
      const others = elsewhere.filter((each) => each !== port);
      if (others.length > 0 && !elsewhere.includes(port)) return faults.otherPort(others, port);
      return faults.neverAnswers(port, seconds, output);
    }
  }
}
