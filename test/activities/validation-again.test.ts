import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { identify } from "../../activities/adapters/process-group.js";
import { makeFolder, makeUserRepository, removeAll } from "./mission-fixture.js";
import { bash, missionFrom, validate } from "./validation-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

describe("a validation after a killed worker", () => {
  it("ends the browser that a killed worker left behind before it removes what names it", async () => {
    const mission = await missionFrom({ root, repo }, {}, {});
    const place = join(mission.paths.workspaces, `${mission.missionId}-validate-1`);
    const left = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const ended = once(left, "exit");
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "group.json.browser"), JSON.stringify(identify(left.pid ?? 0)));
    await validate(mission);
    expect(await ended).toEqual([null, "SIGKILL"]);
  });
});

describe("a base that cannot be installed", () => {
  it("excuses nothing that fails there, and is asked again", async () => {
    const manifest = { scripts: { test: "exit 3" } };
    const lock = JSON.stringify({ lockfileVersion: 3, packages: {} });
    const before = {
      "package.json": JSON.stringify({ ...manifest, dependencies: { x: "file:./nowhere" } }),
      "package-lock.json": lock,
    };
    const after = { "package.json": JSON.stringify(manifest) };
    const checks = [bash("1.a", "true"), bash("1.b", "test -f done.txt")];
    const mission = await missionFrom({ root, repo }, before, after, { checks });
    const { commands } = mission.deps;
    const { run } = commands;
    const onBase: string[] = [];
    commands.run = (order) => {
      if (basename(order.cwd) === "base") onBase.push(order.command);
      return run(order);
    };
    const { report, said } = await validate(mission);
    expect(said).toEqual(["critical tests/npm test", "major control/1.a"]);
    expect(report.runs.find(({ id }) => id === "tests/npm test")?.onBase).toBeUndefined();
    const asked = (words: string) => onBase.filter((command) => command.includes(words)).length;
    expect([asked("npm ci"), asked("npm test"), asked("test -f")]).toEqual([1, 1, 1]);
    await validate(mission, { round: 2 });
    expect([asked("npm ci"), asked("npm test"), asked("test -f")]).toEqual([2, 2, 2]);
  });
});

describe("a package in a folder below the top", () => {
  const part = { "part/package.json": '{"name":"part","version":"1.0.0","main":"index.js"}' };
  const web = (scripts: Record<string, string>) => ({
    ...part,
    "part/index.js": "module.exports = 42;\n",
    "web/package.json": JSON.stringify({ dependencies: { part: "file:../part" }, scripts }),
  });
  const npmInstall = "npm install --no-audit --no-fund --no-package-lock";

  it("is installed where a feature's check runs in it, here and on the base", async () => {
    const test = `node -e "if (require('part') !== 42 || !require('fs').existsSync('../done.txt')) process.exit(1)"`;
    const mission = await missionFrom(
      { root, repo },
      web({ test }),
      {},
      {
        checks: [bash("1.a", "npm --prefix web run test")],
        featureChecks: [bash("a", "cd web && npm test")],
      },
    );
    const { run } = mission.deps.commands;
    const onBase: string[] = [];
    mission.deps.commands.run = (order) => {
      if (basename(order.cwd) === "base") onBase.push(order.command);
      return run(order);
    };
    const { report, said } = await validate(mission);
    expect(said).toEqual(["minor no-tests"]);
    expect(report.runs.map(({ id, how, verdict }) => [id, how, verdict])).toEqual([
      [`install/web/${npmInstall}`, `cd web && ${npmInstall}`, "passed"],
      ["1.a", "npm --prefix web run test", "passed"],
      ["1.1/a", "cd web && npm test", "passed"],
    ]);
    expect(onBase.filter((command) => command.includes(npmInstall))).toHaveLength(1);
  });

  it("is not installed where nothing of the plan runs in it, nor through a link", async () => {
    await symlink("web", join(repo, "linked"));
    const mission = await missionFrom(
      { root, repo },
      web({ test: "true" }),
      {},
      {
        checks: [bash("1.a", "test -f done.txt"), bash("1.b", "cd linked && test -f ../done.txt")],
      },
    );
    const { report } = await validate(mission);
    expect(report.runs.map(({ id }) => id)).toEqual(["1.a", "1.b"]);
  });
});
