/** A model that asks for more forever stops at what was reserved for it, and the cap is never passed. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { budget, sendCommand } from "../../client/missions.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import { testAddress } from "../helpers/with-worker.js";
import { accountOf, billOf } from "./account.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { untilEnded, untilSeen } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
});

const planWith = (budgetOf: Record<string, unknown>) => ({
  title: "Forever",
  goal: "Never end.",
  budget: { time_hours: 1, on_alert: "continue", ...budgetOf },
  model_routing: { workers: "demo/canned" },
  milestones: [
    {
      title: "One",
      features: ["a", "b"].map((name) => ({
        title: `Look at ${name}`,
        brief: "Look.",
        touches: [name],
        estimate: { usd: 0.2, hours: 0.1, tokens: 40_000 },
      })),
    },
  ],
});

describe("a model that asks for more forever", () => {
  it.each([
    ["money", { money_usd: 0.6, token_limit: 10_000_000 }],
    ["tokens", { money_usd: 50, token_limit: 120_000 }],
  ])("stops at the cap in %s and never passes it", async (_, caps) => {
    const open = (engine = await openEngine(testAddress()));
    const served = (model = await startModelServer({ replies: {}, askForever: true }));
    await announceModel(open.paths, served.port);
    await open.startWorker();
    const { missionId } = await startFromPlan(open, planWith(caps));
    const seen = await untilSeen(
      open,
      missionId,
      ({ gates }) => gates.some(({ kind }) => kind === "budget"),
      "the budget gate",
    );
    expect(seen.budget.overrun).toEqual({ microUsd: 0, tokens: 0 });

    const { by } = open.context;
    await sendCommand(open.client, missionId, "cancel", {}, { by });
    await untilEnded(open, missionId);
    await until(
      () => budget(open.client, missionId),
      ({ reserved }) => reserved.microUsd === 0 && reserved.tokens === 0,
      "nothing reserved",
    );
    const account = await accountOf(open, missionId, served.calls);
    // The other feature may still use what was reserved for it before the gate, never more.
    const bill = billOf(served.calls);
    expect(served.calls.length).toBeGreaterThan(2);
    expect(bill.microUsd).toBeLessThanOrEqual(caps.money_usd * 1e6);
    expect(bill.tokens).toBeLessThanOrEqual(caps.token_limit);
    expect(account.spent).toEqual(bill);
    expect(account.faults).toEqual([]);
  });
});
