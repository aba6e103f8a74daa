import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { queueOf, turnsOf, whyQueued, type OpenMission } from "../../domain/queue.js";

const aMission = (n: number, status: string): OpenMission => ({
  missionId: `m-20260101-${String(n).padStart(6, "0")}`,
  status,
  startedAt: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
});
const id = (n: number) => aMission(n, "").missionId;

describe("the queue", () => {
  it("gives the free places to the oldest that wait", () => {
    const open = [aMission(3, "queued"), aMission(1, "active"), aMission(2, "queued")];
    expect(queueOf(open).map(({ missionId }) => missionId)).toEqual([id(2), id(3)]);
    expect(turnsOf(open, 2)).toEqual([id(2)]);
    expect(turnsOf(open, 1)).toEqual([]);
    expect(turnsOf(open, 0)).toEqual([]);
    expect(turnsOf(open, 9)).toEqual([id(2), id(3)]);
  });

  it("keeps no place for what is paused, blocked or not approved", () => {
    const idle = ["paused", "blocked", "planning"].map((status, n) => aMission(n, status));
    expect(turnsOf([...idle, aMission(9, "queued")], 1)).toEqual([id(9)]);
    const busy = ["validating", "recovering"].map((status, n) => aMission(n, status));
    expect(turnsOf([...busy, aMission(9, "queued")], 2)).toEqual([]);
  });

  it("never has more run than may, however late the list shows who was told to begin", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("queued", "active", "paused"), { maxLength: 12 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.array(fc.nat(11), { maxLength: 6 }), { maxLength: 6 }),
        (statuses, maxRunning, shownAfterEachPulse) => {
          const missions = statuses.map((status, n) => aMission(n, status));
          const begun = new Set<string>();
          const shown = new Set<string>();
          const before = statuses.filter((status) => status === "active").length;
          for (const late of shownAfterEachPulse) {
            const list = missions.map((mission) =>
              shown.has(mission.missionId) ? { ...mission, status: "active" } : mission,
            );
            for (const missionId of turnsOf(list, maxRunning)) begun.add(missionId);
            for (const n of late) if (begun.has(id(n))) shown.add(id(n));
            expect(begun.size).toBeLessThanOrEqual(Math.max(0, maxRunning - before));
          }
        },
      ),
    );
  });

  it("says of each why it waits", () => {
    expect(whyQueued(0, ["m-a", "m-b"], 2)).toBe("2 of at most 2 run (m-a, m-b); it is next.");
    expect(whyQueued(1, ["m-a"], 1)).toBe("1 of at most 1 run (m-a); 1 is ahead of it.");
    expect(whyQueued(0, ["m-a"], 2)).toContain("next pulse");
    expect(whyQueued(1, ["m-a"], 2)).toContain("1 is ahead");
    expect(whyQueued(0, [], 0)).toContain("held");
  });
});
