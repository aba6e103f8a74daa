/** A worker frozen past its heartbeat timeout wakes up beside its successor: it must not pay for anything any more. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import type { CannedTurn } from "../../workers/demo-replies.js";
import { testAddress } from "../helpers/with-worker.js";
import { accountOf } from "./account.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { completedFeatures, recordOf, untilEnded } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
});

const TURNS = 14;
const run = (command: string) => ({ say: "A step.", calls: [{ tool: "run", input: { command } }] });
const turns: CannedTurn[] = [
  ...Array.from({ length: TURNS }, (_, n) => run(`sleep 0.4; echo ${n} >> steps.txt`)),
  { say: "All steps are done." },
];
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
          title: "Steps",
          brief: "Go step by step.",
          touches: ["steps.txt"],
          estimate: { usd: 2, hours: 0.1, tokens: 500_000 },
        },
      ],
    },
  ],
};

describe("a worker that is frozen past its heartbeat timeout and thawed beside its successor", () => {
  // With 300 ms for a call and 400 ms for a command, the first is most likely in the call, the second in the command.
  it.each([
    ["during a call", 20],
    ["during a command", 450],
  ])("makes no paid call afterwards (frozen %s)", async (_, afterMs) => {
    const open = (engine = await openEngine(testAddress()));
    const server = (model = await startModelServer({ replies: { "1.1": turns }, latencyMs: 300 }));
    await announceModel(open.paths, server.port);
    const first = await open.startWorker();
    const { missionId } = await startFromPlan(open, plan);
    const calls = async () => server.calls.length;
    await until(calls, (made) => made >= 2, "the second call");
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    first.kill("SIGSTOP");
    const before = server.calls.length;
    await open.startWorker();
    // The successor works: two calls beyond the one that may be repeated.
    await until(calls, (made) => made >= before + 3, "calls of the successor");
    first.kill("SIGCONT");
    expect(await untilEnded(open, missionId)).toBe("completed");
    expect(first.isRunning()).toBe(true);

    const account = await accountOf(open, missionId, server.calls);
    // Only the call or the step that the freeze cut is made again.
    expect(account.repeated).toBeLessThanOrEqual(1);
    // The turns, the last words, the review, the judge, and what is made again.
    expect(account.calls.length).toBeLessThanOrEqual(TURNS + 4);
    expect(account.faults).toEqual([]);
    expect(account.reserved).toEqual({ microUsd: 0, tokens: 0 });
    expect(account.spent.microUsd).toBeGreaterThanOrEqual(account.billed.microUsd);
    expect(account.spent.tokens).toBeGreaterThanOrEqual(account.billed.tokens);
    expect(await completedFeatures(await recordOf(open, missionId))).toEqual(["1.1"]);
  });
});
