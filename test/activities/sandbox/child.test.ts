import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, makeMachine } from "./a-sandbox.js";

let machine: Machine;
beforeEach(async () => {
  machine = await makeMachine();
});
afterEach(() => {
  machine.end();
});

describe("a confined child", () => {
  it("works in its workspace with git and node, and says how it ended", async () => {
    const result = await machine.run(
      "git init -q . && echo one > a && git add a && git -c user.name=x -c user.email=x@x commit -qm first && git log --oneline | wc -l && node -p 6*7 && echo two >&2; exit 3",
    );
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, stopped: false });
    expect(result.output).toBe("1\n42\ntwo\n");
    expect(readFileSync(join(machine.tree, "a"), "utf8")).toBe("one\n");
  });

  it("has no rights, no other processes and no host's environment", async () => {
    process.env["ANTHROPIC_API_KEY"] = "sk-very-secret";
    try {
      const result = await machine.run(
        "grep -h Cap /proc/self/status; ls /proc | grep -c '^[0-9]'; cat /proc/*/environ | tr '\\0' '\\n'",
      );
      expect(result.output).toMatch(/CapEff:\s+0{16}\n/);
      expect(result.output).toMatch(/CapBnd:\s+0{16}\n/);
      expect(Number(/^\d+$/m.exec(result.output)?.[0])).toBeLessThan(8);
      expect(result.output).not.toContain("sk-very-secret");
      expect(result.output).toContain("CI=1");
    } finally {
      delete process.env["ANTHROPIC_API_KEY"];
    }
  });

  it("finds every folder of PATH that is there, and its temporary folder empty", async () => {
    const result = await machine.run(
      "ls -A /tmp; ls -A /home /root 2>&1; touch /tmp/x && echo made",
    );
    expect(result.output).not.toContain("id_ed25519");
    expect(result.output).toContain("made");
    expect(existsSync("/tmp/x")).toBe(false);
  });

  it("speaks over its streams while it goes on, and is ended with all that it started", async () => {
    const script = `process.stdin.on("data", (said) => { process.stdout.write("heard " + said); });
      process.stderr.write("ready"); process.on("SIGTERM", () => { console.log("asked"); process.exit(7); });`;
    writeFileSync(join(machine.tree, "agent.mjs"), script);
    const groupFile = join(machine.engine, "group.json");
    const { tree: cwd, confine } = machine;
    const argv = ["node", "agent.mjs"];
    const child = await machine.commands.start({ argv, cwd, confine, groupFile });
    const said: string[] = [];
    const answered = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        said.push(chunk.toString());
        resolve();
      });
    });
    child.stdin.write("hello");
    await answered;
    expect(said.join("")).toBe("heard hello");
    expect(child.errors()).toBe("ready");
    expect(existsSync(groupFile)).toBe(true);
    await child.end();
    expect(await child.ended).toEqual({ exitCode: 7 });
    expect(said.join("")).toContain("asked");
    expect(existsSync(groupFile)).toBe(false);
  });

  it("is ended by its record, and nothing of it is left then", async () => {
    const groupFile = join(machine.engine, "group.json");
    const running = machine.run(
      "(setsid sh -c 'while :; do date +%N > beat; done' &) ; echo x > started; sleep 1000",
      { groupFile },
    );
    while (!existsSync(join(machine.tree, "beat"))) await new Promise(setImmediate);
    await machine.commands.endRecordedGroup(groupFile);
    const last = readFileSync(join(machine.tree, "beat"), "utf8");
    expect((await running).exitCode).toBeNull();
    expect(readFileSync(join(machine.tree, "beat"), "utf8")).toBe(last);
  });

  it("is not begun where its folder or its program is not there", async () => {
    await expect(machine.run("true", { cwd: join(machine.root, "none") })).rejects.toThrow(
      /ENOENT/,
    );
    const { tree: cwd, confine } = machine;
    const start = machine.commands.start({ argv: ["no-such-agent"], cwd, confine });
    await expect(start).rejects.toThrow("no-such-agent was not found");
  });
});
