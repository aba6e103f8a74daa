import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runInstallCommand } from "../../client/commands/install-command.js";
import type { CommandAgent } from "../../client/agent-commands.js";
import { EXIT } from "../../domain/problem.js";
import { aContext } from "./a-context.js";

let root: string;
let context: ReturnType<typeof aContext>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "install-"));
  context = aContext(root);
});
afterEach(() => rm(root, { recursive: true }));

const install = async (
  agent: CommandAgent,
  options: { force?: boolean; dryRun?: boolean } = {},
) => {
  await runInstallCommand(context, [], { for: agent, ...options });
  return context.answered.document as { path: string; written: boolean; found: string };
};
const inHome = (path: string) => join(context.environment.userHome, path);
const edit = async (path: string, change: (text: string) => string) => {
  await writeFile(path, change(await readFile(path, "utf8")));
};

describe("the command file for an agent tool", () => {
  it.each([
    ["claude", ".claude/commands/mission.md"],
    ["opencode", ".config/opencode/command/mission.md"],
    ["aidevops", ".aidevops/agents/scripts/commands/mission.md"],
  ] as const)("of %s is written into an empty home, at %s", async (agent, path) => {
    expect(await install(agent)).toMatchObject({ path: inHome(path), written: true });
    const text = await readFile(inHome(path), "utf8");
    expect(text).toMatch(
      /^---\ndescription: .*\nargument-hint: .*\n---\n<!-- Written by `missions install-command`; sha256 /,
    );
    expect(text).toMatch(/node \S+dist\/client\/cli\.js interview start --json -- /);
    expect(text).toContain("$ARGUMENTS");
    expect(text).not.toContain("{{");
  });

  it("goes where opencode already has its commands", async () => {
    await mkdir(inHome(".config/opencode/commands"), { recursive: true });
    expect((await install("opencode")).path).toBe(inHome(".config/opencode/commands/mission.md"));
  });

  it("is written once, and again when it is of another version", async () => {
    const { path } = await install("claude");
    expect(await install("claude")).toMatchObject({ written: false, found: "ours" });
    const text = await readFile(path, "utf8");
    // As an older version would have written it: another text under its own hash.
    const { createHash } = await import("node:crypto");
    const older = "---\ndescription: Older\n---\nOlder text\n";
    const hash = createHash("sha256").update(older).digest("hex");
    const mark = `<!-- Written by \`missions install-command\`; sha256 ${hash} of all. -->\n`;
    await writeFile(path, older.replace("Older text", `${mark}Older text`));
    expect(await install("claude")).toMatchObject({ written: true, found: "ours" });
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("stays as a person changed it, unless they say otherwise", async () => {
    const { path } = await install("claude");
    for (const change of [
      (text: string) => `${text}\nMine.\n`,
      (text: string) => text.replace(/<!--.*-->\n/, ""),
      () => "",
    ]) {
      await edit(path, change);
      const changed = await readFile(path, "utf8");
      await expect(install("claude")).rejects.toMatchObject({
        exitCode: EXIT.notNow,
        remedy: expect.stringContaining("npx missions install-command --for claude --force"),
      });
      expect(await readFile(path, "utf8")).toBe(changed);
      expect(await install("claude", { force: true })).toMatchObject({ written: true });
    }
  });

  it("does not replace a link, which is a person's", async () => {
    const path = inHome(".claude/commands/mission.md");
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(root, "dotfiles.md"), path);
    await expect(install("claude")).rejects.toMatchObject({ exitCode: EXIT.notNow });
  });

  it("is only shown by a dry run", async () => {
    const { path } = await install("claude", { dryRun: true });
    await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
    expect(context.answered.lines.join("\n")).toContain("interview answer ID --json");
  });

  it("that cannot be written says what is in the way", async () => {
    await mkdir(context.environment.userHome, { recursive: true });
    await writeFile(inHome(".claude"), "a file");
    await expect(install("claude")).rejects.toMatchObject({ exitCode: EXIT.environment });
  });
});
