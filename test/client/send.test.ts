import { describe, expect, it } from "@jest/globals";
import { unheard } from "../../client/send.js";
import { readPlan } from "../../domain/read-plan.js";
import { aWrittenPlan } from "../helpers/plans.js";

describe("a note to a mission", () => {
  it("is said to be heard by nobody where scripts do all the work", () => {
    const plan = readPlan(aWrittenPlan());
    const by = (agent: string) => ({
      ...plan,
      milestones: plan.milestones.map((milestone) => ({
        ...milestone,
        features: milestone.features.map((feature) => ({ ...feature, agent })),
      })),
    });
    expect(unheard(by("script"))).toEqual([
      "No feature of the plan has an agent that listens: scripts do not read notes.",
    ]);
    expect(unheard(by("script"), "1.1")).toEqual([expect.stringMatching(/^Feature 1\.1 has not/)]);
    expect(unheard(by("builtin"))).toEqual([]);
    expect(unheard(by("opencode"), "1.1")).toEqual([]);
  });
});
