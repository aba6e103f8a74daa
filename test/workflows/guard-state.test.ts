import { describe, expect, it } from "@jest/globals";
import {
  adjustGuard,
  hasDeadlinePassed,
  holdGuard,
  isHeldBack,
  isHold,
  openGuard,
  type GuardInput,
} from "../../workflows/guard-state.js";

const input: GuardInput = {
  missionId: "m-20260101-abc123",
  generation: 1,
  caps: { microUsd: 2_000_000, tokens: 1_000, activeMs: 1_000 },
  alertThresholdPct: 80,
  onAlert: "continue",
};
const opened = () => openGuard(input);
const now = Date.parse("2026-12-04T17:00:00Z");
const asked = (key: string, replyTo: string) => ({
  key,
  order: 1,
  estimate: { microUsd: 0, tokens: 0 },
  replyTo,
});
const MISSION = "m-20260101-abc123";

describe("the guard", () => {
  it("opened for planning takes everything of the mission that adopts it", () => {
    const state = opened();
    adjustGuard(state, {
      usd: 50,
      tokens: 5_000,
      hours: 2,
      alertThresholdPct: 70,
      onAlert: "ask",
      deadline: "2026-12-04T17:00:00.000Z",
      atDeadline: "stop",
    });
    expect(state).toMatchObject({
      ledger: { caps: { microUsd: 50_000_000, tokens: 5_000 } },
      activeCapMs: 7_200_000,
      alertThresholdPct: 70,
      onAlert: "ask",
      deadlineMs: now,
      atDeadline: "stop",
    });
    adjustGuard(state, { deadline: null });
    expect(hasDeadlinePassed(state, now + 1)).toBe(false);
    expect(state.atDeadline).toBe("stop");
  });

  it("tells a mission that takes it over what it told nobody before", () => {
    const state = { ...opened(), announced: ["warn/money/2000000", "exhausted/money/2000000"] };
    expect(adjustGuard(state, { usd: 2 }, { generation: 1 })).toBe("adopted");
    expect(state.announced).toEqual([]);
    expect(adjustGuard(state, { usd: 2 }, { generation: 1 })).toBe("adjusted");
  });

  it("lets plannings raise its caps until a mission has taken it over", () => {
    const state = openGuard({ ...input, forPlanning: true });
    expect(adjustGuard(state, { usd: 3 }, { planning: true })).toBe("adjusted");
    expect(adjustGuard(state, { usd: 1 }, { generation: 1 })).toBe("adopted");
    expect(adjustGuard(state, { usd: 3 }, { planning: true })).toBe("refused");
    expect(state.ledger.caps.microUsd).toBe(1_000_000);
    expect(adjustGuard(opened(), { usd: 3 }, { planning: true })).toBe("refused");
  });

  it("tells a deadline again when it was moved or is to be met otherwise", () => {
    const state = { ...opened(), deadlineMs: now, deadlineTold: true };
    adjustGuard(state, { usd: 60 });
    expect(state.deadlineTold).toBe(true);
    adjustGuard(state, { atDeadline: "ask" });
    expect(state.deadlineTold).toBe(false);
    expect(hasDeadlinePassed(state, now)).toBe(true);
    expect(hasDeadlinePassed(state, now - 1)).toBe(false);
  });

  it("holds for a new plan only what milestones ask for, and only for a while", () => {
    const state = opened();
    const start = asked("1/1/1.1/1", `mission/${MISSION}/1`);
    const more = asked("1/1/1.2/2", `mission/${MISSION}/1/1.2`);
    const planning = asked("1/planning/2/1", `mission/${MISSION}/planning/2`);
    const held = (request: typeof start, atMs: number) => isHeldBack(state, request, MISSION, atMs);
    expect(held(start, now)).toBe(false);
    holdGuard(state, { reason: "replan", held: true, forMs: 1_000 }, now);
    expect([start, more, planning].map((request) => held(request, now))).toEqual([
      true,
      false,
      false,
    ]);
    expect(held(start, now + 1_000)).toBe(false);
    holdGuard(state, { reason: "replan", held: true }, now);
    expect(held(start, now + 1_799_999)).toBe(true);
    holdGuard(state, { reason: "replan", held: false }, now);
    expect(held(start, now)).toBe(false);
  });

  it("takes no hold that is none or that would never end", () => {
    expect(isHold({ reason: "replan", held: true, forMs: 1_000 })).toBe(true);
    expect(isHold({ reason: "pause", held: false })).toBe(true);
    for (const hold of [
      undefined,
      {},
      { reason: "whim", held: true },
      { reason: "replan", held: "yes" },
      { reason: "replan", held: true, forMs: Infinity },
      { reason: "replan", held: true, forMs: -1 },
      { reason: "replan", held: true, forMs: "an hour" },
    ])
      expect(isHold(hold)).toBe(false);
  });

  it("counts a deadline that is no time as none", () => {
    const state = openGuard({
      missionId: MISSION,
      generation: 1,
      caps: { microUsd: 1, tokens: 1, activeMs: 1 },
      alertThresholdPct: 80,
      onAlert: "ask",
      deadline: "soon",
    });
    expect(state.deadlineMs).toBeUndefined();
  });
});
