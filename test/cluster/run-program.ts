/** Runs a program to its end, with an environment of its own. */
import { spawn } from "node:child_process";

export interface ProgramEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Contract: rejects only when the program cannot be started or takes longer than `limitMs`. */
export function runProgram(
  [program = "", ...args]: readonly string[],
  options: { env: Record<string, string>; cwd?: string; limitMs?: number },
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const limitMs = options.limitMs ?? 120_000;
    const child = spawn(program, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${program} ${args.join(" ")} took longer than ${limitMs} ms: ${stderr}`));
    }, limitMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
  });
}

/** @throws when it ends with another code than 0. */
export async function mustRun(
  command: readonly string[],
  options: { env: Record<string, string>; cwd?: string; limitMs?: number },
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, options);
  if (code === 0) return stdout;
  throw new Error(`${command.join(" ")} ended with ${code}: ${(stderr || stdout).slice(-2_000)}`);
}
