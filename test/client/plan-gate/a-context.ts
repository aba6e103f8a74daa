import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { Context } from "../../../client/context.js";
import { NO_STYLE } from "../../../client/terminal/style.js";
import { readEnvironment } from "../../../config/env.js";
import { enginePaths } from "../../../store/engine-paths.js";

export interface TestContext {
  context: Context;
  /** Folder of everything the command may write to. */
  root: string;
  notes: string[];
  answers: { document: unknown; lines: string[] }[];
  written: string[];
}

/** A context with folders of its own that remembers what is printed. */
export async function aContext(
  variables: Record<string, string> = {},
  output: Partial<Context["output"]> = {},
): Promise<TestContext> {
  const root = await mkdtemp(join(tmpdir(), "missions-gate-"));
  const environment = readEnvironment({
    PATH: process.env["PATH"],
    HOME: root,
    INIT_CWD: root,
    MISSIONS_ENGINE_HOME: join(root, "engine"),
    ...variables,
  });
  const notes: string[] = [];
  const answers: TestContext["answers"] = [];
  const written: string[] = [];
  const context: Context = {
    environment,
    paths: enginePaths(environment.engineHome),
    verbose: false,
    by: { who: "ann", from: "cli" },
    output: {
      json: false,
      live: false,
      interactive: false,
      style: NO_STYLE,
      columns: () => 100,
      rows: () => 40,
      line: () => undefined,
      note: (text) => notes.push(text),
      answer: (document, lines) => answers.push({ document, lines }),
      jsonLine: () => undefined,
      write: (text) => written.push(text),
      ...output,
    },
  };
  return { context, root, notes, answers, written };
}

const KEYS = { enter: "\r", down: "\u001b[B", up: "\u001b[A", cancel: "\u0003" } as const;
export type Key = keyof typeof KEYS;

/**
 * A person at a terminal: each step waits until its question is shown, then types. A step's keys are names of keys; anything
 * else is typed as text.
 */
export function aPerson(steps: readonly (readonly [question: string, ...keys: string[]])[]): {
  streams: { input: Readable; output: Writable };
  shown: () => string;
  left: () => number;
} {
  const input = new Readable({ read: () => undefined });
  Object.assign(input, { isTTY: true, setRawMode: () => input });
  const waiting = [...steps];
  let all = "";
  let since = "";
  const typeNext = () => {
    const [next] = waiting;
    if (next === undefined || !since.includes(next[0])) return;
    waiting.shift();
    since = "";
    const [, ...keys] = next;
    for (const key of keys) input.push(key in KEYS ? KEYS[key as Key] : key);
  };
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      all += chunk.toString();
      since += chunk.toString();
      setImmediate(typeNext);
      done();
    },
  });
  Object.assign(output, { columns: 200, rows: 60, isTTY: true });
  return { streams: { input, output }, shown: () => all, left: () => waiting.length };
}

/** Keys that choose the entry at that place, from 0. */
export const entry = (at: number): string[] => [...Array<string>(at).fill("down"), "enter"];
