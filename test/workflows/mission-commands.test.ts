import { describe, expect, it } from "@jest/globals";
import { applyCommand } from "../../workflows/mission-commands.js";
import { openMission } from "../../workflows/mission-state.js";
import { openMissionWork } from "../../workflows/mission-work.js";
import type { MissionInput } from "../../workflows/messages.js";

const by = { who: "ann", from: "test" };
const input: MissionInput = {
  ...{ missionId: "m-20260304-abc123", generation: 1, title: "A", mode: "full", onAlert: "ask" },
  ...{
    planHash: "0".repeat(64),
    alertThresholdPct: 80,
    atOnce: { code: 3, other: 10 },
    approved: true,
  },
  caps: { microUsd: 1, tokens: 1, activeMs: 1 },
  milestones: [],
  by,
};

describe("the story of a mission", () => {
  it("tells a decision once, and one that was refused not as a decision", () => {
    const state = openMission(input);
    const mission = openMissionWork(input, state);
    mission.openGate({
      ...{ id: "budget-1", kind: "budget", question: "More?", openedAt: "2030-01-01T00:00:00Z" },
      options: [{ choice: "wait", means: "wait for a raise" }],
    });
    const decide = (gate: string) =>
      applyCommand(mission, { name: "decide", payload: { gate, choice: "wait", by } });
    expect(decide("bugdet-1").applied).toBe(false);
    expect(decide("budget-1").applied).toBe(true);
    expect(state.gates).toEqual([]);
    expect(mission.takeUnwritten().story.map(({ kind, text }) => [kind, text])).toEqual([
      ["progress", "decide: No open gate is called bugdet-1."],
      ["decision", "decide: budget-1: wait (wait for a raise)."],
    ]);
  });

  it("keeps what people say with an approval, an answer and a pause", () => {
    const mission = openMissionWork(input, openMission({ ...input, approved: false }));
    const gate = (id: string, kind: "plan" | "milestone") => {
      const options = [{ choice: kind === "plan" ? "approve" : "fix", means: "go on" }];
      const asked = { question: "And now?", openedAt: "2030-01-01T00:00:00Z" };
      mission.openGate({ id, kind, options, ...asked });
    };
    gate("plan", "plan");
    gate("milestone-1-3", "milestone");
    applyCommand(mission, { name: "approvePlan", payload: { note: "small steps", by } });
    const answer = { gate: "milestone-1-3", choice: "fix", note: "mind the port", by };
    applyCommand(mission, { name: "decide", payload: answer });
    applyCommand(mission, { name: "pause", payload: { drain: true, reason: "demo day", by } });
    expect(mission.takeUnwritten().story.map(({ text }) => text)).toEqual([
      "approvePlan: plan: approve (go on): small steps",
      "decide: milestone-1-3: fix (go on): mind the port",
      "pause: Nothing new starts; running slices finish: demo day",
    ]);
  });
});
