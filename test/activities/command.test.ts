import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createCommandPort } from "../../activities/adapters/command.js";
import { identify, killGroup } from "../../activities/adapters/process-group.js";

const path = process.env["PATH"] ?? "";
const commands = createCommandPort({ path });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "command-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: string, more: Partial<Parameters<typeof commands.run>[0]> = {}) =>
  commands.run({
    command,
    cwd: folder,
    timeoutMs: 60_000,
    outputLimitBytes: 10_000,
    signal: new AbortController().signal,
    ...more,
  });

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries += 1) await delay(20);
  expect(holds()).toBe(true);
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
};
const commandOf = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
};
const readPid = async (name: string) => {
  const file = join(folder, name);
  await until(() => existsSync(file) && readFileSync(file, "utf8").trim() !== "");
  return Number(readFileSync(file, "utf8"));
};

describe("command", () => {
  it("gives output of both streams in order, and the exit code", async () => {
    const result = await run("echo one; echo two >&2; echo three; exit 3");
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, stopped: false });
    expect(result.output).toBe("one\ntwo\nthree\n");
  });

  it("shows a command nothing of our environment", async () => {
    process.env["ANTHROPIC_API_KEY"] = "sk-very-secret";
    try {
      const { output } = await run("env; cat /proc/self/environ | tr '\\0' '\\n'", {
        env: { MISSION_DIR: "/handover" },
      });
      expect(output).not.toContain("sk-very-secret");
      const names = new Set(output.split("\n").map((line) => line.split("=")[0]));
      for (const name of ["PATH", "HOME", "LANG", "TZ", "CI", "MISSION_DIR"])
        expect(names).toContain(name);
      expect(output).toContain(`HOME=${folder}`);
      names.delete("");
      expect(
        [...names].filter(
          (name) => !/^(PATH|HOME|LANG|TZ|CI|MISSION_DIR|PWD|OLDPWD|SHLVL|_)$/.test(name ?? ""),
        ),
      ).toEqual([]);
    } finally {
      delete process.env["ANTHROPIC_API_KEY"];
    }
  });

  it("gives a command that reads its input an end at once", async () => {
    expect(await run("cat; echo end")).toMatchObject({ exitCode: 0, output: "end\n" });
  });

  it("keeps the head and the tail of a gigabyte of output", async () => {
    const before = process.memoryUsage().rss;
    const { output, exitCode } = await run("echo first; head -c 1000000000 /dev/zero; echo last");
    expect(exitCode).toBe(0);
    expect(output.startsWith("first\n")).toBe(true);
    expect(output.endsWith("last\n")).toBe(true);
    expect(output).toContain("bytes left out");
    expect(output.length).toBeLessThan(10_100);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  });

  it("ends the whole group on timeout, also what ignores the first request", async () => {
    const result = await run("trap '' TERM; (trap '' TERM; echo $$; sleep 1000) & sleep 1000", {
      timeoutMs: 300,
    });
    expect(result).toMatchObject({ exitCode: null, timedOut: true, stopped: false });
  });

  it("ends the group when the caller stops it", async () => {
    const controller = new AbortController();
    const running = run("sleep 1000 & echo $! > child; wait", { signal: controller.signal });
    const child = await readPid("child");
    controller.abort();
    expect(await running).toMatchObject({ exitCode: null, stopped: true });
    await until(() => !isAlive(child));
  });

  it("ends a command that is stopped while it starts", async () => {
    const stop = new AbortController();
    const running = run("sleep 60", { signal: stop.signal });
    stop.abort();
    expect(await running).toMatchObject({ stopped: true });
  });

  it("keeps the output of commands that end at once", async () => {
    const quick = Array.from({ length: 40 }, (_, n) =>
      run(`echo ${n}`, { groupFile: join(folder, `group-${n}.json`) }),
    );
    const outputs = (await Promise.all(quick)).map(({ output }) => output.trim());
    expect(outputs).toEqual(outputs.map((_, n) => String(n)));
  });

  it("starts nothing for a caller who has stopped already", async () => {
    const result = await run("touch made", { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ stopped: true, exitCode: null });
    expect(existsSync(join(folder, "made"))).toBe(false);
  });

  it("does not wait for a grandchild that holds the output, and ends it", async () => {
    const result = await run("sleep 1000 & echo $! > child; echo done");
    expect(result).toMatchObject({ exitCode: 0, output: "done\n" });
    const child = await readPid("child");
    await until(() => !isAlive(child));
  });

  it("does not wait for a daemon that left the group and holds the output", async () => {
    const result = await run(
      "setsid sh -c 'echo $$ > daemon; exec sleep 1000' & until [ -s daemon ]; do :; done; echo done",
    );
    expect(result).toMatchObject({ exitCode: 0, output: "done\n" });
    killGroup(await readPid("daemon"), "SIGKILL");
  });

  it("rejects when the shell cannot be started", async () => {
    await expect(run("true", { cwd: join(folder, "none") })).rejects.toThrow(/ENOENT/);
  });

  it("leaves nothing running that cannot be recorded", async () => {
    const nap = `sleep 1000.${process.pid}`;
    const groupFile = join(folder, "none", "group.json");
    await expect(run(nap, { groupFile })).rejects.toThrow(/ENOENT/);
    const running = readdirSync("/proc").filter(
      (pid) => /^\d+$/.test(pid) && isAlive(Number(pid)) && commandOf(pid).includes(nap),
    );
    for (const pid of running) process.kill(Number(pid), "SIGKILL");
    expect(running).toEqual([]);
  });

  it("has left nothing running of its group when it has ended, without a sandbox too", async () => {
    const nap = `sleep 2000.${process.pid}`;
    const { output } = await run(
      `i=0; while [ $i -lt 60 ]; do ${nap} & echo $!; i=$((i + 1)); done; exec >&- 2>&-`,
    );
    const left = output.trim().split("\n").map(Number);
    expect(left).toHaveLength(60);
    expect(left.filter(isAlive)).toEqual([]);
  });

  it("ends a recorded group, and removes the record", async () => {
    const groupFile = join(folder, "group.json");
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const pid = child.pid ?? 0;
    writeFileSync(groupFile, JSON.stringify(identify(pid)));
    await commands.endRecordedGroup(groupFile);
    await until(() => !isAlive(pid));
    expect(existsSync(groupFile)).toBe(false);
  });

  it("leaves a group alone that has only the number of the recorded one", async () => {
    const groupFile = join(folder, "group.json");
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const pid = child.pid ?? 0;
    writeFileSync(groupFile, JSON.stringify({ ...identify(pid), startTime: "1" }));
    await commands.endRecordedGroup(groupFile);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  it("records the group only while the command runs", async () => {
    const groupFile = join(folder, "group.json");
    const result = await run(
      `until [ -s ${groupFile} ]; do :; done; cat ${groupFile}; echo; echo $$`,
      {
        groupFile,
      },
    );
    const [group = "{}", pid] = result.output.trim().split("\n");
    expect(JSON.parse(group)).toMatchObject({ pid: Number(pid) });
    expect(existsSync(groupFile)).toBe(false);
  });

  it("lets no command outlive a worker that was killed", async () => {
    const worker = join(folder, "worker.mjs");
    const supervisor = /const SUPERVISOR = `([\s\S]*?)`;/.exec(
      readFileSync(join(process.cwd(), "activities/adapters/launch.ts"), "utf8"),
    )?.[1];
    writeFileSync(
      worker,
      `import { spawn } from "node:child_process";
       spawn("/bin/sh", ["-c", ${JSON.stringify(supervisor)}, "sh", "/bin/sh", "-c", "echo $$ > child; sleep 1000"],
         { cwd: ${JSON.stringify(folder)}, detached: true, stdio: ["ignore", "pipe", "ignore", "pipe"] });
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [worker], { stdio: "ignore" });
    const child = await readPid("child");
    expect(isAlive(child)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(child));
  });
});
