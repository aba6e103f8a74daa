import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { goalScale, shifted } from "../../../domain/estimates/goal-scale.js";
import { sizeOf } from "../../../domain/estimates/size-of.js";
import { SIZES } from "../../../domain/mission.js";

describe("the size of a feature", () => {
  it.each([
    ["Fix a typo in the migration guide", "trivial", '"typo"'],
    ["Rename the payments page", "trivial", '"Rename"'],
    ["Add a button that clears the form", "small", '"button"'],
    ["Show contacts in a list", "medium", "nothing"],
    ["Integrate Stripe", "large", '"Integrate"'],
    ["Rewrite the parser", "huge", '"Rewrite"'],
    ["Contacts, deals, notes and reminders", "large", "4 parts"],
    ["- one\n- two\n- three\n- four\n- five\n- six\n- seven\n- eight\n- nine", "huge", "9 parts"],
    [`Show it. ${"Again the same. ".repeat(50)}`, "large", "words"],
    ["", "medium", "nothing"],
    ["Füge eine Liste hinzu", "medium", "nothing"],
  ])("of %j is %s because of %s", (text, size, because) => {
    const guess = sizeOf(text);
    expect(guess.size).toBe(size);
    expect(guess.because).toContain(because);
  });

  it("is found for any text, quickly", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { size, because } = sizeOf(text);
        expect(SIZES).toContain(size);
        expect(because).not.toBe("");
      }),
    );
    expect(sizeOf("a, ".repeat(1_000_000)).size).toBe("huge");
  });
});

describe("the scale of a goal", () => {
  it.each([
    ["Build a CRM", 0],
    ["Build a tiny CRM", -1],
    ["Build an enterprise CRM, but keep it simple", 1],
    ["Build a CRM with contacts, deals, notes, reports, mails and reminders", 1],
    ["", 0],
  ])("of %j is %d", (goal, shift) => {
    expect(goalScale(goal).shift).toBe(shift);
  });

  it("never leaves the classes", () => {
    expect(shifted("huge", { shift: 1 })).toBe("huge");
    expect(shifted("trivial", { shift: -1 })).toBe("trivial");
    expect(shifted("small", { shift: 1 })).toBe("medium");
  });
});
