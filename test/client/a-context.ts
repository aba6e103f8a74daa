import { join } from "node:path";
import { readEnvironment } from "../../config/env.js";
import type { Context } from "../../client/context.js";
import { NO_STYLE } from "../../client/terminal/style.js";
import { enginePaths } from "../../store/engine-paths.js";

export interface RecordedContext extends Context {
  /** What was answered last: the document and the lines. */
  answered: { document: unknown; lines: string[] };
  notes: string[];
}

/** A context as of a command in `folder`, with an empty home in it; what is printed is recorded. */
export function aContext(root: string, folder = root): RecordedContext {
  const environment = readEnvironment({
    PATH: process.env["PATH"],
    HOME: join(root, "user"),
    INIT_CWD: folder,
  });
  const answered = { document: undefined as unknown, lines: [] as string[] };
  const notes: string[] = [];
  return {
    environment,
    paths: enginePaths(environment.engineHome),
    verbose: false,
    by: { who: "ada", from: "cli" },
    answered,
    notes,
    output: {
      json: false,
      live: false,
      interactive: true,
      style: NO_STYLE,
      columns: () => 100,
      rows: () => 40,
      line: () => undefined,
      note: (text) => void notes.push(text),
      answer: (document, lines) => {
        Object.assign(answered, { document: structuredClone(document), lines });
      },
      jsonLine: () => undefined,
      write: () => undefined,
    },
  };
}
