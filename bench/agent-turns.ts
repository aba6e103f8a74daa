/** What the agent of the bench does, turn by turn, and the repository that it does it in. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CannedTurn } from "../workers/demo-replies.js";
import type { Engine } from "./engine.js";

const run = promisify(execFile);
const IDENTITY = "-c user.name=bench -c user.email=bench@localhost";
const moduleOf = (n: number) => `src/part-${n}.ts`;

/** Reads, writes, edits, runs and searches by turns, and finishes at the end. */
export function agentTurns(turns: number, files: number): CannedTurn[] {
  const made = Array.from({ length: turns - 1 }, (_, n): CannedTurn => {
    const path = moduleOf(n % files);
    const kinds: { tool: string; input: Record<string, unknown> }[] = [
      { tool: "read", input: { path } },
      { tool: "write", input: { path: `notes/${n}.md`, content: `# Note ${n}\n\nOf ${path}.\n` } },
      { tool: "search", input: { pattern: `value${n % files}\\b`, path: "src" } },
      { tool: "edit", input: { path: "notes.md", find: "end", replace: `${n}\nend` } },
      { tool: "run", input: { command: `wc -l ${path} && test -f notes.md` } },
    ];
    const call = kinds[n % kinds.length];
    return { say: `Step ${n}.`, calls: call === undefined ? [] : [call] };
  });
  return [...made, { calls: [{ tool: "finish", input: { summary: "all parts are noted" } }] }];
}

/** A repository with so many modules of about 2 kB. @returns its path. */
export async function makeTree(engine: Engine, name: string, files: number): Promise<string> {
  const tree = join(engine.folder, "repositories", name);
  await mkdir(join(tree, "src"), { recursive: true });
  await writeFile(join(tree, "notes.md"), "end\n");
  for (let n = 0; n < files; n++) {
    const lines = Array.from({ length: 40 }, (_, at) => `export const value${n}x${at} = "${n}";`);
    await writeFile(join(tree, moduleOf(n)), `export const value${n} = 1;\n${lines.join("\n")}\n`);
  }
  const script = `git init -q -b main && git add -A && git ${IDENTITY} commit -q -m First`;
  await run("sh", ["-ec", script], { cwd: tree, env: engine.variables });
  return tree;
}
