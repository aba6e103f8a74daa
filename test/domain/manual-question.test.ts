import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { manualQuestion } from "../../domain/manual-question.js";
import type { Check } from "../../domain/plan.js";

const clone = { folder: "/engine/workspaces/m-1.1/tree", hostId: "h-1", isClone: true };
const checks: Check[] = [
  { id: "1.1.a", sentence: "The tests pass.", verify: { method: "bash", run: "npm test" } },
  { id: "1.1.b", sentence: "It reads well.", verify: { method: "person" } },
];

describe("the question to a person who does a feature", () => {
  it("says what, where on which host, what the engine runs and what stands on their word", () => {
    const feature = { id: "1.1", title: "Write the guide", brief: "Two pages.\nNo more.", checks };
    expect(manualQuestion(feature, clone)).toBe(
      "Feature 1.1 is a person's to do: Write the guide. Where: /engine/workspaces/m-1.1/tree on host h-1, " +
        "a clone at the head of the mission's branch; leave your changes there, committed or not. Two pages. No more. " +
        "On done the engine checks: 1.1.a The tests pass (npm test). By your word alone: 1.1.b It reads well.",
    );
  });

  it("calls a plain folder one, and says nothing about checks that are not there", () => {
    const feature = { id: "1.1", title: "Sign", checks: [] };
    expect(manualQuestion(feature, { ...clone, isClone: false })).toBe(
      "Feature 1.1 is a person's to do: Sign. Where: /engine/workspaces/m-1.1/tree on host h-1, a plain folder.",
    );
  });

  it("stays in one line and under 2 kB with its folder in it, whatever the plan says", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 3_000 });
    const check = fc.record({
      id: fc.constant("1.1.a"),
      sentence: text,
      verify: fc.oneof(
        fc.record({ method: fc.constant("bash" as const), run: text }),
        fc.record({ method: fc.constant("person" as const) }),
      ),
    });
    fc.assert(
      fc.property(text, text, fc.array(check, { maxLength: 20 }), (title, brief, several) => {
        const said = manualQuestion({ id: "1.1", title, brief, checks: several }, clone);
        expect(JSON.stringify({ question: said }).length).toBeLessThan(2_048);
        expect(new TextEncoder().encode(said).length).toBeLessThan(1_700);
        expect(said).toContain(clone.folder);
        // eslint-disable-next-line no-control-regex -- none may be left
        expect(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(said)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
