/** The builtin agent's tools: what the model is told of them, and what they do. A tool never throws for what the model got wrong. */
import { cutToBytes } from "../../domain/cut-to-bytes.js";
import { systemCode } from "../../store/files.js";
import type { AgentRun } from "../agent.js";
import { PathRefused } from "./confined-path.js";
import { lookText, readLook } from "./look-tool.js";
import { editText, listFiles, locate, readText, writeText } from "./file-tools.js";

const text = { type: "string" } as const;
const input = (properties: Record<string, object>, required: string[]) => ({
  type: "object" as const,
  properties,
  required,
  additionalProperties: false,
});

/** As sent to the model; part of every prompt, so each word costs. */
export const TOOL_SPECS = {
  read: {
    description: "Read a text file of the workspace.",
    schema: input({ path: text, from_line: { type: "integer", minimum: 1 } }, ["path"]),
  },
  write: {
    description:
      "Create or replace a file. A path that starts with $MISSION_DIR/ goes to the hand-over folder.",
    schema: input({ path: text, content: text }, ["path", "content"]),
  },
  edit: {
    description: "Replace text that occurs exactly once in a file (everywhere with all: true).",
    schema: input({ path: text, find: text, replace: text, all: { type: "boolean" } }, [
      "path",
      "find",
      "replace",
    ]),
  },
  list: {
    description: "List the files below a folder of the workspace.",
    schema: input({ path: text }, []),
  },
  search: {
    description: "Search file contents with an extended regular expression (grep -E).",
    schema: input({ pattern: text, path: text }, ["pattern"]),
  },
  run: {
    description:
      "Run a shell command in the workspace, without input; it ends when the command ends. Processes left behind are ended.",
    schema: input({ command: text }, ["command"]),
  },
  finish: {
    description: "Say that the feature is complete, after its checks were run and passed.",
    schema: input({ summary: text }, ["summary"]),
  },
};

export interface ToolResult {
  ok: boolean;
  text: string;
  /** PNG of what was looked at. */
  picture?: Buffer;
  /** The workspace may have changed. */
  dirty: boolean;
  /** Set when the agent says that it is done. */
  finished?: string;
  /** The attempt is to end; the call is made again later. */
  stopped?: boolean;
}

const OUTPUT_BYTES = 16_000;
/** A little above what the tools give at once, for their last line. */
const RESULT_BYTES = 17_000;
const READ_BYTES = 41_000;
const SEARCH_MS = 30_000;

/** No answer is longer than its limit, whatever the tool: each byte is paid for in every later turn. */
export async function useTool(run: AgentRun, name: string, given: unknown): Promise<ToolResult> {
  const result = await tryTool(run, name, given);
  const kept = cutToBytes(result.text, name === "read" ? READ_BYTES : RESULT_BYTES);
  return kept === result.text ? result : { ...result, text: `${kept}\n[cut]` };
}

async function tryTool(run: AgentRun, name: string, given: unknown): Promise<ToolResult> {
  try {
    return await use(run, name, new Given(given));
  } catch (error) {
    const known = error instanceof PathRefused || error instanceof WrongInput;
    const code = systemCode(error);
    // What the file system says of a path is the model's to mend; a full disk is not.
    if (!known && (code === undefined || code === "ENOSPC")) throw error;
    const told = known ? error.message : `the system says ${code ?? "no"}`;
    return { ok: false, text: `error: ${told}`, dirty: name === "write" || name === "edit" };
  }
}

async function use(run: AgentRun, name: string, given: Given): Promise<ToolResult> {
  const folders = run.paths;
  const answer = (said: string, dirty = false) => ({ ok: true, text: said, dirty });
  switch (name) {
    case "read":
      return answer(await readText(folders, given.text("path"), given.line("from_line")));
    case "write":
      return answer(await writeText(folders, given.text("path"), given.text("content")), true);
    case "edit": {
      const [path, find, replace] = [given.text("path"), given.text("find"), given.text("replace")];
      return answer(await editText(folders, { path, find, replace, all: given.flag("all") }), true);
    }
    case "list":
      return answer(await listFiles(folders, given.text("path", ".")));
    case "search":
      return search(run, given.text("pattern"), given.text("path", "."));
    case "run":
      return command(run, given.text("command"));
    case "look":
      return look(run, given);
    case "finish":
      return { ...answer("noted"), finished: given.text("summary").slice(0, 4_000) };
    default:
      throw new WrongInput(`there is no tool ${name}`);
  }
}

/** grep in a confined child: a pattern that explodes hurts nobody but itself. */
async function search(run: AgentRun, pattern: string, path: string): Promise<ToolResult> {
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  const where = await locate(run.paths, path);
  const result = await run.run(
    `grep -rnIE --exclude-dir=.git --exclude-dir=node_modules -e ${quoted(pattern)} -- ${quoted(where)}`,
    { timeoutMs: Math.min(SEARCH_MS, run.input.commandMs), outputBytes: OUTPUT_BYTES },
  );
  const found = result.output.replaceAll(`${where}/`, "").trimEnd();
  return {
    ok: result.exitCode === 0 || result.exitCode === 1,
    text: found === "" ? "nothing found" : found,
    dirty: false,
    stopped: result.stopped,
  };
}

async function command(run: AgentRun, line: string): Promise<ToolResult> {
  const limits = { timeoutMs: run.input.commandMs, outputBytes: OUTPUT_BYTES };
  const result = await run.run(line, limits);
  const how = result.timedOut
    ? `[ended after ${run.input.commandMs / 1_000} s]`
    : `[exit ${result.exitCode ?? "by signal"}]`;
  return {
    ok: result.exitCode === 0,
    text: `${result.output.trimEnd()}\n${how}`.trimStart(),
    dirty: true,
    stopped: result.stopped,
  };
}

async function look(run: AgentRun, given: Given): Promise<ToolResult> {
  if (run.look === undefined) throw new WrongInput("there is no tool look");
  const { steps } = given.all();
  const asked = readLook({
    url: given.text("url"),
    viewport: given.text("viewport", "desktop"),
    steps,
  });
  if ("wrong" in asked) throw new WrongInput(asked.wrong);
  try {
    const { report, picture } = await run.look(asked.flow, asked.viewport);
    const ok = report.verdict !== "not-run";
    // Building and running the app may have changed files.
    return {
      ok,
      text: lookText(report),
      dirty: true,
      ...(picture === undefined ? {} : { picture }),
    };
  } catch (error) {
    if (!run.signal.aborted) throw error;
    return { ok: false, text: "stopped", dirty: true, stopped: true };
  }
}

class WrongInput extends Error {
  override readonly name = "WrongInput";
}

/** What a model gave a tool: any JSON at all. */
class Given {
  readonly #fields: Record<string, unknown>;

  constructor(given: unknown) {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new WrongInput("the arguments are not a JSON object; they may have been cut off");
    }
    this.#fields = given as Record<string, unknown>;
  }

  text(name: string, fallback?: string): string {
    const value = this.#fields[name] ?? fallback;
    if (typeof value !== "string") throw new WrongInput(`${name} must be a string`);
    return value;
  }

  line(name: string): number {
    const value = this.#fields[name] ?? 1;
    if (typeof value !== "number" || !(value >= 1))
      throw new WrongInput(`${name} must be 1 or more`);
    return Math.floor(value);
  }

  all(): Readonly<Record<string, unknown>> {
    return this.#fields;
  }

  flag(name: string): boolean {
    return this.#fields[name] === true;
  }
}
