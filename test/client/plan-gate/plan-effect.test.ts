import { describe, expect, it } from "@jest/globals";
import { effectLines, planEffect } from "../../../client/plan-gate/plan-effect.js";
import { stopLines } from "../../../client/plan-gate/stops.js";
import type { EstimateBasis } from "../../../domain/estimates/estimate.js";
import { editPlan } from "../../../domain/planning/edits.js";
import { NOTHING_BEGUN, type Progress } from "../../../domain/planning/edit-begun.js";
import { readPlan } from "../../../domain/read-plan.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aBudget } from "../a-snapshot.js";

const feature = (title: string) => ({ title, brief: title, size: "medium" });
const plan = readPlan(
  aWrittenPlan({
    milestones: [
      { title: "First", features: [feature("a"), feature("b")] },
      { title: "Second", features: [feature("c")] },
    ],
  }),
);
const basis: EstimateBasis = {
  history: [],
  offer: {
    provider: "test",
    models: { simple: "openai/a", standard: "openai/b", thinking: "openai/c" },
    local: false,
    costMicroUsd: (_, mix) => mix.input + mix.output * 5,
  },
};
const now = new Date("2026-08-01T10:00:00Z");
const effectOf = (progress: Progress) =>
  planEffect(
    { before: plan, after: editPlan(plan, [{ kind: "drop", features: ["1.2"] }]) },
    progress,
    basis,
    now,
  );

describe("what a change does to a mission", () => {
  it("counts what is left, before and after", () => {
    const { before, after, finishBefore, finishAfter } = effectOf(NOTHING_BEGUN);
    expect([before.features, after.features]).toEqual([3, 2]);
    expect(after.microUsd.likely).toBeLessThan(before.microUsd.likely);
    expect(finishAfter < finishBefore || finishAfter === finishBefore).toBe(true);
    const done = {
      ...NOTHING_BEGUN,
      features: new Map([["1.1", { status: "done" as const, attempts: 1 }]]),
    };
    expect(effectOf(done).after.features).toBe(1);
    const milestone = { ...NOTHING_BEGUN, milestones: new Map([["2", "done" as const]]) };
    expect(effectOf(milestone).before.features).toBe(2);
  });

  it("is said with ranges and dates, and with what the budget does not leave", () => {
    const lines = effectLines(
      effectOf(NOTHING_BEGUN),
      "UTC",
      aBudget({ caps: { microUsd: 5_000_001, tokens: 1e9, activeMs: 1e12 } }),
    );
    expect(lines[0]).toMatch(
      /^Money for what is left: \$[\d.]+ \(\$[\d.]+ to \$[\d.]+\), instead of \$[\d.]+$/,
    );
    expect(lines[3]).toMatch(
      /^Finish, if it works without a stop: \w{3} 2026-08-0\d \d\d:\d\d UTC, /,
    );
    expect(lines[4]).toMatch(/^The budget leaves \$0\.000001 of money, less than the likely \$/);
    expect(lines).toHaveLength(5);
  });

  it("says of work without a model that nothing can be estimated, instead of a finish at once", () => {
    const manual = readPlan(
      aWrittenPlan({
        milestones: [{ title: "First", features: [{ ...feature("a"), agent: "manual" }] }],
      }),
    );
    const effect = planEffect({ before: manual, after: manual }, NOTHING_BEGUN, basis, now);
    expect(effectLines(effect, "UTC", aBudget())).toEqual([
      "Scripts or people do what is left, for which no money, hours or finish can be estimated.",
    ]);
  });
});

it("says where the work of a stopped feature stays, and for how long", () => {
  const stop = {
    id: "1.1",
    title: "a",
    then: "drop" as const,
    workspace: "/w/tree",
    commit: "0123456789abcdef",
  };
  expect(stopLines("m-1", "full", [stop])).toEqual([
    "Feature 1.1 a stops after its call in flight and is dropped; its work so far stays in /w/tree until the mission ends and as commit 0123456789 and in its transcript (npx missions transcript m-1 1.1).",
  ]);
  expect(stopLines("m-1", "poc", [stop])[0]).toMatch(/in \/w\/tree until the next feature begins/);
});
