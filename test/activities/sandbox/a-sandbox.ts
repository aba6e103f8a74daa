/** A worker's machine in a temporary folder, with a workspace in it: children are confined by the real bubblewrap. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCommandPort,
  type CommandPortOptions,
} from "../../../activities/adapters/command.js";
import type { CommandPort, Confinement } from "../../../activities/ports.js";

const path = process.env["PATH"] ?? "";

export type Machine = Awaited<ReturnType<typeof makeMachine>>;

/** @throws when this machine cannot confine children: these tests say nothing without. */
export async function makeMachine(options: Partial<CommandPortOptions> = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sandbox-")));
  const home = join(root, "home");
  const engine = join(home, ".aidevops", "missions-engine");
  const tree = join(engine, "workspaces", "w", "tree");
  for (const folder of [tree, join(home, ".ssh")]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, ".ssh", "id_ed25519"), "PRIVATE KEY of the owner\n");
  writeFileSync(join(engine, "keys.json"), '{"anthropic":"sk-in-the-vault"}');
  const commands: CommandPort = createCommandPort({ path, hidden: [home, engine], ...options });
  const state = await commands.sandbox();
  if (!state.works && options.sandboxed !== false) throw new Error(state.why);
  const confine: Confinement = { writable: [tree], readable: [], hosts: [] };
  return {
    options,
    root,
    home,
    engine,
    tree,
    commands,
    confine,
    run: (command: string, more: Partial<Parameters<CommandPort["run"]>[0]> = {}) =>
      commands.run({
        command,
        cwd: tree,
        timeoutMs: 60_000,
        outputLimitBytes: 64_000,
        signal: new AbortController().signal,
        confine,
        ...more,
      }),
    /** Every file of the machine outside of the workspace, with its content. */
    host: () => {
      const entries = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() || entry.isSymbolicLink())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !file.startsWith(`${tree}/`));
      return entries.sort().map((file) => `${file}: ${readFileSync(file, "utf8")}`);
    },
    end: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
