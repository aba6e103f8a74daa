import { afterEach, describe, expect, it } from "@jest/globals";
import { faultDefinition, withFaulty } from "../../agents/fault-definition.js";
import { makeAttempts, type AttemptFixture } from "../attempt-fixture.js";

let fixture: AttemptFixture;
afterEach(() => fixture.end());

async function attempts(fault: string) {
  fixture = await makeAttempts({
    feature: { agent: "faulty", brief: "Write a file." },
    unsandboxed: true,
    agents: withFaulty(faultDefinition(fault)),
  });
  return fixture;
}

describe("an agent whose gateway can book no more", () => {
  it("is run again by Temporal, because the mission stopped nothing", async () => {
    const none = { calls: 0, inputTokens: 0, outputTokens: 0, microUsd: 0 };
    const gateway = {
      socket: "",
      listening: "http://127.0.0.1:9",
      token: "token",
      stop: () => ({ kind: "ended" as const, why: "leave" as const }),
      metered: () => none,
      close: () => Promise.resolve(),
    };
    fixture = await makeAttempts({
      feature: { agent: "faulty", brief: "Write a file." },
      unsandboxed: true,
      sandboxed: false,
      agents: withFaulty(faultDefinition("hangs", { gateway: "openai" }), {
        gateway: { open: () => Promise.resolve(gateway) },
      }),
    });
    await expect(fixture.run(fixture.input())).rejects.toMatchObject({ type: "WorkerStopped" });
  });
});

describe("an agent whose own subscription is used up", () => {
  it("waits until the limit is reset, though it ends its turn as if it were done, and then goes on", async () => {
    const { run, input } = await attempts("limited");
    const first = await run(input());
    expect(first).toMatchObject({
      kind: "wait-until",
      at: expect.stringMatching(/T14:00:00\.000Z$/),
      why: "limit of faulty",
    });
    if (first.kind !== "wait-until" || first.checkpoint === undefined) throw new Error("no state");
    const slice = { ...input().slice, key: "1/1/1.1/2" };
    const again = await run(input({ slice, checkpoint: first.checkpoint }));
    expect(again).toMatchObject({ kind: "done", summary: "Done in turn 2." });
  });

  it("waits as long as the error says", async () => {
    const { run, input } = await attempts("limited-error");
    const outcome = await run(input());
    expect(outcome).toMatchObject({ kind: "wait-until", why: "limit of faulty" });
    const waitMs = outcome.kind === "wait-until" ? Date.parse(outcome.at) - Date.now() : 0;
    expect(Math.round(waitMs / 3_600_000)).toBe(5);
  });
});
