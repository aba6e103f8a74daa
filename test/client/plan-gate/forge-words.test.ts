import { describe, expect, it } from "@jest/globals";
import { forgeLinesOfChange } from "../../../client/plan-gate/forge-words.js";
import type { ForgePlace } from "../../../domain/forge-place.js";
import type { Plan } from "../../../domain/plan.js";
import { readPlan } from "../../../domain/read-plan.js";
import { aWrittenPlan } from "../../helpers/plans.js";

const missionId = "m-20260304-abc123";
const full = readPlan({ ...aWrittenPlan(), mode: "full" });
const poc: Plan = { ...full, mode: "poc" };
const forge = { kind: "github", host: "github.com", project: "octo/hello" } as ForgePlace;

describe("a mission that was started before its plan changes", () => {
  it("keeps its pull requests in its folder when it turns to Full mode, and says so", () => {
    const local = [expect.stringMatching(/stay in reviews\/.*plan show m-20260304-abc123 --yaml/)];
    expect(forgeLinesOfChange({ missionId }, poc, full)).toEqual(local);
    expect(forgeLinesOfChange({ missionId }, full, { ...full, forge: "github" })).toEqual(local);
  });

  it("keeps the forge that it has, and says so where the plan names another", () => {
    expect(forgeLinesOfChange({ missionId, forge }, full, { ...full, forge: "local" })).toEqual([
      "Pull requests stay with octo/hello on github.com, chosen at the start.",
    ]);
  });

  it("says nothing where pull requests are not touched", () => {
    expect(forgeLinesOfChange({ missionId }, full, poc)).toEqual([]);
    expect(forgeLinesOfChange({ missionId }, full, { ...full, title: "Other" })).toEqual([]);
    expect(forgeLinesOfChange({ missionId }, full, { ...full, forge: "local" })).toEqual([]);
    expect(forgeLinesOfChange({ missionId, forge }, full, { ...full, forge: "github" })).toEqual(
      [],
    );
  });
});
