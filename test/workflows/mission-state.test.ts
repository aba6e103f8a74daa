import { describe, expect, it } from "@jest/globals";
import { openMission, snapshotOf, tell } from "../../workflows/mission-state.js";
import type { MissionInput } from "../../workflows/messages.js";

const long = "x".repeat(200);
const input: MissionInput = {
  ...{ missionId: "m-20260304-abc123", generation: 1, title: "A", mode: "full", onAlert: "ask" },
  ...{ planHash: "0".repeat(64), alertThresholdPct: 80, approved: true },
  atOnce: { code: 3, other: 10 },
  caps: { microUsd: 1, tokens: 1, activeMs: 1 },
  by: { who: "ann", from: "test" },
  milestones: Array.from({ length: 200 }, (_, n) => ({ id: `${n}`, title: long, features: 1 })),
};

describe("the snapshot of a mission", () => {
  it("stays under 100 kB with 200 validated milestones, 200 features and a full story, all with long texts", () => {
    const state = openMission(input);
    for (const view of state.milestones)
      view.exit = { sha256: "a".repeat(64), bytes: 9_999, name: `validation-${view.id}-1.json` };
    state.features = input.milestones.map(({ id }) => ({
      ...{ id: `${id}.1`, title: long, status: "done", note: long, attempts: 1 },
      ...{ commit: "c".repeat(40), spent: { microUsd: 1_000_000, tokens: 1_000_000 } },
    }));
    for (let n = 0; n < 40; n += 1) tell(state, 1, "progress", "x".repeat(500));
    const snapshot = snapshotOf(input, state);
    expect(Buffer.byteLength(JSON.stringify(snapshot))).toBeLessThan(100_000);
    expect(snapshot.milestones[0]).not.toHaveProperty("exit");
    expect(state.milestones[0]).toHaveProperty("exit");
    expect([snapshot.milestones.length, snapshot.features.length]).toEqual([200, 200]);
  });

  it("shows texts at length where there is little to show", () => {
    const state = openMission({ ...input, milestones: input.milestones.slice(0, 1) });
    expect(snapshotOf(input, state).milestones[0]?.title).toHaveLength(160);
  });
});
