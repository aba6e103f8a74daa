import { describe, expect, it } from "@jest/globals";
import { hasSeen, isFirstTime, openSeen, type SeenCommands } from "../../domain/dedupe.js";

describe("command ids", () => {
  it("are new once, also after being carried to the next run", () => {
    const seen = openSeen();
    expect(isFirstTime(seen, "a")).toBe(true);
    const carried = JSON.parse(JSON.stringify(seen)) as SeenCommands;
    expect(isFirstTime(carried, "a")).toBe(false);
    expect(isFirstTime(carried, undefined)).toBe(true);
    expect(isFirstTime(carried, undefined)).toBe(true);
  });

  it("are remembered for the last 500 commands", () => {
    const seen = openSeen();
    for (let i = 0; i < 501; i++) isFirstTime(seen, `c${i}`);
    expect(seen.ids).toHaveLength(500);
    expect(hasSeen(seen, "c0")).toBe(false);
    expect(hasSeen(seen, "c1")).toBe(true);
  });
});
