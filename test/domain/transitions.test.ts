import { describe, expect, it } from "@jest/globals";
import { isFinal, mayBecome } from "../../domain/transitions.js";

describe("transitions", () => {
  it("follow a mission through its life", () => {
    expect(mayBecome("mission", "planning", "active")).toBe(true);
    expect(mayBecome("mission", "active", "validating")).toBe(true);
    expect(mayBecome("mission", "paused", "active")).toBe(true);
    expect(mayBecome("mission", "blocked", "cancelled")).toBe(true);
    expect(mayBecome("mission", "planning", "completed")).toBe(
      "a mission that is planning cannot become completed",
    );
    expect(mayBecome("mission", "completed", "active")).toBe(
      "the mission is completed, and that does not change any more",
    );
  });

  it("let a milestone be done only after its validation", () => {
    expect(mayBecome("milestone", "validating", "done")).toBe(true);
    expect(mayBecome("milestone", "active", "done")).toContain("cannot");
    expect(mayBecome("milestone", "blocked", "done")).toContain("cannot");
    expect(mayBecome("milestone", "done", "active")).toContain("does not change");
  });

  it("never change an integrated or skipped feature, and let a person retry or skip a blocked or cancelled one", () => {
    for (const to of ["pending", "running", "skipped", "cancelled"] as const) {
      expect(mayBecome("feature", "done", to)).toContain("does not change");
    }
    for (const from of ["blocked", "cancelled"] as const) {
      expect(mayBecome("feature", from, "pending")).toBe(true);
      expect(mayBecome("feature", from, "skipped")).toBe(true);
    }
    expect(mayBecome("feature", "integrating", "skipped")).toContain("cannot");
    expect(isFinal("feature", "skipped")).toBe(true);
    expect(isFinal("feature", "blocked")).toBe(false);
  });

  it("allow to stay the same, because messages may arrive twice", () => {
    expect(mayBecome("mission", "completed", "completed")).toBe(true);
    expect(mayBecome("feature", "running", "running")).toBe(true);
  });
});
