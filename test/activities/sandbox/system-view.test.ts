import { afterEach, beforeEach, expect, it } from "@jest/globals";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isInside, systemView } from "../../../activities/adapters/sandbox/system-view.js";

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "view-")));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function lay(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), "");
    chmodSync(join(home, file), 0o755);
  }
}
const link = (from: string, to: string) => {
  mkdirSync(dirname(join(home, from)), { recursive: true });
  symlinkSync(to, join(home, from));
};
const sees = (folders: string[], file: string) =>
  systemView(folders.map((folder) => join(home, folder)).join(":"), [home]).some(
    (mount) => mount.kind === "read" && isInside(join(home, file), mount.at),
  );

it("shows tools that lie in a home with what they need, and nothing that people keep beside them", () => {
  const node = ".nvm/versions/node/v22/";
  lay(`${node}bin/node`, `${node}lib/node_modules/npm/bin/npm-cli.js`, ".nvm/alias");
  link(`${node}bin/npm`, "../lib/node_modules/npm/bin/npm-cli.js");
  lay(".cargo/bin/rustup", ".cargo/credentials.toml");
  link(".cargo/bin/cargo", "rustup");
  lay(".pyenv/shims/python", ".pyenv/libexec/pyenv", ".pyenv/versions/3.12/bin/python");
  lay(".local/share/pipx/venvs/black/bin/black", ".local/share/keyrings/login.keyring");
  link(".local/bin/black", "../share/pipx/venvs/black/bin/black");
  lay("bin/own", ".ssh/id_ed25519", ".ssh/config");
  link("bin/key", "../.ssh/id_ed25519");
  const folders = [`${node}bin`, ".cargo/bin", ".pyenv/shims", ".local/bin", "bin", "none"];
  for (const file of [
    `${node}bin/node`,
    `${node}lib/node_modules/npm/bin/npm-cli.js`,
    ".cargo/bin/rustup",
    ".pyenv/versions/3.12/bin/python",
    ".local/share/pipx/venvs/black/bin/black",
    "bin/own",
  ])
    expect([file, sees(folders, file)]).toEqual([file, true]);
  for (const file of [
    ".cargo/credentials.toml",
    ".nvm/alias",
    ".local/share/keyrings/login.keyring",
    ".bashrc",
    ".ssh/config",
  ])
    expect([file, sees(folders, file)]).toEqual([file, false]);
});

it("shows nothing of a home that is itself in PATH, or lies in what the system shows", () => {
  lay(".bashrc");
  expect(sees(["."], ".bashrc")).toBe(false);
  const hidden = systemView("/usr/bin", ["/usr/share"]).find(({ at }) => at === "/usr/share");
  expect(hidden?.kind).toBe("empty");
});
