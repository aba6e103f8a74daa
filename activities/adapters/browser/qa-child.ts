/** The process that looks: confined to its report, with the app's socket as its only way to anything. */
import { realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandPort } from "../../ports.js";
import { createBoundedOutput } from "../bounded-output.js";
import type { RunningApp } from "./app.js";
import type { QaOrder } from "./qa-order.js";

const OUTPUT_BYTES = 16_000;
const TAIL = 300;

export interface QaChildStart {
  order: QaOrder;
  /** Private folder of this look. */
  folder: string;
  browser: string;
  /** All that it may write. */
  out: string;
  baseline?: string;
  app?: RunningApp;
  /** Names of hosts that pages use on purpose. */
  hosts?: readonly string[];
  groupFile: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface QaChildEnd {
  said: string;
  /** Why there may be no report; absent when it ended as it should. */
  why?: string;
}

/** Contract: nothing of it runs when this resolves. */
export async function runQaChild(
  options: {
    commands: CommandPort;
    userHome: string;
    child: { argv: readonly string[]; readable: readonly string[] };
  },
  start: QaChildStart,
): Promise<QaChildEnd> {
  const { commands, child, userHome } = options;
  const { folder, out, baseline, app, hosts = [], groupFile, timeoutMs, signal } = start;
  const file = join(folder, "order", "order.json");
  await writeFile(file, JSON.stringify(start.order));
  const isInside = (await commands.sandbox()).works;
  const running = await commands.start({
    argv: [...child.argv, file],
    cwd: out,
    // Inside, the folder for temporary files is its own and is gone with it.
    env: { HOME: isInside ? "/tmp" : join(folder, "home") },
    groupFile,
    confine: {
      writable: [out],
      readable: [
        ...child.readable,
        dirname(file),
        await placeOf(start.browser, userHome),
        ...(baseline === undefined ? [] : [baseline]),
      ],
      hosts,
      onlyHosts: true,
      ...(app === undefined ? {} : { gatewaySocket: app.socket, gatewayPort: app.port }),
    },
  });
  const said = createBoundedOutput(OUTPUT_BYTES);
  running.stdout.on("data", (chunk: Buffer) => {
    said.add(chunk);
  });
  running.stdin.end();
  let isLate = false;
  const stop = () => void running.end();
  const timer = setTimeout(
    () => {
      isLate = true;
      stop();
    },
    Math.max(1, timeoutMs),
  );
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const { exitCode } = await running.ended;
    const why = whyOf(exitCode, isLate, [running.errors(), ...(running.refusals?.() ?? [])]);
    return { said: said.text(), ...(why === undefined ? {} : { why }) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function whyOf(exitCode: number | null, isLate: boolean, told: readonly string[]) {
  if (isLate)
    return "The look did not end in time: give it fewer flows, or mend what keeps the app busy.";
  if (exitCode === 0) return undefined;
  const said = told.join("\n").trim().replaceAll(/\s+/g, " ").slice(-TAIL);
  const limits = /more than \d+ (?:MB|processes)/.test(said)
    ? " Raise sandbox.memory_mb or sandbox.processes in settings.yaml."
    : "";
  const how = exitCode === null ? "was ended" : `ended with exit ${exitCode}`;
  return `The browser's process ${how}: ${said === "" ? "it said nothing." : said}${limits}`;
}

/** The browser with its libraries beside it, but never a whole home. */
export async function placeOf(browser: string, userHome: string): Promise<string> {
  const path = await realpath(browser).catch(() => browser);
  const folder = dirname(path);
  return `${userHome}/`.startsWith(`${folder}/`) ? path : folder;
}
