import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readEnvironment, type Environment } from "../../config/env.js";
import { isRunning, stopProcess } from "../../config/processes.js";
import {
  ensureWorker,
  readWorkerRecord,
  type MayReplaceWorker,
} from "../../config/worker-process.js";
import { EXIT } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { makeSandbox, type Sandbox } from "./server/programs.js";

let sandbox: Sandbox;
let environment: Environment;
let lines: string[];

/** Gets ready as the real worker does, and says in its log what it was given. */
const WORKER = `
import { writeFileSync } from "node:fs";
console.log(JSON.stringify(process.env));
writeFileSync(process.env.MISSIONS_ENGINE_HOME + "/run/worker.ready", process.pid + "\\n");
process.on("SIGTERM", () => { console.log("settled"); process.exit(0); });
setInterval(() => {}, 1000);
`;

beforeEach(async () => {
  sandbox = await makeSandbox();
  await mkdir(join(sandbox.folder, "engine"));
  await writeFile(join(sandbox.folder, "worker.mjs"), WORKER);
  environment = readEnvironment({
    HOME: sandbox.folder,
    PATH: process.env["PATH"],
    INIT_CWD: sandbox.folder,
    MISSIONS_ENGINE_HOME: "engine",
    OPENAI_API_KEY: "sk-of-the-shell",
  });
  lines = [];
});
afterEach(async () => {
  const record = readWorkerRecord(enginePaths(environment.engineHome));
  if (record) await stopProcess(record, 0);
  await sandbox.remove();
});

const server = { address: "127.0.0.1:7233", namespace: "missions" };
const ensure = (
  more: { buildHash?: string; address?: string; mayReplaceWorker?: MayReplaceWorker } = {},
) =>
  ensureWorker({
    environment,
    server: { ...server, address: more.address ?? server.address },
    entry: join(sandbox.folder, "worker.mjs"),
    buildHash: more.buildHash ?? "one",
    report: (line) => lines.push(line),
    mayReplaceWorker: more.mayReplaceWorker ?? (() => Promise.resolve({ ok: true })),
  });
const log = () => readFile(join(environment.engineHome, "logs", "worker.log"), "utf8");

describe("ensureWorker", () => {
  it("starts a worker once, and keeps it", async () => {
    const first = await ensure();
    expect(first.kind).toBe("started");
    expect(await ensure()).toEqual({ ...first, kind: "kept" });
  });

  it("keeps a worker whose ready file another worker in the foreground took", async () => {
    const first = await ensure();
    await writeFile(join(environment.engineHome, "run", "worker.ready"), "1");
    expect(await ensure()).toEqual({ ...first, kind: "kept" });
  });

  it("gives it folders that do not depend on where it runs, and no key of the shell", async () => {
    await ensure();
    const printed = await log();
    expect(printed).not.toContain("sk-of-the-shell");
    expect(JSON.parse(printed.split("\n")[0] ?? "")).toMatchObject({
      MISSIONS_ENGINE_HOME: join(sandbox.folder, "engine"),
      MISSIONS_HOME: join(sandbox.folder, ".aidevops", "missions"),
    });
  });

  it("replaces a worker of another build after it settled", async () => {
    const first = await ensure();
    const second = await ensure({ buildHash: "two" });
    expect(second).toMatchObject({ kind: "replaced", buildHash: "two" });
    expect(second.pid).not.toBe(first.pid);
    expect(isRunning({ pid: first.pid })).toBe(false);
    expect(await log()).toContain("settled");
  });

  it("keeps the old worker when replacing it is refused, and says why", async () => {
    const first = await ensure();
    const second = await ensure({
      buildHash: "two",
      mayReplaceWorker: async (running, newBuildHash) => ({
        ok: false,
        reason: `${running.buildHash} to ${newBuildHash} does not replay`,
      }),
    });
    expect(second).toEqual({ pid: first.pid, buildHash: "one", kind: "outdated" });
    expect(lines.at(-1)).toContain("one to two does not replay");
    expect(isRunning({ pid: first.pid })).toBe(true);
  });

  it("replaces a worker that serves another server", async () => {
    await ensure();
    expect(await ensure({ address: "127.0.0.1:7300" })).toMatchObject({ kind: "replaced" });
  });

  it("starts anew over a stale pid file and leaves the innocent process alone", async () => {
    await ensure();
    const engine = enginePaths(environment.engineHome);
    const record = readWorkerRecord(engine);
    if (!record) throw new Error("no record");
    await writeFile(join(engine.run, "worker.json"), JSON.stringify({ ...record, startTime: "1" }));
    expect(await ensure()).toMatchObject({ kind: "started" });
    expect(lines.at(-2)).toContain("another program now and is left alone");
    expect(isRunning(record)).toBe(true);
    await stopProcess(record, 0);
  });

  it("says why a worker ended while starting, and records nothing", async () => {
    await writeFile(
      join(sandbox.folder, "worker.mjs"),
      'console.error("no workflows"); process.exit(3)',
    );
    await expect(ensure()).rejects.toMatchObject({
      exitCode: EXIT.noServer,
      message: "The worker ended while starting (no workflows).",
      remedy: expect.stringContaining("worker.log"),
    });
    expect(readWorkerRecord(enginePaths(environment.engineHome))).toBeUndefined();
  });
});
