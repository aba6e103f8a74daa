import { describe, expect, it } from "@jest/globals";
import type { FeatureStatus, MilestoneStatus } from "../../../domain/mission.js";
import {
  begunViolations,
  NOTHING_BEGUN,
  stoppedFeatures,
  type Progress,
} from "../../../domain/planning/edit-begun.js";
import { editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { readPlan } from "../../../domain/read-plan.js";
import { aWrittenPlan } from "../../helpers/plans.js";

const plan = readPlan(aWrittenPlan());
const at = (
  milestones: Record<string, MilestoneStatus>,
  features: Record<string, [FeatureStatus, number]> = {},
): Progress => ({
  milestones: new Map(Object.entries(milestones)),
  features: new Map(
    Object.entries(features).map(([id, [status, attempts]]) => [id, { status, attempts }]),
  ),
});
const said = (progress: Progress, edit: PlanEdit, mayStop = false) =>
  begunViolations(plan, editPlan(plan, [edit]), progress, mayStop).map(({ sentence }) => sentence);

const retitle = (feature: string): PlanEdit => ({ kind: "change", feature, set: { title: "New" } });

describe("a plan that changes while the mission runs", () => {
  it("may change anything that has not begun", () => {
    const edit: PlanEdit = { kind: "move-milestone", milestone: "2", position: 1 };
    expect(said(NOTHING_BEGUN, edit)).toEqual([]);
    expect(said(at({ "1": "active" }, { "1.2": ["queued", 0] }), retitle("1.2"))).toEqual([]);
    expect(said(at({ "1": "active" }, { "1.2": ["blocked", 3] }), retitle("1.2"))).toEqual([]);
  });

  it("never changes what is finished, named with its state", () => {
    const progress = at({ "1": "active" }, { "1.1": ["done", 1], "1.2": ["integrating", 1] });
    const both = begunViolations(
      plan,
      editPlan(plan, [retitle("1.1"), { kind: "drop", features: ["1.2"] }]),
      progress,
      true,
    );
    expect(both.map(({ sentence }) => sentence)).toEqual([
      "The change touches what has begun or is done: 1.1 New (done), 1.2 Add a file (integrating).",
    ]);
  });

  it("stops what runs only where that was agreed to", () => {
    const progress = at({ "1": "active" }, { "1.1": ["running", 1], "1.2": ["queued", 2] });
    expect(said(progress, retitle("1.1"))).toEqual([
      "The change touches what has begun or is done: 1.1 New (running).",
    ]);
    expect(said(progress, retitle("1.2"))).toHaveLength(1);
    expect(said(progress, retitle("1.1"), true)).toEqual([]);
    const after = editPlan(plan, [retitle("1.1"), { kind: "drop", features: ["1.2"] }]);
    expect(stoppedFeatures(plan, after, progress)).toEqual([
      { id: "1.2", title: "Add a file", then: "drop" },
      { id: "1.1", title: "New", then: "restart" },
    ]);
  });

  it("leaves milestones that have begun in their place, and those that are done as they are", () => {
    const done = at({ "1": "done" });
    expect(
      said(at({ "1": "active" }), { kind: "move-milestone", milestone: "2", position: 1 }),
    ).toEqual(["Milestone 1 has begun and must stay where it is."]);
    const add: PlanEdit = { kind: "add", where: { milestone: "1" }, part: { title: "Late" } };
    expect(said(done, add)).toEqual([
      "Milestone 1 is done, so that feature 1.3 would never start.",
    ]);
    expect(said(done, retitle("1.1"), true)).toHaveLength(1);
    expect(said(done, { kind: "rename-milestone", milestone: "1", title: "x" })).toEqual([]);
    const [first, second] = plan.milestones;
    if (first === undefined || second === undefined) throw new Error("no milestones");
    const checks = [{ id: "a", sentence: "It is.", verify: { method: "person" as const } }];
    const checked = { ...plan, milestones: [{ ...first, checks }, second] };
    expect(begunViolations(plan, checked, done, true).map(({ sentence }) => sentence)).toEqual([
      "Milestone 1 is done and its checks have been run.",
    ]);
  });
});
