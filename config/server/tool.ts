/** Runs a slow program with a limit on silence and on time, telling its lines as they come. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ToolResult {
  kind: "done" | "failed" | "missing" | "stalled" | "timeout";
  /** Last lines of what it printed. */
  lastLines: string[];
}

/**
 * Contract: never rejects; ends the whole process group on a limit. The child's input closes when we die, so a program
 * that watches it does not stay behind.
 */
export async function runTool(options: {
  program: string;
  args: readonly string[];
  cwd: string;
  variables: Record<string, string>;
  limitMs: number;
  /** Called on a timer: `"stalled"` ends the program. */
  watch?: (elapsedMs: number) => "going" | "stalled";
  watchEveryMs?: number;
  onLine?: (line: string) => void;
}): Promise<ToolResult> {
  const child = spawn(options.program, options.args, {
    cwd: options.cwd,
    env: options.variables,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.onLine?.(line);
    });
  }
  const started = Date.now();
  let ended: ToolResult["kind"] | undefined;
  const end = (why: "stalled" | "timeout") => {
    ended ??= why;
    endGroup(child.pid);
  };
  const limit = setTimeout(() => {
    end("timeout");
  }, options.limitMs);
  const watcher = setInterval(() => {
    if (options.watch?.(Date.now() - started) === "stalled") end("stalled");
  }, options.watchEveryMs ?? 1_000);
  // Ctrl-C reaches only our own group; without this the program would go on alone.
  const onSignal = (name: NodeJS.Signals) => {
    endGroup(child.pid);
    process.kill(process.pid, name);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.once(name, onSignal);
  try {
    const code = await new Promise<number | null | "missing">((resolve) => {
      child.once("error", () => {
        resolve("missing");
      });
      child.once("close", resolve);
    });
    if (code === "missing") return { kind: "missing", lastLines };
    return { kind: ended ?? (code === 0 ? "done" : "failed"), lastLines };
  } finally {
    clearTimeout(limit);
    clearInterval(watcher);
    for (const name of signals) process.removeListener(name, onSignal);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
