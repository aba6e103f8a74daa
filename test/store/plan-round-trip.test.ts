/** YAML -> plan -> mission.md -> plan: what a person approved is what is read back from every place that it is written to. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Plan } from "../../domain/plan.js";
import { readPlan } from "../../domain/read-plan.js";
import { projectMissionFile } from "../../store/mission-file.js";
import { readPlanText } from "../../store/plan-file.js";
import { canonicalPlanJson, planToYaml } from "../../store/plan-yaml.js";
import { writtenPlans } from "../helpers/plans.js";
import { aBusyInput, aMissionFile, anInput } from "./mission-builders.js";

describe("a plan, whatever it holds,", () => {
  it("is written in the order in which a person reads it, also from its stored form", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const plan = readPlan(written);
        const stored = JSON.parse(canonicalPlanJson(plan)) as Plan;
        const keys = planToYaml(stored).match(/^[a-z_]+(?=:)/gm) ?? [];
        expect(keys.slice(0, 3)).toEqual(["version", "title", "goal"]);
        expect(keys.at(-1)).toBe("milestones");
        expect(planToYaml(stored)).toMatch(/^ {2}- id: .*\n {4}title: /m);
      }),
      { numRuns: 10 },
    );
  });

  it("is the same after YAML, mission.md and YAML again", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const plan = readPlan(written);
        const fromYaml = readPlanText(planToYaml(plan), "plan.yaml");
        const fromMission = readPlanText(aMissionFile(fromYaml).text, "mission.md");
        expect(fromMission).toEqual(plan);
        expect(canonicalPlanJson(fromMission)).toBe(canonicalPlanJson(plan));
        expect(planToYaml(fromMission)).toBe(planToYaml(plan));
      }),
      { numRuns: 25 },
    );
  });

  it("is the same from a mission.md that has been kept up and got a new plan since", () => {
    fc.assert(
      fc.property(writtenPlans, writtenPlans, (first, second) => {
        const before = readPlan(first);
        // The deadline of a mission is the guard's: another plan does not move it.
        const { deadline: _, ...rest } = readPlan(second);
        const plan = before.deadline === undefined ? rest : { ...rest, deadline: before.deadline };
        const made = aMissionFile(before);
        const busy = projectMissionFile(made.text, aBusyInput(), made.projected);
        const replanned = { plan, planYaml: planToYaml(plan) };
        const { text } = projectMissionFile(busy.text, anInput(), busy.projected, replanned);
        expect(readPlanText(text, "mission.md")).toEqual(plan);
      }),
      { numRuns: 15 },
    );
  });
});
