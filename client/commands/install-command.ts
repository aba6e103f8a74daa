import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { systemCode, writeWhole } from "../../store/files.js";
import { type CommandAgent, commandPath, commandText, findCommand } from "../agent-commands.js";
import type { Context } from "../context.js";
import { missionsCommand } from "../shell-words.js";

export interface InstallOptions {
  for: CommandAgent;
  force?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** Writes `/mission` for an agent tool. A second run changes nothing; what a person changed stays, unless they force it. */
export async function runInstallCommand(
  { environment, output }: Context,
  _typed: string[],
  { for: agent, force = false, dryRun = false }: InstallOptions,
): Promise<ExitCode> {
  const path = await commandPath(agent, environment.userHome);
  const [text, { found, text: there }] = await Promise.all([commandText(), findCommand(path)]);
  if (there === text) {
    output.answer({ agent, path, written: false, found }, [`${path} is up to date.`]);
    return EXIT.ok;
  }
  if (found === "changed" && !force) {
    throw new Problem(
      EXIT.notNow,
      `${path} is not as missions wrote it, so it stays as it is.`,
      `Move it away, or overwrite it with: ${missionsCommand("install-command", "--for", agent, "--force")}`,
    );
  }
  if (dryRun) {
    output.answer({ agent, path, written: false, found, text }, [`Would write ${path}:`, "", text]);
    return EXIT.ok;
  }
  await writeWhole(path, text).catch((error: unknown) => {
    throw explained(error, path);
  });
  const what = found === "none" ? "written" : "renewed";
  output.answer({ agent, path, written: true, found }, [
    `${path} is ${what}.`,
    `In ${agent}, start a mission with: /mission "what shall be reached"`,
  ]);
  return EXIT.ok;
}

function explained(error: unknown, path: string): unknown {
  const code = systemCode(error) ?? "";
  if (!["EEXIST", "ENOTDIR", "EISDIR", "EROFS", "EACCES", "EPERM"].includes(code)) return error;
  return new Problem(
    EXIT.environment,
    `${path} cannot be written (${code}).`,
    "Mend what is in the way, and repeat the command.",
    error,
  );
}
