import { describe, expect, it } from "@jest/globals";
import { needsBrowser } from "../../domain/plan-qa.js";
import { Problem } from "../../domain/problem.js";
import { readPlan } from "../../domain/read-plan.js";
import { readPlanText } from "../../store/plan-file.js";
import { aFeature, aWrittenPlan } from "../helpers/plans.js";

const APP = { run: "node server.js" };
const HOME = { url: "/", name: "home" };

/** What a person is told about a plan with these parts, or "fine". */
function verdictOn(fields: Record<string, unknown>, milestone: Record<string, unknown> = {}) {
  const [first, ...rest] = aWrittenPlan().milestones;
  const milestones = [{ title: "First", features: first?.features ?? [], ...milestone }, ...rest];
  try {
    readPlan(aWrittenPlan({ milestones, ...fields }));
    return "fine";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.remedy).not.toBe("");
    return `${error.message} ${error.remedy}`;
  }
}
const withStep = (step: unknown) =>
  verdictOn({ app: APP, flows: [{ ...HOME, steps: [{ click: "Add" }, step] }] });

describe("a plan with an app", () => {
  it("looks at its first page where nobody says what else, and gives looks to the engine", () => {
    const plan = readPlan(
      aWrittenPlan({
        app: APP,
        milestones: [{ title: "First", features: [{ title: "Look", kind: "browser-qa" }] }],
      }),
    );
    expect(plan.flows).toEqual([HOME]);
    expect(plan.milestones[0]?.features).toMatchObject([
      { id: "1.1", agent: "script", estimate: { usd: 0, hours: 0, tokens: 0 } },
    ]);
    expect(readPlan(plan)).toEqual(plan);
  });

  it("knows whether any part of it needs a browser", () => {
    const needs = (milestone: Record<string, unknown>) => {
      const milestones = [{ title: "First", features: [aFeature()], ...milestone }];
      return needsBrowser(readPlan(aWrittenPlan({ app: APP, milestones })));
    };
    const check = { sentence: "It opens", verify: { method: "browser", flow: "home" } };
    expect(needs({})).toBe(false);
    expect(needs({ ui: {} })).toBe(true);
    expect(needs({ checks: [check] })).toBe(true);
    expect(needs({ features: [aFeature({ checks: [check] })] })).toBe(true);
    expect(needs({ features: [{ title: "Look", kind: "browser-qa" }] })).toBe(true);
  });

  it("keeps names and typed texts that look like numbers, and counts that are numbers", () => {
    const text = `
title: Notes
goal: Keep notes.
budget: { money_usd: 1, time_hours: 1, token_limit: 1000 }
app: { run: true, env: { LEVEL: 3 }, port: 3000 }
flows:
  - url: /
    name: 404
    status: 404
    steps:
      - click: 1
      - { fill: 2, with: 1.10 }
      - expect: { value: 2, is: 007 }
      - expect: { count: { role: row }, is: 3 }
milestones:
  - title: First
    ui: { flows: [404] }
    features: [{ title: Write, commands: [ls], rewrites: [1.10] }]
`;
    const plan = readPlanText(text, "plan.yaml");
    expect(plan).toMatchObject({
      app: { run: "true", env: { LEVEL: "3" }, port: 3000 },
      flows: [
        {
          name: "404",
          status: 404,
          steps: [
            { click: "1" },
            { fill: "2", with: "1.10" },
            { expect: { value: "2", is: "007" } },
            { expect: { count: { role: "row" }, is: 3 } },
          ],
        },
      ],
      milestones: [{ ui: { flows: ["404"] }, features: [{ rewrites: ["1.10"] }] }],
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["nothing to run", { run: " " }, /The app's run is empty/],
    ["no run", { prepare: ["npm ci"] }, /app\.run is missing/],
    ["a mistyped port", { run: "serve {PORT}" }, /has "\{PORT\}"\. Write \{port\} or \$PORT/],
    ["an empty prepare", { ...APP, prepare: [""] }, /prepare/],
    ["a ready that is no path", { ...APP, ready: "health" }, /The app's ready is "health"/],
    ["a port of its own", { ...APP, env: { PORT: "1" } }, /sets PORT/],
    ["a variable that is none", { ...APP, env: { "a b": "1" } }, /has the name "a b"/],
    ["a secret", { ...APP, env: { KEY: "secret:SHOP" } }, /gives "KEY" a secret/],
    ["an origin with a path", { ...APP, origins: ["https://a.org/x"] }, /name "https:\/\/a/],
  ])("with %s is refused", (_, app, told) => {
    expect(verdictOn({ app })).toMatch(told);
  });

  it("takes $PORT, ${PORT} and {port} in its commands", () => {
    const app = { run: "serve -p ${PORT} {port}", prepare: ["echo $PORT"] };
    expect(verdictOn({ app })).toBe("fine");
  });
});

describe("flows of a plan", () => {
  it.each<[string, object, RegExp]>([
    ["an address of another site", { ...HOME, url: "https://example.org/" }, /not part of the app/],
    ["a path without a slash", { ...HOME, url: "notes" }, /"home" goes to "notes"/],
    ["another host in disguise", { ...HOME, url: "//example.org" }, /not part of the app/],
    ["a name with controls", { ...HOME, name: "a\u0007" }, /has no usable name/],
    ["a mistyped key", { ...HOME, step: [] }, /Flow "home" has an unknown key "step" \(did you/],
    ["no name", { url: "/" }, /Flow number 2: name is missing/],
    ["no address", { name: "notes" }, /Flow "notes": url is missing/],
  ])("with %s are refused", (_, flow, told) => {
    expect(verdictOn({ app: APP, flows: [{ url: "/x", name: "x" }, flow] })).toMatch(told);
  });

  it("have names of their own, and may name a page of this machine", () => {
    expect(verdictOn({ app: APP, flows: [HOME, HOME] })).toMatch(/"home" is there twice/);
    const flows = [{ name: "home", url: "http://127.0.0.1:3000/a?b=1" }];
    expect(verdictOn({ app: APP, flows })).toBe("fine");
  });

  it.each<[unknown, RegExp]>([
    ["click Add", /step 2 is only words.*\{click: Add\}/],
    [{ clik: "Add" }, /step 2 does "clik", which is unknown\. Did you mean click\?/],
    [{ fill: "Text" }, /step 2 has fill without with.*\{fill: Text, with: hello\}/],
    [
      { fill: "Text", width: "a" },
      /has fill without with but "width".*\{fill: Text, with: hello\}/,
    ],
    [{ click: "Add", expect: "x" }, /click and "expect" together.*a step of its own/],
    [{ click: "Add", wait: 3 }, /click and "wait" together/],
    [{ expect: { sees: "x" } }, /expects something that cannot be looked for.*see, gone/],
    [{ click: { id: "add" } }, /a click that cannot be used.*role, label, text, testId or css/],
    [{ goto: "https://example.org" }, /goes to "https:\/\/example\.org"/],
    [3, /step 2 is no step/],
    [{}, /step 2 is empty/],
  ])("with the step %j are refused with what to write", (step, told) => {
    expect(withStep(step)).toMatch(told);
  });
});

describe("what names an app's flows", () => {
  const flows = [HOME];

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["ui", { ui: { flows: ["hom"] } }, /1: ui names the flow "hom".*Did you mean home\?/],
    [
      "a check",
      { checks: [{ sentence: "It opens", verify: { method: "browser", flow: "shop" } }] },
      /1, check "1\.a" names the flow "shop".*Known: home/,
    ],
    [
      "a feature",
      { features: [{ title: "Look", kind: "browser-qa", qa: { flows: ["shop"] } }] },
      /Feature 1\.1 names the flow "shop"/,
    ],
  ])("names one that is there: %s", (_, milestone, told) => {
    expect(verdictOn({ app: APP, flows }, milestone)).toMatch(told);
  });

  it("needs an app, which is said once", () => {
    const verdict = verdictOn(
      { flows },
      { ui: {}, features: [{ title: "Look", kind: "browser-qa" }] },
    );
    expect(verdict).toMatch(
      /^Milestone 1: ui needs a browser, but .* `app: \{run: node server\.js/,
    );
    expect(verdict.match(/needs a browser/g)).toHaveLength(1);
  });

  it("is no feature of another kind", () => {
    const features = [aFeature({ qa: { flows: [] } })];
    expect(verdictOn({ app: APP }, { features })).toMatch(/1\.1 has qa, which only/);
  });
});

describe("tests that a feature may rewrite", () => {
  it.each([
    ["..", /leads out/],
    ["test/*.js", /is a glob/],
    [".", /the whole repository/],
    ["/etc", /not relative/],
  ])("are named by prefixes: %s is refused", (path, told) => {
    const features = [aFeature({ rewrites: [path] })];
    expect(verdictOn({}, { features })).toMatch(told);
  });
});
