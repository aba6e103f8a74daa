import { describe, expect, it } from "@jest/globals";
import type { MissionEntry } from "../../../client/mission-list.js";
import { queueView } from "../../../client/queue/queue-view.js";

const entry = (missionId: string, status: string, over: Partial<MissionEntry> = {}) => ({
  missionId,
  title: `Title of ${missionId}`,
  status,
  mode: "full",
  onServer: "open" as const,
  startedAt: `2026-01-01T00:00:0${missionId.slice(-1)}Z`,
  ...over,
});
const missions = [
  entry("m-3", "queued"),
  entry("m-2", "queued"),
  entry("m-1", "active"),
  entry("m-4", "paused"),
  entry("m-5", "queued", { onServer: "gone" }),
];

describe("the queue as people see it", () => {
  it("lists what waits in its order, with why, and what runs", () => {
    const view = queueView(missions, { maxRunning: 1, paused: false });
    expect(view).toMatchObject({ maxRunning: 1, pulse: "runs", running: ["m-1"] });
    expect(view.queued.map(({ missionId }) => missionId)).toEqual(["m-2", "m-3"]);
    expect(view.queued[0]?.why).toBe("1 of at most 1 run (m-1); it is next.");
  });

  it("says so where nothing would ever start them", () => {
    const [missing] = queueView(missions, undefined).queued;
    expect(missing?.why).toContain("npx missions up");
    const [paused] = queueView(missions, { maxRunning: 2, paused: true }).queued;
    expect(paused?.why).toContain("Unpause");
  });
});
