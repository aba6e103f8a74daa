/** One check, run in a folder. */
import type { Check } from "../domain/plan.js";
import { withRefusals } from "./child-confinement.js";
import { searchCodebase } from "./codebase-search.js";
import { runFlow } from "./flow-check.js";
import type { CheckLook } from "./look-order.js";
import type { CommandPort, CommandResult, Confinement } from "./ports.js";

const OUTPUT_BYTES = 64_000;

export interface CheckRun {
  passed: boolean;
  ms: number;
  /** What was run and how it ended, for the evidence. */
  how: string;
  output: string;
  /** Nothing could be seen: why, with the remedy. Never together with `passed`. */
  notRun?: string;
}

export interface CheckPlace {
  commands: CommandPort;
  /** Folder in which the check runs. */
  dir: string;
  /** HOME of commands; outside `dir`, so that what tools leave there is never committed. */
  home: string;
  groupFile: string;
  /** What commands may see besides `dir` and `home`. */
  confine: Pick<Confinement, "readable" | "hosts">;
  /** For checks of method `browser`. */
  look?: CheckLook;
  commandMs: number;
  signal: AbortSignal;
}

/** Methods that the engine itself can run now; `person` is listed, the others belong to kinds that bring their own. */
export const isRunnable = ({ verify }: Check) =>
  verify.method === "bash" || verify.method === "codebase" || verify.method === "browser";

/** @throws the signal's reason when it is aborted meanwhile. */
export async function runCheck(check: Check, place: CheckPlace): Promise<CheckRun> {
  const { verify } = check;
  if (verify.method === "bash") return runCommand(verify, place);
  if (verify.method === "codebase") return runSearch(verify, place);
  if (verify.method === "browser") return runFlow(verify.flow, place);
  const how = `a ${verify.method} check cannot be run here`;
  return { passed: false, ms: 0, how, output: "", notRun: how };
}

/** A shell command where checks run. @throws the signal's reason when it is aborted meanwhile. */
export async function runShell(
  { commands, dir, home, groupFile, confine, signal }: CheckPlace,
  order: { command: string; timeoutMs: number; outputLimitBytes: number },
): Promise<CommandResult> {
  const result = await commands.run({
    ...{ ...order, cwd: dir, env: { HOME: home }, groupFile, signal },
    confine: { ...confine, writable: [dir, home] },
  });
  signal.throwIfAborted();
  return result;
}

async function runCommand(
  verify: { run: string; timeoutSeconds?: number | undefined },
  place: CheckPlace,
): Promise<CheckRun> {
  const { run: command, timeoutSeconds } = verify;
  const timeoutMs = timeoutSeconds === undefined ? place.commandMs : timeoutSeconds * 1_000;
  const result = await runShell(place, { command, timeoutMs, outputLimitBytes: OUTPUT_BYTES });
  const ended = result.timedOut
    ? `stopped after ${timeoutMs} ms`
    : `exit ${result.exitCode ?? "by signal"}`;
  return {
    passed: result.exitCode === 0 && !result.timedOut,
    ms: result.ms,
    how: `$ ${command}\n${ended} in ${Math.round(result.ms)} ms`,
    output: withRefusals(result),
  };
}

async function runSearch(
  verify: { pattern: string; path?: string | undefined },
  { dir, signal }: CheckPlace,
): Promise<CheckRun> {
  const found = await searchCodebase(dir, verify.pattern, verify.path, signal);
  const where = verify.path === undefined ? "" : ` in ${verify.path}`;
  const answer = found.kind === "found" ? `found in ${found.file}` : found.reason;
  return {
    passed: found.kind === "found",
    ms: 0,
    how: `search ${JSON.stringify(verify.pattern)}${where}\n${answer}`,
    output: "",
  };
}
