/** What an agent that nobody meters is booked at: its own word, and the whole slice where it gives none. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { createSaidCost } from "../../../activities/adapters/acp/said-cost.js";
import type { AgentDefinition } from "../../../domain/agents.js";
import { readFeatureEvents } from "../../../store/feature-record.js";
import { faultDefinition, withFaulty } from "../../agents/fault-definition.js";
import { makeAttempts, type AttemptFixture } from "../attempt-fixture.js";

let fixture: AttemptFixture | undefined;
afterEach(() => fixture?.end());

async function attempts(fault: string, definition: Partial<AgentDefinition> = {}) {
  fixture = await makeAttempts({
    feature: { agent: "faulty", brief: "Write a file." },
    unsandboxed: true,
    agents: withFaulty(faultDefinition(fault, definition)),
  });
  return fixture;
}

describe("an agent that pays by itself", () => {
  it("that reports no usage costs its whole slice", async () => {
    const { run, input, journal, paths } = await attempts("");
    const outcome = await run(input());
    expect(outcome.spent).toEqual(input().slice.amount);
    expect((await journal()).at(-1)).toMatchObject({ state: "closed", worstCase: true });
    const used = (await readFeatureEvents(paths.features, input().feature.missionId, "1.1")).find(
      ({ kind }) => kind === "usage",
    );
    expect(used).toMatchObject({ guarantee: "at end", said: {} });
  });

  it("that reports what it cost is booked at that, and at all of it when it is too much", async () => {
    const { run, input } = await attempts("costs", { reportsCost: true });
    expect((await run(input())).spent.microUsd).toBe(250_000);
    await fixture?.end();
    const over = await attempts("overspends", { reportsCost: true });
    const outcome = await over.run(over.input());
    expect(outcome.kind).toBe("needs-more");
    expect(outcome.spent.microUsd).toBe(5_000_000);
  });

  it("that counts anew after its death is booked at the sum", async () => {
    const { run, input } = await attempts("costs-and-dies", { reportsCost: true });
    expect((await run(input())).spent.microUsd).toBe(375_000);
  });
});

describe("what an agent says that it cost", () => {
  const turn = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };

  it("counts in a session that is taken up again from where it was, unless it counts anew", () => {
    for (const [first, sum] of [
      [1_100, 200],
      [100, 1_200],
    ] as const) {
      const said = createSaidCost();
      said.newSession(1_000);
      said.newTurn();
      said.hear(first);
      said.hear(1_200);
      said.endTurn(turn);
      expect(said.total()).toEqual({ asked: true, tokens: turn, costMicroUsd: sum });
      expect(said.sessionMicroUsd()).toBe(1_200);
    }
  });

  it("is unknown where a session or a turn has said nothing", () => {
    const said = createSaidCost();
    said.newSession(0);
    said.newTurn();
    said.endTurn(undefined);
    said.newSession(0);
    said.newTurn();
    said.hear(500);
    said.endTurn(turn);
    expect(said.total()).toEqual({ asked: true, tokens: undefined, costMicroUsd: undefined });
    expect(said.soFarMicroUsd()).toBe(500);
  });
});
