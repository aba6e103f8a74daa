import { mkdir, writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  askServer,
  configuredTarget,
  connectClient,
  connectWorker,
  resolveTarget,
} from "../../config/connection.js";
import { readEnvironment } from "../../config/env.js";
import { identityOf } from "../../config/processes.js";
import { writeServerRecord } from "../../config/server/record.js";
import { EXIT } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { makeSandbox, startSilentServer, type Sandbox } from "./server/programs.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.remove());

const environmentOf = (more: Record<string, string> = {}) =>
  readEnvironment({ HOME: sandbox.folder, MISSIONS_ENGINE_HOME: sandbox.folder, ...more });

const recordServer = (more: { insteadOf?: string; startTime?: string } = {}) =>
  writeServerRecord(enginePaths(sandbox.folder), {
    ...identityOf(process.pid),
    port: 7999,
    uiPort: 8999,
    version: "1.31.2",
    source: "cache",
    binary: "/b",
    dbFile: "/d",
    ...more,
  });

describe("resolveTarget", () => {
  it("goes to the usual port when nothing is set or recorded", () => {
    expect(resolveTarget(environmentOf({ MISSIONS_TEMPORAL_PORT: "7300" }))).toEqual({
      address: "127.0.0.1:7300",
      namespace: "missions",
      chosenBy: "default",
      uiUrl: "http://127.0.0.1:8300",
    });
  });

  it("goes to the server of `missions up` while that process lives", async () => {
    await recordServer();
    expect(resolveTarget(environmentOf())).toEqual({
      address: "127.0.0.1:7999",
      namespace: "missions",
      chosenBy: "missions up",
      uiUrl: "http://127.0.0.1:8999",
    });
    await recordServer({ startTime: "1" });
    expect(resolveTarget(environmentOf()).chosenBy).toBe("default");
  });

  it("goes to TEMPORAL_ADDRESS before that, unless our server stands in for it", async () => {
    await recordServer();
    const environment = environmentOf({ TEMPORAL_ADDRESS: "far:7233", TEMPORAL_NAMESPACE: "n" });
    expect(resolveTarget(environment)).toMatchObject({ address: "far:7233", namespace: "n" });
    await recordServer({ insteadOf: "far:7233" });
    expect(resolveTarget(environment).address).toBe("127.0.0.1:7999");
  });

  it("survives a torn record", async () => {
    await mkdir(join(sandbox.folder, "run"));
    await writeFile(join(sandbox.folder, "run", "server.json"), '{"pid": 12');
    expect(resolveTarget(environmentOf()).chosenBy).toBe("default");
  });
});

describe("configuredTarget", () => {
  it("reads a profile file and never prints its key", async () => {
    const file = join(sandbox.folder, "temporal.toml");
    await writeFile(file, '[profile.prod]\naddress = "prod:7233"\napi_key = "top-secret"\n');
    const target = configuredTarget(
      environmentOf({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: "prod" }),
    );
    expect(target).toMatchObject({ address: "prod:7233", chosenBy: "Temporal profile" });
    expect(target?.credentials?.()).toMatchObject({ apiKey: "top-secret", tls: true });
    expect(JSON.stringify(target) + inspect(target, { depth: 9 })).not.toContain("top-secret");
  });

  it("says which file cannot be read", async () => {
    const file = join(sandbox.folder, "temporal.toml");
    await writeFile(file, "[[[");
    expect(() => configuredTarget(environmentOf({ TEMPORAL_CONFIG_FILE: file }))).toThrow(
      /profile cannot be read/,
    );
  });
});

describe("connecting", () => {
  it("says what to do when nothing listens", async () => {
    const silent = await startSilentServer();
    await silent.close();
    const target = resolveTarget(environmentOf({ MISSIONS_TEMPORAL_PORT: String(silent.port) }));
    expect(await askServer(target)).toEqual({ kind: "nothing" });
    for (const connect of [connectClient, connectWorker]) {
      await expect(connect(target)).rejects.toMatchObject({
        exitCode: EXIT.noServer,
        message: `No Temporal server answers at ${target.address}.`,
        remedy: "npx missions up",
      });
    }
  });

  it("gives up on a program that listens but is not Temporal", async () => {
    const silent = await startSilentServer();
    try {
      const target = resolveTarget(environmentOf({ TEMPORAL_ADDRESS: `127.0.0.1:${silent.port}` }));
      expect(await askServer(target, 300)).toEqual({ kind: "other" });
      await expect(connectClient(target, 300)).rejects.toMatchObject({
        message: expect.stringContaining("(set by TEMPORAL_ADDRESS)"),
      });
    } finally {
      await silent.close();
    }
  });
});
