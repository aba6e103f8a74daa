import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Plan } from "../../../domain/plan.js";
import { editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { diffLines, diffPlans } from "../../../domain/planning/plan-diff.js";
import { readPlan } from "../../../domain/read-plan.js";
import { aWrittenPlan, writtenPlans } from "../../helpers/plans.js";

const plan = readPlan(aWrittenPlan());
const linesOf = (...edits: PlanEdit[]) => diffLines(diffPlans(plan, editPlan(plan, edits)));

describe("the difference of two plans", () => {
  it("is nothing for the same plan, whatever the plan", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const some = readPlan(written);
        expect(diffLines(diffPlans(some, structuredClone(some)))).toEqual(["Nothing changes."]);
      }),
      { numRuns: 30 },
    );
  });

  it("names what comes, goes, changes and stays", () => {
    const lines = linesOf(
      { kind: "mode", mode: "poc" },
      { kind: "add", where: { milestone: "2" }, part: { title: "Sing" } },
      { kind: "drop", features: ["1.1"] },
      { kind: "change", feature: "1.2", set: { tier: "simple", title: "Wave" } },
      { kind: "rename-milestone", milestone: "2", title: "Last" },
      { kind: "add-milestone", title: "More", parts: [{ title: "Shout" }] },
    );
    expect(lines).toEqual([
      "~ mode full -> poc",
      "+ milestone 3 More",
      "~ milestone 2 Last: title Second -> Last",
      "+ feature 2.2 Sing (milestone 2)",
      "+ feature 3.1 Shout (milestone 3)",
      "- feature 1.1 Add a file (milestone 1)",
      "~ feature 1.2 Wave: title Add a file -> Wave; tier simple; needs 1.1 -> none",
      "= 1 feature stays as before: 2.1",
    ]);
  });

  it("says it of budget, deadline, checks and the order", () => {
    const before = readPlan(aWrittenPlan({ deadline: "2030-01-31T10:00:00Z" }));
    const after: Plan = {
      ...before,
      budget: { ...before.budget, money_usd: 7.5 },
      deadline: "2030-02-01T10:00:00.000Z",
      deadline_zone: "Europe/Berlin",
      milestones: [
        {
          id: "2",
          title: "Second",
          features: before.milestones[1]?.features ?? [],
          checks: [{ id: "2.a", sentence: "It sings.", verify: { method: "bash", run: "sing" } }],
        },
        {
          id: "1",
          title: "First",
          checks: [],
          features: (before.milestones[0]?.features ?? []).toReversed(),
        },
      ],
    };
    expect(diffLines(diffPlans(before, after))).toEqual([
      "~ money 5 USD -> 7.5 USD",
      "~ deadline Thu 2030-01-31 10:00 UTC -> Fri 2030-02-01 11:00 Europe/Berlin",
      "~ deadline zone Europe/Berlin",
      "~ order of milestones 1, 2 -> 2, 1",
      "~ milestone 2 Second: check 2.a 2.a It sings. (bash: run sing)",
      "~ milestone 1 First: order 1.1, 1.2 -> 1.2, 1.1",
      "= 3 features stay as before: 2.1, 1.2, 1.1",
    ]);
  });

  it("does not print long texts whole, and says of a moved feature where it went", () => {
    const brief = `Write ${"very ".repeat(30)}much.\nAnd more.`;
    const [line] = linesOf({ kind: "change", feature: "2.1", set: { brief } });
    expect(line).toMatch(/^~ feature 2\.1 Add a file: brief: new, Write very .{30,60}\.\.\.$/);
    const moved = diffPlans(
      plan,
      editPlan(plan, [
        { kind: "add", where: { milestone: "2" }, part: { title: "x" } },
        { kind: "move", feature: "2.1", where: { milestone: "1" } },
      ]),
    );
    expect(moved.features.changed).toEqual([
      {
        id: "2.1",
        title: "Add a file",
        milestone: "1",
        changes: [{ field: "milestone", before: "2", after: "1" }],
      },
    ]);
  });
});
