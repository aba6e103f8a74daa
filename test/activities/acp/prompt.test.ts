import { describe, expect, it } from "@jest/globals";
import { told } from "../../../activities/adapters/acp/prompt.js";
import { newState } from "../../../activities/adapters/acp/state.js";
import type { AgentRun } from "../../../activities/agent.js";

describe("what an agent was told", () => {
  it("takes back that it was done, so that a worker killed right after does not take it for done", () => {
    const run = { input: { notes: ["Mind the gap."] } } as unknown as AgentRun;
    const state = told({ ...newState(), finished: "Done before." }, run);
    expect(state.finished).toBeUndefined();
    expect(state).toMatchObject({ began: true, notes: [expect.any(String)] });
  });
});
