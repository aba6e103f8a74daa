import { describe, expect, it } from "@jest/globals";
import type { Draft } from "../../../domain/planning/draft.js";
import { draftFlow, draftStep, flowOf, stepOf } from "../../../domain/planning/draft-flows.js";
import { draftViolations } from "../../../domain/planning/draft-rules.js";
import { draftOfPlan } from "../../../domain/planning/plan-as-draft.js";
import { planFromDraft } from "../../../domain/planning/plan-from-draft.js";
import { readDraft } from "../../../domain/planning/read-draft.js";
import { planViolations } from "../../../domain/plan-rules.js";
import type { FlowStep } from "../../../domain/qa.js";
import { aScope, saidWithPages, type Said } from "../../helpers/drafts.js";

function drafted(said: Said): Draft {
  const read = readDraft(JSON.stringify(said));
  if ("violations" in read) throw new Error(JSON.stringify(read.violations));
  return read.draft;
}

const STEPS: FlowStep[] = [
  { goto: "/contacts" },
  { click: "Add" },
  { click: { role: "button", name: "Add" } },
  { fill: { label: "Name" }, with: "Ada" },
  { select: "Colour", option: "blue" },
  { press: "Enter" },
  { press: "Enter", on: "Name" },
  { expect: "Ada" },
  { expect: { see: { css: "#a" } } },
  { expect: { gone: "Loading" } },
  { expect: { url: "/done" } },
  { expect: { title: "Done" } },
  { expect: { value: "Name", is: "" } },
  { expect: { count: { role: "row" }, is: 3 } },
];

describe("flows in a draft", () => {
  it.each(STEPS)("say every step flat and get it back: %j", (step) => {
    expect(stepOf(draftStep(step))).toEqual(step);
  });

  it("take the one thing that a step says from either field, and no odd shape for an element", () => {
    expect(stepOf({ do: "click", text: "Add" })).toEqual({ click: "Add" });
    expect(stepOf({ do: "goto", on: "/a" })).toEqual({ goto: "/a" });
    expect(stepOf({ do: "see", on: '{"xpath":"//a"}' })).toEqual({ expect: '{"xpath":"//a"}' });
    expect(stepOf({ do: "count", on: "a", text: "many" })).toEqual({
      expect: { count: "a", is: 0 },
    });
  });

  it("keep to the letter what a change left as it was", () => {
    const flow = { name: "home", url: "/", status: 404, steps: STEPS };
    expect(flowOf(draftFlow(flow), [flow])).toBe(flow);
    const changed = flowOf({ ...draftFlow(flow), url: "/x" }, [flow]);
    expect(changed).toEqual({ ...flow, url: "/x" });
  });
});

describe("a draft with pages", () => {
  it("becomes a plan that looks at them, and again a draft", () => {
    const plan = planFromDraft(drafted(saidWithPages()), aScope());
    expect(planViolations(plan)).toEqual([]);
    expect(plan).toMatchObject({
      app: { run: "npm start", prepare: ["npm ci"] },
      flows: [
        {
          name: "contacts",
          url: "/contacts",
          steps: [{ fill: "Name", with: "Ada" }, { click: "Add" }, { expect: "Ada" }],
        },
      ],
    });
    expect(plan.milestones.map(({ ui }) => ui)).toEqual([
      undefined,
      undefined,
      { flows: ["contacts"] },
    ]);
    const again = draftOfPlan(plan);
    expect(planFromDraft(again, aScope(), plan)).toEqual(plan);
    // What a change does not speak of stays.
    const { app: _app, flows: _flows, ...silent } = again;
    const milestones = silent.milestones.map(({ ui: _ui, ...milestone }) => milestone);
    expect(planFromDraft({ ...silent, milestones }, aScope(), plan)).toEqual(plan);
  });

  it("is told when its last milestone looks at nothing, and when a flow is not there", () => {
    const blind = saidWithPages();
    for (const milestone of blind.milestones) milestone["ui"] = null;
    const sentences = (said: Said) =>
      draftViolations(drafted(said), aScope()).map(({ sentence }) => sentence);
    expect(sentences(saidWithPages())).toEqual([]);
    expect(sentences(blind)).toEqual([
      expect.stringMatching(/last milestone names no flows in ui/),
    ]);
    const odd = saidWithPages();
    for (const milestone of odd.milestones) milestone["ui"] = ["contact"];
    const plan = planFromDraft(drafted(odd), aScope());
    expect(planViolations(plan)[0]?.remedy).toBe("Did you mean contacts?");
  });
});
