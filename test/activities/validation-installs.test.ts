import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { createCommandPort } from "../../activities/adapters/command.js";
import { readEnvironment } from "../../config/env.js";
import { createPackageHosts } from "../../config/package-hosts.js";
import { createPackageTools } from "../../config/package-tools.js";
import { makeFolder, makeUserRepository, removeAll } from "./mission-fixture.js";
import { missionFrom, validate } from "./validation-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const path = process.env["PATH"] ?? "";
type Machine = Parameters<typeof createCommandPort>[0];

/** Validates a repository on a host whose sandbox is set up so. @returns its commands, and how they went. */
async function runsOf(files: Record<string, string>, machine: Partial<Machine>) {
  const mission = await missionFrom({ root, repo }, files, {});
  const commands = createCommandPort({ path, hidden: [homedir()], ...machine });
  const state = await commands.sandbox();
  if (!state.works) throw new Error(state.why);
  Object.assign(mission.deps.commands, commands);
  const { report } = await validate(mission, { commandMs: 120_000 });
  return report.runs.map(({ how, verdict, output }) => ({ how, verdict, output }));
}

describe("a registry of one's own network that asks for a login", () => {
  const REGISTRY = "packages.example.com:4873";
  let registry: Server;
  let heard: { url: string; authorization: string | undefined }[];

  /** A package in a registry, as npm asks for it. */
  async function serve() {
    const folder = join(root, "made", "package");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"name":"tiny-part","version":"1.0.0"}');
    writeFileSync(join(folder, "index.js"), "module.exports = 42;\n");
    const file = join(root, "tiny-part.tgz");
    execFileSync("tar", ["-czf", file, "-C", join(root, "made"), "package"]);
    const tarball = readFileSync(file);
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const at = `http://${REGISTRY}/tiny-part/-/tiny-part-1.0.0.tgz`;
    const version = { name: "tiny-part", version: "1.0.0", dist: { tarball: at, integrity } };
    const known = { name: "tiny-part", "dist-tags": { latest: "1.0.0" } };
    heard = [];
    registry = createServer(({ url = "", headers: { authorization } }, answer) => {
      heard.push({ url, authorization });
      if (url.endsWith(".tgz")) answer.end(tarball);
      else answer.end(JSON.stringify({ ...known, versions: { "1.0.0": version } }));
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  }
  beforeEach(serve);
  afterEach(() => {
    registry.closeAllConnections();
    registry.close();
  });

  it("is installed from by the owner's own settings, and never given the login", async () => {
    const home = join(root, "owner");
    mkdirSync(home);
    writeFileSync(
      join(home, ".npmrc"),
      `registry=http://ada:s3cret@${REGISTRY}/\n//${REGISTRY}/:_authToken=t0ken\n`,
    );
    const { port } = registry.address() as AddressInfo;
    const test = `node -e "console.log(require('tiny-part'), process.env.npm_config_userconfig, require('fs').readFileSync(process.env.npm_config_userconfig, 'utf8'))"`;
    const runs = await runsOf(
      {
        "package.json": JSON.stringify({
          dependencies: { "tiny-part": "1.0.0" },
          scripts: { test },
        }),
      },
      {
        outside: {
          lookup: () => Promise.resolve(["10.20.30.40"]),
          connect: () => connect(port, "127.0.0.1"),
        },
        privateHosts: () => [{ name: "packages.example.com", port: 4873 }],
        hosts: () => Promise.resolve(["packages.example.com"]),
        tools: createPackageTools(readEnvironment({ HOME: home, PATH: path }), join(root, "run")),
      },
    );
    expect(runs.map(({ how, verdict }) => [how, verdict])).toEqual([
      ["npm install --no-audit --no-fund --no-package-lock", "passed"],
      ["npm test", "passed"],
    ]);
    expect(runs[1]?.output).toContain(`registry=http://${REGISTRY}/`);
    // Once for the head and once for the base.
    const asked = [...new Set(heard.map(({ url }) => url))];
    expect(asked).toEqual(["/tiny-part", "/tiny-part/-/tiny-part-1.0.0.tgz"]);
    expect(heard.every(({ authorization }) => authorization === undefined)).toBe(true);
    expect(JSON.stringify(runs)).not.toMatch(/s3cret|t0ken/);
  });
});

describe("the registries of this machine", () => {
  it("are installed from in the sandbox, as its package tools are set up", async () => {
    const environment = readEnvironment();
    const names = await createPackageHosts(environment)();
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    const { version = "", integrity } = lock.packages["node_modules/ms"] ?? {};
    const wanted = { name: "trial", version: "1.0.0", dependencies: { ms: version } };
    const runs = await runsOf(
      {
        "package.json": JSON.stringify({
          ...wanted,
          scripts: { test: `node -e "console.log(require('ms')('2 days'))"` },
        }),
        "package-lock.json": JSON.stringify({
          ...{ name: "trial", version: "1.0.0", lockfileVersion: 3, requires: true },
          packages: { "": wanted, "node_modules/ms": { version, integrity } },
        }),
      },
      {
        hosts: () => Promise.resolve(names),
        // A developer's machine may reach the world through a registry of its own.
        privateHosts: () => names.map((name) => ({ name })),
        tools: createPackageTools(environment, join(root, "run")),
      },
    );
    expect(runs.map(({ how, verdict }) => [how, verdict])).toEqual([
      ["npm ci --no-audit --no-fund", "passed"],
      ["npm test", "passed"],
    ]);
    expect(runs[1]?.output).toContain("172800000");
  });
});
