/** Where agent tools look for slash commands, and whose file is there: ours as we wrote it, or a person's. */
import { createHash } from "node:crypto";
import { lstat, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../config/package-root.js";
import { isMissing, systemCode } from "../store/files.js";
import { shellWord } from "./shell-words.js";

export const COMMAND_AGENTS = ["claude", "opencode", "aidevops"] as const;
export type CommandAgent = (typeof COMMAND_AGENTS)[number];

/** The file that the agent reads as `/mission`. */
export async function commandPath(agent: CommandAgent, userHome: string): Promise<string> {
  switch (agent) {
    case "claude":
      return join(userHome, ".claude", "commands", "mission.md");
    case "opencode": {
      // Both names are in use; one that is there already is the one that is read.
      const folder = join(userHome, ".config", "opencode");
      const plural = await stat(join(folder, "commands")).catch(() => undefined);
      return join(folder, plural?.isDirectory() === true ? "commands" : "command", "mission.md");
    }
    case "aidevops":
      return join(userHome, ".aidevops", "agents", "scripts", "commands", "mission.md");
  }
}

const MARK = /^<!-- Written by `missions install-command`; sha256 ([0-9a-f]{64}) .*-->\n/m;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** The template with the command of this installation, and a line that tells a later install whether it was changed. */
export async function commandText(): Promise<string> {
  const root = packageRoot();
  const template = await readFile(join(root, "templates", "commands", "mission.md"), "utf8");
  const command = `node ${shellWord(join(root, "dist", "client", "cli.js"))}`;
  const text = template.replaceAll("{{missions}}", () => command);
  const mark = `<!-- Written by \`missions install-command\`; sha256 ${hashOf(text)} of all other lines. A changed file is never overwritten. -->\n`;
  const [frontmatter = ""] = /^---\n[\s\S]*?\n---\n/.exec(text) ?? [];
  return `${frontmatter}${mark}${text.slice(frontmatter.length)}`;
}

export type FoundCommand = "none" | "ours" | "changed";

/** `ours`: as an install wrote it, of this version or another. A link is a person's. */
export async function findCommand(path: string): Promise<{ found: FoundCommand; text: string }> {
  try {
    const isFile = (await lstat(path)).isFile();
    if (!isFile) return { found: "changed", text: "" };
    const text = await readFile(path, "utf8");
    const [line = "", hash] = MARK.exec(text) ?? [];
    const isOurs = hash !== undefined && hashOf(text.replace(line, () => "")) === hash;
    return { found: isOurs ? "ours" : "changed", text };
  } catch (error) {
    if (isMissing(error) || systemCode(error) === "ENOTDIR") return { found: "none", text: "" };
    throw error;
  }
}
