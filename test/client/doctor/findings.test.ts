import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { doctor } from "../../../client/commands/doctor.js";
import { findBrowserHere } from "../../../client/doctor/browser.js";
import { findDiskSpace, findGit, findNode, findSandbox } from "../../../client/doctor/machine.js";
import { findModelKeys } from "../../../client/doctor/models.js";
import { findRegistries } from "../../../client/doctor/registries.js";
import { readEnvironment } from "../../../config/env.js";
import { enginePaths } from "../../../store/engine-paths.js";
import { makeSandbox, startSilentServer, type Sandbox } from "../../config/server/programs.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.remove());

const environmentOf = (more: Record<string, string> = {}) =>
  readEnvironment({
    HOME: sandbox.folder,
    PATH: sandbox.binFolder,
    MISSIONS_ENGINE_HOME: join(sandbox.folder, "not", "made", "yet"),
    ...more,
  });

describe("findNode", () => {
  it.each([
    ["18.20.1", false],
    ["20.18.3", false],
    ["20.19.0", true],
    ["24.1.0", true],
  ])("judges Node %s", (version, ok) => {
    expect(findNode(version).ok).toBe(ok);
  });
});

describe("findGit", () => {
  it.each([
    ["git version 2.25.1", false],
    ["git version 2.39.5 (Apple Git-154)", true],
    ["git version 2.47.0.windows.2", true],
  ])("judges %s", async (printed, ok) => {
    await sandbox.program("git", `echo "${printed}"`);
    expect((await findGit(environmentOf())).ok).toBe(ok);
  });

  it("says what to do when there is none", async () => {
    expect(await findGit(environmentOf())).toMatchObject({
      ok: false,
      remedy: expect.stringContaining("git-scm.com"),
    });
  });
});

describe("findBrowserHere", () => {
  it("names the browser on PATH", async () => {
    await sandbox.program("chromium", "exit 0");
    const environment = environmentOf();
    const found = await findBrowserHere({ environment, paths: enginePaths(sandbox.folder) });
    expect(found).toEqual({
      name: "browser",
      ok: true,
      found: join(sandbox.binFolder, "chromium"),
    });
  });
});

describe("findDiskSpace", () => {
  it("looks at the disk on which the folder would be made", async () => {
    expect((await findDiskSpace(environmentOf())).found).toMatch(/^\d+\.\d GB free for .*yet$/);
  });
});

describe("findSandbox", () => {
  it("says where commands are sandboxed, and what is missing where they are not", async () => {
    expect(await findSandbox(environmentOf())).toMatchObject({
      ok: "warn",
      remedy: expect.stringContaining("apt install bubblewrap"),
    });
    const said = 'case "$1" in --help) echo --json-status-fd --as-pid-1;; esac';
    await sandbox.program(
      "bwrap",
      `${said}; [ "$1" = --help ] || { echo "no, said $0" >&2; exit 1; }`,
    );
    expect(await findSandbox(environmentOf())).toMatchObject({
      ok: "warn",
      remedy: expect.stringContaining("the system refuses it (no, said"),
    });
    await sandbox.program("bwrap", said);
    expect(await findSandbox(environmentOf())).toMatchObject({ ok: true });
  });
});

describe("findModelKeys", () => {
  it("names providers that have a key, and never the key", async () => {
    const engineHome = join(sandbox.folder, "engine");
    await mkdir(engineHome);
    await writeFile(join(engineHome, "keys.json"), '{"openai":{"key":"sk-kept"}}', { mode: 0o600 });
    const finding = await findModelKeys(environmentOf({ MISSIONS_ENGINE_HOME: engineHome }));
    expect(finding).toEqual({ name: "model", ok: true, found: "openai" });
  });

  it("reports a key file that cannot be used instead of failing", async () => {
    const engineHome = join(sandbox.folder, "engine");
    await mkdir(engineHome);
    await writeFile(join(engineHome, "keys.json"), "{", { mode: 0o600 });
    expect(await findModelKeys(environmentOf({ MISSIONS_ENGINE_HOME: engineHome }))).toMatchObject({
      ok: false,
      remedy: expect.any(String),
    });
  });
});

describe("doctor", () => {
  it("looks at everything on a machine that has nothing, and gives each failure a remedy", async () => {
    const silent = await startSilentServer();
    await silent.close();
    const findings = await doctor({
      environment: environmentOf({
        MISSIONS_TEMPORAL_PORT: String(silent.port),
        OPENAI_API_KEY: "sk-of-the-shell",
        MISSIONS_HOEM: "/x",
        INIT_CWD: sandbox.folder,
      }),
    });
    expect(findings.map(({ name, ok }) => [name, ok])).toEqual([
      ["Node", true],
      ["git", false],
      ["server", false],
      ["worker", false],
      ["model", "warn"],
      ["agents", true],
      ["shell key", "warn"],
      ["variable", "warn"],
      ["forge", true],
      ["disk", expect.anything()],
      ["sandbox", "warn"],
      ["registries", true],
      // A developer's own machine may have one of Playwright's.
      ["browser", expect.anything()],
    ]);
    for (const { ok, remedy } of findings) if (ok !== true) expect(remedy).toBeTruthy();
    expect(JSON.stringify(findings)).not.toContain("sk-of-the-shell");
    expect(findings.find(({ name }) => name === "variable")?.remedy).toContain("MISSIONS_HOME");
  });

  it("tells a program that is not Temporal from a missing server", async () => {
    const silent = await startSilentServer();
    try {
      const findings = await doctor({
        environment: environmentOf({ MISSIONS_TEMPORAL_PORT: String(silent.port) }),
      });
      expect(findings.find(({ name }) => name === "server")?.found).toContain("not Temporal");
    } finally {
      await silent.close();
    }
  });
});

describe("findRegistries", () => {
  const registriesOf = async (settings: string, npmrc: string, address: string) => {
    const engine = join(sandbox.folder, "engine");
    await mkdir(engine, { recursive: true });
    await writeFile(join(engine, "settings.yaml"), settings);
    await writeFile(join(sandbox.folder, ".npmrc"), npmrc);
    await sandbox.program("npm", `printf '{\\n"registry": "https://packages.example.com/"\\n}'`);
    const environment = environmentOf({ MISSIONS_ENGINE_HOME: engine });
    return findRegistries(environment, () => Promise.resolve([address]));
  };

  it("says where commands fetch packages, and what to write where that is refused", async () => {
    expect(await registriesOf("", "", "93.184.215.14")).toEqual({
      ...{ name: "registries", ok: true },
      found: "commands fetch packages from packages.example.com",
    });
    expect(await registriesOf("", "", "10.1.2.3")).toMatchObject({
      ok: "warn",
      found: expect.stringMatching(/in a private network, and refused: packages\.example\.com$/),
      remedy: expect.stringContaining("private_hosts: [packages.example.com]"),
    });
  });

  it("names what the owner has opened, and whose login is not handed on", async () => {
    const opened = "sandbox:\n  private_hosts: [packages.example.com, 'npm:4873']\n";
    const finding = await registriesOf(opened, "//npm/:_authToken=t0ken\n", "10.1.2.3");
    expect(finding).toMatchObject({
      ok: "warn",
      found:
        "commands fetch packages from packages.example.com; of your own network they reach packages.example.com, npm:4873; they are not given your login at npm",
    });
    expect(JSON.stringify(finding)).not.toContain("t0ken");
  });
});
