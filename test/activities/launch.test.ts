import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { launch } from "../../activities/adapters/launch.js";
import { endGroup, killGroup, readGroup } from "../../activities/adapters/process-group.js";
import { DEFAULT_LIMITS, type Sandbox } from "../../activities/adapters/sandbox/sandbox.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As a sandbox whose outer process is killed while it sets up the inner one, which then waits for ever. */
const cutOff = {
  confine: () =>
    Promise.resolve({
      program: "/bin/sh",
      args: ["-c", "sleep 1000 & wait"],
      env: { PATH: process.env["PATH"] ?? "" },
      limits: DEFAULT_LIMITS,
      refusals: () => [],
      tooMuch: () => [],
      close: () => undefined,
    }),
} as unknown as Sandbox;

describe("a child on a leash", () => {
  it("is recorded before its sandbox stands, so that what is left of it can be ended", async () => {
    const groupFile = join(folder, "group.json");
    const order = { cwd: folder, argv: [], joinsStreams: true, hasInput: false, groupFile };
    const launching = launch(process.env["PATH"] ?? "", cutOff, { ...order, confine: CONFINE });
    let group = await readGroup(groupFile);
    while (group === undefined) {
      await delay(5);
      group = await readGroup(groupFile);
    }
    process.kill(group.pid, "SIGKILL");
    const launched = await launching;
    await launched?.ended;
    await endGroup(group);
    expect(killGroup(group.pid, 0)).toBe(false);
  });
});
const CONFINE = { hosts: [], writable: [], readable: [], hidden: [] } as never;
