import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { down } from "../../../client/commands/down.js";
import { askServer, connectClient, resolveTarget } from "../../../config/connection.js";
import { isRunning } from "../../../config/processes.js";
import { databaseFile, markDatabase } from "../../../config/server/database.js";
import { startDevServer } from "../../../config/server/dev-server.js";
import { readServerRecord, writeServerRecord } from "../../../config/server/record.js";
import { PINNED } from "../../../config/server/version.js";
import { EXIT } from "../../../domain/problem.js";
import { startSilentServer } from "../../config/server/programs.js";
import { freePorts } from "../../helpers/temporal-server.js";
import { makeEngineHome, type EngineHome } from "./engine-home.js";

let home: EngineHome;
beforeEach(async () => {
  home = await makeEngineHome();
});
afterEach(() => home.remove());

describe("missions up", () => {
  it("starts a server that is ready for missions, and a worker, and finds them the next time", async () => {
    const first = await home.start({ worker: true });
    expect(first.server).toMatchObject({
      started: true,
      owned: true,
      target: {
        address: `127.0.0.1:${home.environment.temporalPort}`,
        uiUrl: `http://127.0.0.1:${home.environment.uiPort}`,
      },
    });
    const { connection, close } = await connectClient(resolveTarget(home.environment));
    const namespace = await connection.workflowService.describeNamespace({ namespace: "missions" });
    expect(Number(namespace.config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 86_400);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: "missions",
    });
    expect(customAttributes).toMatchObject({ MissionId: 2, FeaturesTotal: 3, SpendUsd: 4 });
    await close();
    const page = await fetch(`http://127.0.0.1:${home.environment.uiPort}/`);
    expect(page.status).toBe(200);

    const second = await home.start({ worker: true });
    expect(second.server.started).toBe(false);
    expect(second.worker).toEqual({ ...first.worker, kind: "kept" });
  });

  it("starts one server when called twice at once", async () => {
    const both = await Promise.all([home.start(), home.start()]);
    expect(both.map(({ server }) => server.started).sort()).toEqual([false, true]);
  });

  it("keeps missions over a restart on the same file", async () => {
    await home.start();
    const before = await connectClient(resolveTarget(home.environment));
    await before.client.workflow.start("nothing", { workflowId: "kept", taskQueue: "none" });
    await before.close();
    await down({ environment: home.environment }, () => undefined);
    await home.start();
    const after = await connectClient(resolveTarget(home.environment));
    expect((await after.client.workflow.getHandle("kept").describe()).status.name).toBe("RUNNING");
    await after.close();
  });

  it("survives a server that was killed, and says that the pid file was stale", async () => {
    const { server } = await home.start();
    const record = readServerRecord(home.engine);
    if (!record) throw new Error("not recorded");
    process.kill(record.pid, "SIGKILL");
    while (isRunning(record)) await new Promise((resolve) => setImmediate(resolve));
    expect(resolveTarget(home.environment).chosenBy).toBe("default");
    expect((await home.start()).server.target.address).toBe(server.target.address);
    expect(home.lines).toContainEqual(
      `Stale pid file: server process ${record.pid} is gone; starting anew.`,
    );
  });

  it("leaves a process alone that took over a stale pid", async () => {
    await mkdir(home.engine.run, { recursive: true });
    await writeServerRecord(home.engine, {
      pid: process.pid,
      startTime: "1",
      port: home.environment.temporalPort,
      uiPort: home.environment.uiPort,
      version: "1",
      source: "cache",
      binary: "b",
      dbFile: "d",
    });
    expect((await home.start()).server.started).toBe(true);
    expect(home.lines[0]).toContain("another program now and is left alone");
  });

  it("says that the port is taken by another program, and starts nothing", async () => {
    const taken = await startSilentServer(home.environment.temporalPort);
    try {
      await expect(home.start()).rejects.toMatchObject({
        exitCode: EXIT.environment,
        message: `Port ${taken.port} is taken by a program that is not Temporal.`,
        remedy: expect.stringMatching(/MISSIONS_TEMPORAL_PORT=\d+ npx missions up/),
      });
      expect(readServerRecord(home.engine)).toBeUndefined();
      expect(existsSync(home.engine.server)).toBe(false);
    } finally {
      await taken.close();
    }
  });

  it("moves the Web UI when only its port is taken", async () => {
    const taken = await startSilentServer(home.environment.uiPort);
    try {
      const { server } = await home.start();
      expect(server.target.uiUrl).not.toContain(`:${taken.port}`);
      expect((await fetch(server.target.uiUrl ?? "")).status).toBe(200);
    } finally {
      await taken.close();
    }
  });

  it("refuses a file made by another server version, and leaves no process and no record", async () => {
    const file = databaseFile(home.engine, PINNED.serverVersion);
    await mkdir(home.engine.server, { recursive: true });
    await writeFile(file, "");
    await markDatabase(file, "1.29.1");
    await expect(home.start()).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: expect.stringContaining("was made by Temporal server 1.29.1"),
    });
    expect(readServerRecord(home.engine)).toBeUndefined();
    expect(await askServer(resolveTarget(home.environment))).toEqual({ kind: "nothing" });
  });

  it("explains a file with another schema by the server's own log", async () => {
    const file = databaseFile(home.engine, PINNED.serverVersion);
    await mkdir(home.engine.server, { recursive: true });
    // An empty database is what a server of another version looks like to this one: tables are missing.
    await writeFile(file, "");
    await expect(home.start()).rejects.toMatchObject({
      message: expect.stringMatching(/was made by another version/),
    });
    expect(readServerRecord(home.engine)).toBeUndefined();
  });

  it("says when missions of another server version stay in their file", async () => {
    await mkdir(home.engine.server, { recursive: true });
    await writeFile(databaseFile(home.engine, "1.29.1"), "");
    expect((await home.start()).server.started).toBe(true);
    expect(home.lines.join("\n")).toContain("Missions kept by server 1.29.1 stay in");
  });

  it("uses a server that TEMPORAL_ADDRESS names, and starts its own beside one that only holds the port", async () => {
    const { server } = await home.start();
    const named = home.environmentOf({
      MISSIONS_ENGINE_HOME: join(home.sandbox.folder, "other"),
      TEMPORAL_ADDRESS: server.target.address,
      TEMPORAL_NAMESPACE: "fresh",
    });
    expect((await home.start({ environment: named })).server).toMatchObject({
      owned: false,
      started: false,
      target: { namespace: "fresh", chosenBy: "TEMPORAL_ADDRESS" },
    });
    expect(home.lines).toContainEqual(expect.stringContaining("Namespace fresh made"));
    const neighbour = home.environmentOf({
      MISSIONS_ENGINE_HOME: join(home.sandbox.folder, "neighbour"),
      MISSIONS_TEMPORAL_PORT: String(home.environment.temporalPort),
    });
    const beside = await home.start({ environment: neighbour });
    expect(beside.server.owned).toBe(true);
    expect(beside.server.target.address).not.toBe(server.target.address);
    expect(home.lines).toContainEqual(expect.stringContaining("which missions did not start"));
    expect(await down({ environment: neighbour }, () => undefined)).not.toEqual([]);
    expect(await askServer(server.target)).toMatchObject({ kind: "temporal" });
  });

  it("stands in for a TEMPORAL_ADDRESS that does not answer, for client and worker alike", async () => {
    const [nobody] = await freePorts(1);
    const away = home.environmentOf({
      MISSIONS_TEMPORAL_PORT: String(home.environment.temporalPort),
      MISSIONS_UI_PORT: String(home.environment.uiPort),
      TEMPORAL_ADDRESS: `127.0.0.1:${nobody ?? 1}`,
    });
    const { server } = await home.start({ environment: away });
    expect(server).toMatchObject({ owned: true, started: true });
    expect(resolveTarget(away).address).toBe(server.target.address);
    expect((await home.start({ environment: away })).server.started).toBe(false);
  });
});

describe("a start that fails", () => {
  it("leaves no database behind that the next start would refuse", async () => {
    const file = databaseFile(home.engine, PINNED.serverVersion);
    await expect(
      startDevServer({
        binary: {
          path: await home.sandbox.program("temporal", `echo half > ${file}; exit 1`),
          serverVersion: PINNED.serverVersion,
          source: "PATH",
        },
        engine: home.engine,
        port: home.environment.temporalPort,
        uiPort: home.environment.uiPort,
        variables: home.environment.childVariables("server"),
      }),
    ).rejects.toMatchObject({ exitCode: EXIT.noServer });
    expect(existsSync(file)).toBe(false);
    expect((await home.start()).server.started).toBe(true);
  });
});
