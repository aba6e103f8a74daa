import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { doctor } from "../../../client/commands/doctor.js";
import { down } from "../../../client/commands/down.js";
import { askServer, connectClient, resolveTarget } from "../../../config/connection.js";
import { identityOf } from "../../../config/processes.js";
import { readServerRecord } from "../../../config/server/record.js";
import { makeEngineHome, type EngineHome } from "./engine-home.js";

let home: EngineHome;
beforeEach(async () => {
  home = await makeEngineHome();
});
afterEach(() => home.remove());

describe("missions doctor", () => {
  it("sees the server and the worker's process, and a feature that lost its mission", async () => {
    await home.start({ worker: true });
    const { client, close } = await connectClient(resolveTarget(home.environment));
    await client.workflow.start("featureWorkflow", {
      workflowId: "mission/m-20260101-gone00/1/1.1",
      taskQueue: "none",
    });
    const listed = () =>
      client.workflow.count('WorkflowType = "featureWorkflow" AND ExecutionStatus = "Running"');
    while ((await listed()).count === 0) await new Promise((resolve) => setImmediate(resolve));
    await close();
    const findings = await doctor({ environment: home.environment });
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
    const { server, worker } = await home.start({ worker: true });
    const record = readServerRecord(home.engine);
    await writeFile(
      join(home.engine.run, "demo-model.json"),
      JSON.stringify(identityOf(demo.pid ?? 0)),
    );
    const stopped = await down({ environment: home.environment }, () => undefined);
    expect(stopped).toEqual([
      { what: "worker", pid: worker?.pid, how: "stopped" },
      { what: "server", pid: record?.pid, how: "stopped" },
      { what: "demo model", pid: demo.pid, how: "stopped" },
    ]);
    await demoEnds;
    expect(await askServer(server.target)).toEqual({ kind: "nothing" });
    expect(other.exitCode).toBeNull();
    expect(other.signalCode).toBeNull();
    expect(await readdir(home.engine.run)).toEqual([]);
    other.kill();
  });

  it("says that there is nothing to stop", async () => {
    const said: string[] = [];
    expect(await down({ environment: home.environment }, (line) => said.push(line))).toEqual([]);
    expect(said).toEqual(["Nothing of ours runs."]);
  });

  it("leaves the log behind for whoever asks why", async () => {
    await home.start();
    await down({ environment: home.environment }, () => undefined);
    await expect(readFile(join(home.engine.logs, "server.log"), "utf8")).resolves.toEqual(
      expect.any(String),
    );
  });
});
