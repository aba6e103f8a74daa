import { describe, expect, it } from "@jest/globals";
import { changesBetween } from "../../../client/terminal/changes.js";
import { aBudget, aFeature, aSnapshot } from "../a-snapshot.js";

describe("the plain view", () => {
  it("says where the mission stands at first, and nothing while nothing changes", () => {
    const seen = aSnapshot();
    expect(changesBetween(undefined, seen)[0]).toBe("m-20260102-abc123 Build a CRM: active");
    expect(changesBetween(seen, seen)).toEqual([]);
  });

  it("has a line for each feature, gate and story line that is new, with commands", () => {
    const before = aSnapshot();
    const now = aSnapshot({
      features: [aFeature({ status: "done", spent: { microUsd: 120_000, tokens: 5 } })],
      gates: [
        {
          id: "g1",
          kind: "feature",
          question: "Skip it?",
          options: [{ choice: "skip", means: "leave it out" }],
          openedAt: "2026-01-02T11:57:00Z",
        },
      ],
      story: [{ seq: "7", at: "2026-01-02T11:57:00Z", kind: "decision", text: "retried 1.1" }],
    });
    expect(changesBetween(before, now)).toEqual([
      "feature 1.1 Log in: done, $0.12",
      "waits for you: Skip it?",
      "    npx missions decide m-20260102-abc123 g1 skip  (leave it out)",
      "decision: retried 1.1",
    ]);
  });

  it("reports the budget by steps of ten percent only", () => {
    const at = (usedPct: number) => aSnapshot({ budget: aBudget({ usedPct }) });
    expect(changesBetween(at(21), at(29))).toEqual([]);
    expect(changesBetween(at(29), at(30))).toEqual(["budget: 30% used (money), $5.00 spent"]);
  });
});
