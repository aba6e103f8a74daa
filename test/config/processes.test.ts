import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  identityOf,
  isRunning,
  startInBackground,
  startTimeOf,
  stopProcess,
  type BackgroundProcess,
} from "../../config/processes.js";

let folder: string;
let started: BackgroundProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "missions-processes-"));
  started = [];
});
afterEach(async () => {
  for (const process of started) await stopProcess(process, 0);
  await rm(folder, { recursive: true, force: true });
});

async function start(script: string): Promise<BackgroundProcess> {
  const background = await startInBackground({
    program: process.execPath,
    args: ["-e", `${script}; console.log("set up"); setInterval(() => {}, 1000)`],
    cwd: folder,
    variables: { PATH: process.env["PATH"] ?? "", GREETING: "hello" },
    logFile: join(folder, "logs", "out.log"),
  });
  started.push(background);
  await logHolds("set up");
  return background;
}

async function logHolds(text: string): Promise<void> {
  while (!(await readFile(join(folder, "logs", "out.log"), "utf8")).includes(text)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("startInBackground", () => {
  it("gives the process a session, the given environment only, and its output in the log", async () => {
    const background = await start("console.log(JSON.stringify(process.env))");
    expect(isRunning(background)).toBe(true);
    const log = await readFile(join(folder, "logs", "out.log"), "utf8");
    expect(log).toContain('"GREETING":"hello"');
    expect(log).not.toContain("NODE_OPTIONS");
    const stat = await readFile(`/proc/${background.pid}/stat`, "utf8");
    const session = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3];
    expect(session).toBe(String(background.pid));
  });

  it("rejects when the program is not there", async () => {
    await expect(
      startInBackground({
        program: join(folder, "missing"),
        args: [],
        cwd: folder,
        variables: {},
        logFile: join(folder, "log"),
      }),
    ).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("stopProcess", () => {
  it("stops a process that listens to SIGTERM", async () => {
    const background = await start("");
    expect(await stopProcess(background)).toBe("stopped");
    expect(isRunning(background)).toBe(false);
  });

  it("kills a process that does not, after the grace", async () => {
    const background = await start('process.on("SIGTERM", () => {})');
    expect(await stopProcess(background, 100)).toBe("killed");
    expect(isRunning(background)).toBe(false);
  });

  it("leaves a process alone that only has the recorded id", async () => {
    const background = await start("");
    const earlier = { pid: background.pid, startTime: "1" };
    expect(isRunning(earlier)).toBe(false);
    expect(await stopProcess(earlier, 0)).toBe("not running");
    expect(isRunning(background)).toBe(true);
  });

  it("may be repeated", async () => {
    const background = await start("");
    await stopProcess(background);
    expect(await stopProcess(background)).toBe("not running");
  });
});

describe("startTimeOf", () => {
  it("stays the same while a process lives", () => {
    expect(startTimeOf(process.pid)).toBeDefined();
    expect(identityOf(process.pid).startTime).toBe(startTimeOf(process.pid));
  });

  it("counts a process that ended but was not collected as gone", async () => {
    // A shell that replaces itself never collects its background child, which so becomes a zombie.
    const parent = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = await new Promise<number>((resolve) => {
        parent.stdout.once("data", (data: Buffer) => {
          resolve(Number(data.toString()));
        });
      });
      while (startTimeOf(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve));
      expect(await readFile(`/proc/${pid}/stat`, "utf8")).toContain(" Z ");
    } finally {
      parent.kill("SIGKILL");
    }
  });
});
