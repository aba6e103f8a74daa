/** The lid is closed: server and worker stand still together. Nothing of it counts against the mission. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { budget, features } from "../../client/missions.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import { startTestServer, type TestServer } from "../helpers/temporal-server.js";
import { accountOf } from "./account.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { recordOf, untilEnded, untilSeen } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine | undefined;
let model: ModelServer | undefined;
let server: TestServer | undefined;
afterEach(async () => {
  if (server !== undefined) process.kill(server.pid, "SIGCONT");
  await engine?.close();
  await model?.stop();
  await server?.stop();
});

const HEARTBEAT_MS = 12_000;
/** Three heartbeat timeouts, and so long that a tick of five seconds is more than thirty seconds late. */
const SLEEP_MS = 42_000;

const say = (command: string) => ({ say: "A step.", calls: [{ tool: "run", input: { command } }] });
const replies = { "1.1": [say("sleep 0.3"), say("echo done > steps.txt"), { say: "Done." }] };
const plan = {
  title: "Steps",
  goal: "Go step by step.",
  budget: { money_usd: 5, time_hours: 1, token_limit: 1_000_000 },
  model_routing: { workers: "demo/canned" },
  milestones: [
    {
      title: "One",
      features: [
        {
          title: "Agent",
          brief: "Go.",
          touches: ["steps.txt"],
          estimate: { usd: 1, hours: 0.1, tokens: 100_000 },
        },
        { title: "Script", touches: ["script.txt"], commands: ["echo 1 > script.txt", "sleep 8"] },
      ],
    },
  ],
};

describe("a host that sleeps while a mission runs", () => {
  it("is noted as asleep, and no active time and no attempt is counted for it", async () => {
    const ours = (server = await startTestServer());
    const open = (engine = await openEngine(ours.address));
    const served = (model = await startModelServer({ replies, latencyMs: 1_500 }));
    await announceModel(open.paths, served.port);
    const worker = await open.startWorker();
    const { missionId } = await startFromPlan(open, plan, {
      timings: { heartbeatMs: HEARTBEAT_MS },
    });
    await untilSeen(
      open,
      missionId,
      ({ features: seen }) => seen.filter(({ status }) => status === "running").length === 2,
      "two features at work",
    );
    await until(
      async () => served.calls.length,
      (made) => made >= 1,
      "a call",
    );
    const sleptFromMs = Date.now();
    worker.kill("SIGSTOP");
    process.kill(ours.pid, "SIGSTOP");
    // The length of the sleep is what this is about; nothing is waited for.
    await new Promise((resolve) => setTimeout(resolve, SLEEP_MS));
    process.kill(ours.pid, "SIGCONT");
    worker.kill("SIGCONT");
    const sleptMs = Date.now() - sleptFromMs;
    expect(await untilEnded(open, missionId)).toBe("completed");

    const lines = (await readFile(open.paths.sleeps, "utf8")).trim().split("\n");
    const sleeps = lines.map((line) => JSON.parse(line) as { fromMs: number; toMs: number });
    expect(sleeps.some(({ fromMs, toMs }) => toMs - fromMs >= SLEEP_MS - 6_000)).toBe(true);
    const { activeMs } = await budget(open.client, missionId);
    const record = await recordOf(open, missionId);
    const wallMs = Date.now() - Date.parse(record.createdAt);
    expect(activeMs).toBeGreaterThan(0);
    // A tick of five seconds may lie on either side of the sleep.
    expect(activeMs).toBeLessThanOrEqual(wallMs - sleptMs + 6_000);
    const seen = await features(open.client, missionId, "1");
    expect(seen.map(({ id, attempts }) => [id, attempts])).toEqual([
      ["1.1", 1],
      ["1.2", 1],
    ]);
    const account = await accountOf(open, missionId, served.calls);
    expect(account.repeated).toBeLessThanOrEqual(1);
    expect(account.reserved).toEqual({ microUsd: 0, tokens: 0 });
  });
});
