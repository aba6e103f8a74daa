import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, makeMachine } from "./a-sandbox.js";

const MB = 2 ** 20;
let machine: Machine;
beforeEach(async () => {
  const limits = { processes: 60, memoryBytes: 400 * MB, cpuSeconds: 3 };
  machine = await makeMachine({ settings: () => ({ limits }) });
});
afterEach(() => {
  machine.end();
});

/** Processes that are at work in the workspace. */
const left = () =>
  readdirSync("/proc").filter((name) => {
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(machine.tree);
    } catch {
      return false;
    }
  });

describe("a command that takes too much", () => {
  it("is ended with all it started: a fork bomb by its processes", async () => {
    // Each ends by itself at some hundreds, so that a sandbox that is broken does not take the machine along.
    const bombs = [
      "bomb() { [ $1 -eq 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; sleep 50; }; bomb 7",
      "perl -e 'fork for 1 .. 8; sleep 50'",
    ];
    for (const bomb of bombs) {
      const result = await machine.run(bomb);
      expect(result.timedOut).toBe(false);
      expect(result.refusals).toEqual(["ended: more than 60 processes and threads"]);
      expect(left()).toEqual([]);
    }
    expect(await machine.run("echo still here")).toMatchObject({ output: "still here\n" });
  });

  it("is ended by its memory and by its CPU time, however many processes share them", async () => {
    const hog =
      "node -e 'const kept = []; for (let n = 0; n < 200; n += 1) kept.push(Buffer.alloc(4e6, 1)); setTimeout(() => kept, 5e4)'";
    const memory = await machine.run(`${hog} & ${hog}`);
    expect(memory.refusals).toEqual(["ended: more than 400 MB of memory"]);
    const cpu = await machine.run(
      "for n in 1 2 3; do timeout 20 sh -c 'while :; do :; done' & done; sleep 20",
    );
    expect(cpu.refusals).toEqual(["ended: more than 3 s of CPU time"]);
    expect(left()).toEqual([]);
  });

  it("cannot fill the memory by files either", async () => {
    const { output } = await machine.run(
      "for folder in /tmp /dev/shm; do dd if=/dev/zero of=$folder/escape-of-a-test bs=1M count=600 2>&1; rm $folder/escape-of-a-test; done",
    );
    expect(output.match(/No space left on device/g)).toHaveLength(2);
  });

  it("keeps a gigabyte of output to its limit", async () => {
    const { output, exitCode } = await machine.run(
      "echo first; head -c 1000000000 /dev/zero; echo last",
    );
    expect(exitCode).toBe(0);
    expect(output.startsWith("first\n")).toBe(true);
    expect(output.endsWith("last\n")).toBe(true);
    expect(output.length).toBeLessThan(65_000);
  });
});

describe("a daemon", () => {
  it("does not outlive the command that left it behind, however it hides", async () => {
    const beat =
      "n=0; while [ $n -lt 2000 ]; do echo x >> beat || exit; sleep 0.01; n=$((n + 1)); done";
    writeFileSync(join(machine.tree, "beat.sh"), beat);
    writeFileSync(
      join(machine.tree, "deaf.sh"),
      `trap : TERM HUP INT
${beat}`,
    );
    const result = await machine.run(
      `setsid sh beat.sh & (setsid sh -c "(setsid sh beat.sh </dev/null >/dev/null 2>&1 &) &" &); node -e "require('child_process').spawn('sh',['deaf.sh'],{detached:true,stdio:'ignore'}).unref()"; until [ -s beat ]; do :; done; echo left`,
    );
    expect(result).toMatchObject({ exitCode: 0, output: "left\n" });
    const beats = readFileSync(join(machine.tree, "beat"), "utf8");
    expect(left()).toEqual([]);
    await machine.run("sleep 0.1");
    expect(readFileSync(join(machine.tree, "beat"), "utf8")).toBe(beats);
  });

  it("does not outlive a worker that was killed", async () => {
    const { tree, engine } = machine;
    const worker = `const { createCommandPort } = await import(${JSON.stringify(join(process.cwd(), "activities/adapters/command.ts"))});
      const commands = createCommandPort({ path: process.env.PATH, hidden: [${JSON.stringify(engine)}] });
      void commands.run({ command: "echo x > started; (setsid sleep 1000 &); sleep 1000", cwd: ${JSON.stringify(tree)}, timeoutMs: 1e6, outputLimitBytes: 100,
        signal: new AbortController().signal, confine: { writable: [${JSON.stringify(tree)}], readable: [], hosts: [] } });`;
    const { spawn } = await import("node:child_process");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", worker],
      {
        stdio: "ignore",
      },
    );
    while (!existsSync(join(tree, "started"))) await new Promise(setImmediate);
    expect(left().length).toBeGreaterThan(0);
    child.kill("SIGKILL");
    while (left().length > 0) await new Promise(setImmediate);
  });
});
