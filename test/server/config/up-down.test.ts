import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { doctor } from "../../../client/commands/doctor.js";
import { down } from "../../../client/commands/down.js";
import { up } from "../../../client/commands/up.js";
import { askServer, connectClient, resolveTarget } from "../../../config/connection.js";
import { readEnvironment, type Environment } from "../../../config/env.js";
import { identityOf, isRunning } from "../../../config/processes.js";
import { databaseFile, markDatabase } from "../../../config/server/database.js";
import { startDevServer } from "../../../config/server/dev-server.js";
import { readServerRecord, writeServerRecord } from "../../../config/server/record.js";
import { PINNED } from "../../../config/server/version.js";
import { EXIT } from "../../../domain/problem.js";
import { enginePaths, type EnginePaths } from "../../../store/engine-paths.js";
import { makeSandbox, startSilentServer, type Sandbox } from "../../config/server/programs.js";
import { freePorts } from "../../helpers/temporal-server.js";

/** Gets ready and ends as the real worker does. */
const WORKER = `
import { writeFileSync } from "node:fs";
writeFileSync(process.env.MISSIONS_ENGINE_HOME + "/run/worker.ready", String(process.pid));
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
`;

let sandbox: Sandbox;
let environment: Environment;
let engine: EnginePaths;
let lines: string[];

beforeEach(async () => {
  sandbox = await makeSandbox();
  lines = [];
  const [port, uiPort] = await freePorts(2);
  environment = environmentOf({
    MISSIONS_TEMPORAL_PORT: String(port),
    MISSIONS_UI_PORT: String(uiPort),
  });
  engine = enginePaths(environment.engineHome);
  await writeFile(join(sandbox.folder, "worker.mjs"), WORKER);
});
afterEach(async () => {
  await down({ environment }, () => undefined);
  await sandbox.remove();
});

function environmentOf(more: Record<string, string>): Environment {
  return readEnvironment({
    HOME: sandbox.folder,
    PATH: process.env["PATH"],
    // The server's binary is got once, for all tests and for the user.
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? "", ".cache"),
    ...more,
  });
}

const start = (more: { worker?: boolean; environment?: Environment } = {}) =>
  up(
    {
      environment: more.environment ?? environment,
      worker: more.worker ?? false,
      workerBuild: { entry: join(sandbox.folder, "worker.mjs"), buildHash: "one" },
    },
    (line) => lines.push(line),
  );

describe("missions up", () => {
  it("starts a server that is ready for missions, and a worker, and finds them the next time", async () => {
    const first = await start({ worker: true });
    expect(first.server).toMatchObject({
      started: true,
      owned: true,
      target: {
        address: `127.0.0.1:${environment.temporalPort}`,
        uiUrl: `http://127.0.0.1:${environment.uiPort}`,
      },
    });
    const { connection, close } = await connectClient(resolveTarget(environment));
    const namespace = await connection.workflowService.describeNamespace({ namespace: "missions" });
    expect(Number(namespace.config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 86_400);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: "missions",
    });
    expect(customAttributes).toMatchObject({ MissionId: 2, FeaturesTotal: 3, SpendUsd: 4 });
    await close();
    const page = await fetch(`http://127.0.0.1:${environment.uiPort}/`);
    expect(page.status).toBe(200);

    const second = await start({ worker: true });
    expect(second.server.started).toBe(false);
    expect(second.worker).toEqual({ ...first.worker, kind: "kept" });
  });

  it("starts one server when called twice at once", async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ server }) => server.started).sort()).toEqual([false, true]);
  });

  it("keeps missions over a restart on the same file", async () => {
    await start();
    const before = await connectClient(resolveTarget(environment));
    await before.client.workflow.start("nothing", { workflowId: "kept", taskQueue: "none" });
    await before.close();
    await down({ environment }, () => undefined);
    await start();
    const after = await connectClient(resolveTarget(environment));
    expect((await after.client.workflow.getHandle("kept").describe()).status.name).toBe("RUNNING");
    await after.close();
  });

  it("survives a server that was killed, and says that the pid file was stale", async () => {
    const { server } = await start();
    const record = readServerRecord(engine);
    if (!record) throw new Error("not recorded");
    process.kill(record.pid, "SIGKILL");
    while (isRunning(record)) await new Promise((resolve) => setImmediate(resolve));
    expect(resolveTarget(environment).chosenBy).toBe("default");
    expect((await start()).server.target.address).toBe(server.target.address);
    expect(lines).toContainEqual(
      `Stale pid file: server process ${record.pid} is gone; starting anew.`,
    );
  });

  it("leaves a process alone that took over a stale pid", async () => {
    await mkdir(engine.run, { recursive: true });
    await writeServerRecord(engine, {
      pid: process.pid,
      startTime: "1",
      port: environment.temporalPort,
      uiPort: environment.uiPort,
      version: "1",
      source: "cache",
      binary: "b",
      dbFile: "d",
    });
    expect((await start()).server.started).toBe(true);
    expect(lines[0]).toContain("another program now and is left alone");
  });

  it("says that the port is taken by another program, and starts nothing", async () => {
    const taken = await startSilentServer(environment.temporalPort);
    try {
      await expect(start()).rejects.toMatchObject({
        exitCode: EXIT.environment,
        message: `Port ${taken.port} is taken by a program that is not Temporal.`,
        remedy: expect.stringMatching(/MISSIONS_TEMPORAL_PORT=\d+ npx missions up/),
      });
      expect(readServerRecord(engine)).toBeUndefined();
      expect(existsSync(engine.server)).toBe(false);
    } finally {
      await taken.close();
    }
  });

  it("moves the Web UI when only its port is taken", async () => {
    const taken = await startSilentServer(environment.uiPort);
    try {
      const { server } = await start();
      expect(server.target.uiUrl).not.toContain(`:${taken.port}`);
      expect((await fetch(server.target.uiUrl ?? "")).status).toBe(200);
    } finally {
      await taken.close();
    }
  });

  it("refuses a file made by another server version, and leaves no process and no record", async () => {
    const file = databaseFile(engine, PINNED.serverVersion);
    await mkdir(engine.server, { recursive: true });
    await writeFile(file, "");
    await markDatabase(file, "1.29.1");
    await expect(start()).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: expect.stringContaining("was made by Temporal server 1.29.1"),
    });
    expect(readServerRecord(engine)).toBeUndefined();
    expect(await askServer(resolveTarget(environment))).toEqual({ kind: "nothing" });
  });

  it("explains a file with another schema by the server's own log", async () => {
    const file = databaseFile(engine, PINNED.serverVersion);
    await mkdir(engine.server, { recursive: true });
    // An empty database is what a server of another version looks like to this one: tables are missing.
    await writeFile(file, "");
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/was made by another version/),
    });
    expect(readServerRecord(engine)).toBeUndefined();
  });

  it("says when missions of another server version stay in their file", async () => {
    await mkdir(engine.server, { recursive: true });
    await writeFile(databaseFile(engine, "1.29.1"), "");
    expect((await start()).server.started).toBe(true);
    expect(lines.join("\n")).toContain("Missions kept by server 1.29.1 stay in");
  });

  it("uses a server that TEMPORAL_ADDRESS names, and one that holds the port already", async () => {
    const { server } = await start();
    const named = environmentOf({
      MISSIONS_ENGINE_HOME: join(sandbox.folder, "other"),
      TEMPORAL_ADDRESS: server.target.address,
      TEMPORAL_NAMESPACE: "fresh",
    });
    expect((await start({ environment: named })).server).toMatchObject({
      owned: false,
      started: false,
      target: { namespace: "fresh", chosenBy: "TEMPORAL_ADDRESS" },
    });
    expect(lines).toContainEqual(expect.stringContaining("Namespace fresh made"));
    const neighbour = environmentOf({
      MISSIONS_ENGINE_HOME: join(sandbox.folder, "neighbour"),
      MISSIONS_TEMPORAL_PORT: String(environment.temporalPort),
    });
    expect((await start({ environment: neighbour })).server.owned).toBe(false);
    expect(lines).toContainEqual(expect.stringContaining("which missions did not start"));
    expect(await down({ environment: neighbour }, () => undefined)).toEqual([]);
    expect(await askServer(server.target)).toMatchObject({ kind: "temporal" });
  });

  it("stands in for a TEMPORAL_ADDRESS that does not answer, for client and worker alike", async () => {
    const [nobody] = await freePorts(1);
    const away = environmentOf({
      MISSIONS_TEMPORAL_PORT: String(environment.temporalPort),
      MISSIONS_UI_PORT: String(environment.uiPort),
      TEMPORAL_ADDRESS: `127.0.0.1:${nobody ?? 1}`,
    });
    const { server } = await start({ environment: away });
    expect(server).toMatchObject({ owned: true, started: true });
    expect(resolveTarget(away).address).toBe(server.target.address);
    expect((await start({ environment: away })).server.started).toBe(false);
  });
});

describe("a start that fails", () => {
  it("leaves no database behind that the next start would refuse", async () => {
    const file = databaseFile(engine, PINNED.serverVersion);
    await expect(
      startDevServer({
        binary: {
          path: await sandbox.program("temporal", `echo half > ${file}; exit 1`),
          serverVersion: PINNED.serverVersion,
          source: "PATH",
        },
        engine,
        port: environment.temporalPort,
        uiPort: environment.uiPort,
        variables: environment.childVariables("server"),
      }),
    ).rejects.toMatchObject({ exitCode: EXIT.noServer });
    expect(existsSync(file)).toBe(false);
    expect((await start()).server.started).toBe(true);
  });
});

describe("missions doctor", () => {
  it("sees the server and the worker's process, and a feature that lost its mission", async () => {
    await start({ worker: true });
    const { client, close } = await connectClient(resolveTarget(environment));
    await client.workflow.start("featureWorkflow", {
      workflowId: "mission/m-20260101-gone00/1/1.1",
      taskQueue: "none",
    });
    const listed = () =>
      client.workflow.count('WorkflowType = "featureWorkflow" AND ExecutionStatus = "Running"');
    while ((await listed()).count === 0) await new Promise((resolve) => setImmediate(resolve));
    await close();
    const findings = await doctor({ environment });
    expect(findings).toContainEqual(
      expect.objectContaining({ name: "server", found: expect.stringContaining("missions up") }),
    );
    // The stand-in for the worker never polls.
    expect(findings).toContainEqual(expect.objectContaining({ name: "worker", ok: "warn" }));
    expect(findings).toContainEqual(
      expect.objectContaining({
        name: "features",
        found: "1 run without a mission: mission/m-20260101-gone00/1/1.1",
      }),
    );
  });
});

describe("missions down", () => {
  it("stops the worker, then the server, then the demo model, and nothing else", async () => {
    const other = spawn("sleep", ["60"]);
    const demo = spawn("sleep", ["60"]);
    const demoEnds = once(demo, "exit");
    const { server, worker } = await start({ worker: true });
    const record = readServerRecord(engine);
    await writeFile(join(engine.run, "demo-model.json"), JSON.stringify(identityOf(demo.pid ?? 0)));
    const stopped = await down({ environment }, () => undefined);
    expect(stopped).toEqual([
      { what: "worker", pid: worker?.pid, how: "stopped" },
      { what: "server", pid: record?.pid, how: "stopped" },
      { what: "demo model", pid: demo.pid, how: "stopped" },
    ]);
    await demoEnds;
    expect(await askServer(server.target)).toEqual({ kind: "nothing" });
    expect(other.exitCode).toBeNull();
    expect(other.signalCode).toBeNull();
    expect(await readdir(engine.run)).toEqual([]);
    other.kill();
  });

  it("says that there is nothing to stop", async () => {
    const said: string[] = [];
    expect(await down({ environment }, (line) => said.push(line))).toEqual([]);
    expect(said).toEqual(["Nothing of ours runs."]);
  });

  it("leaves the log behind for whoever asks why", async () => {
    await start();
    await down({ environment }, () => undefined);
    await expect(readFile(join(engine.logs, "server.log"), "utf8")).resolves.toEqual(
      expect.any(String),
    );
  });
});
