import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { createGit } from "../../../store/git.js";
import { type Machine, makeMachine } from "./a-sandbox.js";

let machine: Machine;
let before: string[];
beforeEach(async () => {
  machine = await makeMachine();
  before = machine.host();
});
afterEach(() => {
  try {
    expect(machine.host()).toEqual(before);
  } finally {
    machine.end();
  }
});

const SECRETS = /PRIVATE KEY|sk-in-the-vault/;

describe("a command that", () => {
  it("writes outside of its workspace changes nothing there", async () => {
    const { engine, home, root } = machine;
    const system = ["/usr", "/etc", "/opt", "/var/tmp", "/"];
    const places = [home, engine, root, join(engine, ".."), ...system];
    const name = basename(root);
    try {
      await machine.run(
        places.map((place) => `echo x > ${place}/${name}; mkdir ${place}/${name}.d`).join("\n"),
      );
      for (const place of places) {
        expect(existsSync(join(place, name))).toBe(false);
        expect(existsSync(join(place, `${name}.d`))).toBe(false);
      }
    } finally {
      for (const place of system)
        for (const made of [name, `${name}.d`])
          rmSync(join(place, made), { recursive: true, force: true });
    }
  });

  it("reads the owner's keys, the vault or what only root may see finds nothing", async () => {
    const { engine, home } = machine;
    const files = [
      `${home}/.ssh/id_ed25519`,
      `${engine}/keys.json`,
      `${homedir()}/.ssh/id_*`,
      `${homedir()}/.npmrc`,
      "/etc/shadow",
      "/etc/ssh/ssh_host_*_key",
      "/etc/ssl/private/*",
      "/proc/1/root/etc/shadow",
      "../../../keys.json",
    ];
    const { output } = await machine.run(
      `${files.map((file) => `cat ${file}`).join("\n")}\nfind / -name keys.json -o -name 'id_ed25519' 2>/dev/null`,
    );
    expect(output).not.toMatch(SECRETS);
    expect(output).not.toContain("root:");
    const refused = output.trim().split("\n");
    expect(refused.filter((line) => !/No such file|Permission denied/.test(line))).toEqual([]);
    expect(refused).toHaveLength(files.length);
  });

  it("follows a link out of its workspace finds nothing and writes nothing", async () => {
    const { engine, home, tree } = machine;
    symlinkSync(join(engine, "keys.json"), join(tree, "keys"));
    symlinkSync(home, join(tree, "home"));
    const { output } = await machine.run(
      "cat keys home/.ssh/id_ed25519; echo x > keys; echo x > home/escaped; ln -s / all; cat all$OLDPWD/../keys.json",
    );
    expect(output).not.toMatch(SECRETS);
    expect(existsSync(join(home, "escaped"))).toBe(false);
  });

  it("is a script of package.json gets no further than any other", async () => {
    const { engine, home, tree } = machine;
    const steal = `cat ${engine}/keys.json ${home}/.ssh/id_ed25519; echo x > ${home}/escaped; true`;
    const scripts = { preinstall: steal, test: steal };
    writeFileSync(
      join(tree, "package.json"),
      JSON.stringify({ name: "x", version: "1.0.0", scripts }),
    );
    const env = { HOME: join(tree, ".home") };
    const { output, exitCode } = await machine.run("npm install --offline; npm test", { env });
    expect(exitCode).toBe(0);
    expect(output).toContain("keys.json: No such file");
    expect(output).not.toMatch(SECRETS);
  });

  it("mounts, makes a device or becomes another user cannot", async () => {
    // What it would do lies in the workspace, so that a sandbox that is broken hurts nobody.
    const { output } = await machine.run(
      "mkdir m; mount -t tmpfs x m && umount m && echo escaped; chroot / true && echo escaped; su nobody -s /bin/sh -c true && echo escaped; mknod m/null c 1 3 && echo escaped; true",
    );
    expect(output).not.toContain("escaped\n");
  });

  it("works with git reads the objects that its clone borrows, and nothing beside them", async () => {
    const { engine, root, tree, confine } = machine;
    const bare = join(engine, "repositories", "m.git");
    mkdirSync(bare, { recursive: true });
    const git = createGit({ path: process.env["PATH"] ?? "", home: join(root, "none") });
    await git(bare, ["init", "-q", "--bare", "."]);
    before = machine.host();
    const objects = join(bare, "objects");
    const { output } = await machine.run(
      `git init -q . && echo ${objects} > .git/objects/info/alternates && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x && git log --format=%s; ls ${bare}; touch ${objects}/escaped`,
      { confine: { ...confine, readable: [objects] } },
    );
    expect(output).toMatch(/^x\nobjects\ntouch: .*Read-only file system\n$/);
    expect(tree).not.toBe("");
  });
});
