/** What a person sees when a command fails: one sentence, the remedy, the exit code; never a stack unless asked. */
import { EXIT, Problem, type ExitCode } from "../domain/problem.js";
import { cleanText } from "./terminal/clean.js";

export interface FailureStyle {
  json: boolean;
  verbose: boolean;
}

/** @returns the exit code. @param out stdout, @param err stderr, each given whole lines. */
export function reportFailure(
  error: unknown,
  { json, verbose }: FailureStyle,
  out: (text: string) => void,
  err: (text: string) => void,
): ExitCode {
  const { message, remedy, exitCode } = failureOf(error);
  if (json) out(`${JSON.stringify({ error: { message, remedy, exitCode } }, undefined, 2)}\n`);
  else err(`${cleanText(message)}\n${cleanText(remedy)}\n`);
  if (verbose) err(`${cleanText(stacks(error))}\n`);
  return exitCode;
}

interface Failure {
  message: string;
  remedy: string;
  exitCode: ExitCode;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Problem) {
    return { message: error.message, remedy: error.remedy, exitCode: error.exitCode };
  }
  const system = systemProblem(error);
  if (system !== undefined) return system;
  const text = error instanceof Error ? error.message : String(error);
  const [line = ""] = text.split("\n");
  return {
    message: `Something of ours went wrong: ${line || "no reason was given"}`,
    remedy: "Repeat the command with --verbose and report what it prints.",
    exitCode: EXIT.unexpected,
  };
}

const SYSTEM: Record<string, [string, string]> = {
  ENOSPC: ["The disk is full", "Free some space and repeat the command."],
  EDQUOT: ["The disk quota is used up", "Free some space and repeat the command."],
  EROFS: [
    "The disk is read-only",
    "Name a writable folder with MISSIONS_HOME and MISSIONS_ENGINE_HOME.",
  ],
  EACCES: [
    "A file may not be touched by this user",
    "Mend its permissions, or name other folders with MISSIONS_HOME and MISSIONS_ENGINE_HOME.",
  ],
};

function systemProblem(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return undefined;
  const known = SYSTEM[error.code];
  if (known === undefined) return undefined;
  const path = "path" in error && typeof error.path === "string" ? `: ${error.path}` : "";
  return { message: `${known[0]}${path}.`, remedy: known[1], exitCode: EXIT.environment };
}

function stacks(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stacks(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
