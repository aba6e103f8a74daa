import { describe, expect, it } from "@jest/globals";
import { draftOfPlan } from "../../../domain/planning/plan-as-draft.js";
import { planFromDraft } from "../../../domain/planning/plan-from-draft.js";
import { withAgent } from "../../../domain/usual-agent.js";
import { levelViolations } from "../../../domain/planning/level-rules.js";
import { readDraft } from "../../../domain/planning/read-draft.js";
import { aScope, reply, type Said } from "../../helpers/drafts.js";

function planOf(change: (draft: Said) => void, scope = aScope()) {
  const read = readDraft(reply(change));
  if (!("draft" in read)) throw new Error(JSON.stringify(read.violations));
  return planFromDraft(read.draft, scope);
}

describe("planFromDraft", () => {
  it("puts around the model's words what only people said", () => {
    const scope = aScope({
      deadline: { at: "2030-01-31T12:00:00.000Z", zone: "Europe/Berlin", atDeadline: "ask" },
    });
    expect(planOf(() => undefined, scope)).toMatchObject({
      title: "A CRM",
      goal: "Build a CRM",
      type: "greenfield",
      level: "mvp",
      mode: "full",
      budget: scope.budget,
      deadline: "2030-01-31T12:00:00.000Z",
      deadline_zone: "Europe/Berlin",
      at_deadline: "ask",
      model_routing: { workers: "demo/canned" },
      scope: {
        non_goals: ["No mobile app", "No telephony"],
        constraints: ["Data stays in the EU"],
      },
    });
  });

  it("takes over which tests a feature may change, and keeps that through a draft of the plan", () => {
    const plan = planOf((draft) => {
      Object.assign(draft.milestones[0]?.features[0] ?? {}, { rewrites: ["test/price.test.js"] });
    });
    const rewrites = ["test/price.test.js"];
    expect(plan.milestones[0]?.features[0]).toMatchObject({ rewrites });
    expect(draftOfPlan(plan).milestones[0]?.features[0]).toMatchObject({ rewrites });
  });

  it("gives to a person what this version cannot do, within the limits that were named", () => {
    const plan = planOf((draft) => {
      Object.assign(draft.milestones[1]?.features[1] ?? {}, {
        kind: "payment",
        agent: "builtin",
        vendor: "Hetzner",
        purpose: "A server",
        capUsd: 20,
      });
    });
    const feature = plan.milestones[1]?.features[1];
    expect(feature).toMatchObject({
      kind: "code",
      agent: "manual",
      serves: ["M2-a"],
      estimate: { usd: 0, hours: 0, tokens: 0 },
    });
    expect(feature?.brief).toMatch(/^A person does this: it is payment work/);
    expect(feature?.brief).toContain("With: Hetzner. For: A server. At most 20 USD.");
  });

  it("leaves to an external agent what it had, and gives it what is new where it does the rest", () => {
    const plan = withAgent(
      planOf(() => undefined),
      "opencode",
    );
    const draft = draftOfPlan(plan);
    const [first] = draft.milestones;
    const [changed] = first?.features ?? [];
    if (first === undefined || changed === undefined) throw new Error("no feature");
    changed.title = "Another title";
    first.features.push({ ...changed, id: "1.9", title: "New" });
    const redrafted = planFromDraft(draft, aScope(), plan);
    const features = redrafted.milestones.flatMap((milestone) => milestone.features);
    expect(features.find(({ title }) => title === "Another title")?.agent).toBe("opencode");
    expect(features.find(({ title }) => title === "New")).toMatchObject({
      agent: "opencode",
      estimate: { usd: 0.5 },
    });
    expect(features.some(({ agent }) => agent === "builtin")).toBe(false);
  });

  it("keeps which mission agents a builder reads, also through a change of the plan", () => {
    const plan = planOf((draft) => {
      Object.assign(draft.milestones[1]?.features[1] ?? {}, { reads: ["sql-expert"] });
    });
    expect(plan.milestones[1]?.features[1]?.reads).toEqual(["sql-expert"]);
    expect(plan.milestones[1]?.features[0]).not.toHaveProperty("reads");
    expect(planFromDraft(draftOfPlan(plan), aScope(), plan)).toEqual(plan);
  });

  it("takes nothing of a plan away that is shown as a draft and comes back unchanged", () => {
    const plan = planOf(() => undefined);
    expect(planFromDraft(draftOfPlan(plan), aScope(), plan)).toEqual(plan);
  });
});

describe("levelViolations", () => {
  const range = (likely: number) => ({ low: likely / 2, likely, high: likely * 2 });
  const total = (microUsd: number, activeMs: number, tokens: number) => ({
    features: 1,
    n: 0,
    microUsd: range(microUsd),
    activeMs: range(activeMs),
    tokens: range(tokens),
  });
  const { budget } = aScope();

  it("lets a plan be likely to use all that is given", () => {
    expect(levelViolations(total(200e6, 200 * 3.6e6, 200e6), budget)).toEqual([]);
  });

  it("names each limit that is likely to be passed", () => {
    const found = levelViolations(total(201e6, 201 * 3.6e6, 201e6), budget);
    expect(found.map(({ sentence }) => sentence)).toEqual([
      "The plan is likely to cost $201.00; $200.00 is given.",
      "The plan is likely to take 8 d 9 h; 8 d 8 h is given.",
      "The plan is likely to use 201M tokens; 200M tokens is given.",
    ]);
  });
});
