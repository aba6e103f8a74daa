import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { PLAN_LIMITS } from "../../domain/plan.js";
import { Problem } from "../../domain/problem.js";
import { readPlan, type PlanOverrides } from "../../domain/read-plan.js";
import { planJsonSchema } from "../../domain/schemas.js";
import {
  aFeature,
  aLargePlan,
  aWrittenPlan,
  withFeature,
  writtenPlans,
  type WrittenFeature,
} from "../helpers/plans.js";

/** What a person is told about a plan, or "fine". */
function verdictOn(value: unknown, overrides?: PlanOverrides): string {
  try {
    readPlan(value, overrides);
    return "fine";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.remedy).not.toBe("");
    return error.message;
  }
}

describe("a plan with parts left out", () => {
  it("gets ids by position, the agent that fits, and the defaults of the format", () => {
    const check = { sentence: "It is there.", verify: { method: "person" } };
    const plan = readPlan(
      aWrittenPlan({
        milestones: [
          { title: "First", checks: [check], features: [aFeature({ checks: [check, check] })] },
          { title: "Second", features: [{ title: "Think", brief: "Think about it." }] },
        ],
      }),
    );
    expect(plan).toMatchObject({
      version: 1,
      mode: "full",
      workspace: "git",
      budget: { alert_threshold_pct: 80, on_alert: "ask" },
      milestones: [
        { id: "1", checks: [{ id: "1.a" }] },
        { id: "2", checks: [] },
      ],
    });
    expect(plan.milestones[0]?.features).toMatchObject([
      {
        id: "1.1",
        kind: "code",
        agent: "script",
        dependsOn: [],
        touches: [],
        checks: [{ id: "1.1.a" }, { id: "1.1.b" }],
        estimate: { usd: 0, hours: 0, tokens: 0 },
      },
    ]);
    expect(plan.milestones[1]?.features[0]).toMatchObject({
      id: "2.1",
      agent: "builtin",
      estimate: { usd: 0.5, hours: 0.25, tokens: 150_000 },
    });
  });

  it("never guesses an estimate above the whole budget", () => {
    const plan = readPlan(
      aWrittenPlan({
        budget: { money_usd: 0.05, time_hours: 0.1, token_limit: 9_000 },
        milestones: [{ title: "One", features: [{ title: "Think", brief: "Think." }] }],
      }),
    );
    const estimate = plan.milestones[0]?.features[0]?.estimate;
    expect(estimate).toEqual({ usd: 0.05, hours: 0.1, tokens: 9_000 });
  });

  it("takes values of the command line before the rules are asked", () => {
    const plan = aWrittenPlan({ budget: { time_hours: 1, token_limit: 10 } });
    expect(verdictOn(plan)).toBe("budget.money_usd is missing.");
    const overrides = { mode: "poc" as const, budget: { money_usd: 3, time_hours: undefined } };
    expect(readPlan(plan, overrides)).toMatchObject({
      mode: "poc",
      budget: { money_usd: 3, time_hours: 1 },
    });
  });

  it("is complete, so that reading it again changes nothing", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const plan = readPlan(written);
        expect(readPlan(plan)).toEqual(plan);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a plan that breaks a rule", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a kind of later versions",
      { kind: "email" },
      /1\.1 is of kind email; this version runs only/,
    ],
    ["an unknown kind", { kind: "deploy" }, /1\.1: kind is "deploy", which is unknown/],
    ["a mistyped key", { dependOn: [] }, /1\.1 has an unknown key "dependOn" \(did you mean depe/],
    ["a need of itself", { dependsOn: ["1.1"] }, /^Feature 1\.1 depends on itself/],
    ["an unknown need", { dependsOn: ["9.9"] }, /depends on "9\.9", which is no feature/],
    ["a need of a later milestone", { dependsOn: ["2.1"] }, /2\.1 of the later milestone 2/],
    [
      "a circle",
      { dependsOn: ["1.2"] },
      /in a circle: (1\.1 -> 1\.2 -> 1\.1|1\.2 -> 1\.1 -> 1\.2)/,
    ],
    ["an id used twice", { id: "1.2" }, /Feature id "1\.2" is used twice/],
    ["an id that is a path", { id: "../x" }, /id "\.\.\/x" cannot name a branch/],
    ["an id that git refuses", { id: "a.lock" }, /id "a\.lock" cannot name a branch/],
    ["an absolute path", { touches: ["/etc"] }, /touches "\/etc", which is not relative/],
    ["a path that leads out", { touches: ["a/../../b"] }, /which leads out of the repository/],
    ["a glob", { touches: ["src/**"] }, /which is a glob/],
    ["no commands", { commands: [] }, /done by a script but has no commands/],
    ["an empty command", { commands: [" "] }, /has an empty command/],
    ["no brief", { commands: undefined, agent: "builtin" }, /builtin agent but has no brief/],
    ["an agent that runs no commands", { agent: "builtin", brief: "x" }, /builtin agent does not/],
    ["commands for a person", { agent: "manual", brief: "x" }, /which a person does not run/],
    [
      "nothing that a person could know it by",
      { commands: undefined, agent: "manual" },
      /by a person but has neither brief nor checks/,
    ],
    ["an unknown check to serve", { serves: ["1.a"] }, /1\.1 serves "1\.a", which is no check of/],
    ["a model without provider", { model: "gpt-5" }, /names the model "gpt-5"/],
    ["an estimate above the cap", { estimate: { usd: 6 } }, /6 usd, above the whole budget of 5/],
    ["a negative estimate", { estimate: { hours: -1 } }, /estimate of -1 hours/],
    ["half a token", { estimate: { tokens: 0.5 } }, /estimate of 0\.5 tokens/],
    ["a title with an escape", { title: "a\u001b[2J" }, /1\.1: the title has control characters/],
    ["a title of two lines", { title: "a\nb" }, /1\.1 has a title of more than one line/],
  ])("with %s is refused, saying where", (_, feature, told) => {
    expect(verdictOn(withFeature(feature))).toMatch(told);
  });

  it.each([
    [{ method: "citation" }, /method citation cannot be run/],
    [{ method: "reply" }, /method reply cannot be run/],
    [{ method: "receipt" }, /method receipt cannot be run/],
    [{ method: "guess" }, /verify\.method is "guess", which is unknown/],
    [{ method: "bash", run: "  " }, /run is empty/],
    [{ method: "codebase", pattern: "/(/" }, /"\/\(\/" is no regular expression/],
    [{ method: "codebase", pattern: "x", path: "../x" }, /the path leads out/],
  ])("with the check %j is refused", (verify, told) => {
    const verdict = verdictOn(withFeature({ checks: [{ sentence: "It works.", verify }] }));
    expect(verdict).toMatch(/^Feature 1\.1, check "?1\.1\.a"?: /);
    expect(verdict).toMatch(told);
  });

  it.each([0, -1, NaN, Infinity, 1e308, 1e13])("names every limit of a budget of %d", (amount) => {
    const budget = { money_usd: amount, time_hours: amount, token_limit: amount };
    const verdict = verdictOn(aWrittenPlan({ budget }));
    for (const limit of Object.keys(budget)) expect(verdict).toContain(`${limit} is ${amount}.`);
  });

  it.each([
    [{ goal: " \n" }, "The goal is empty."],
    [{ goal: "a\u0000b" }, "The goal has control characters."],
    [{ milestones: [] }, "The plan has no milestones."],
    [{ milestones: [{ title: "One", features: [] }] }, "Milestone 1 has no features."],
    [{ deadline_zone: "Mars/Port" }, 'deadline_zone is "Mars/Port", which is no time zone.'],
    [{ deadline: "tomorrow" }, 'deadline is "tomorrow", not a date.'],
    [{ preferences: { "a b": "x" } }, 'The preference "a b" has no usable name.'],
  ])("is refused for %j", (fields, told) => {
    expect(verdictOn(aWrittenPlan(fields)).slice(0, 200)).toBe(told);
  });

  it("is refused for a goal of more than 20 kB", () => {
    const verdict = verdictOn(aWrittenPlan({ goal: "ä".repeat(10_001) }));
    expect(verdict).toBe("The goal takes 20002 bytes; 20000 fit.");
  });

  it("may not call a milestone like the mission's budget guard", () => {
    const milestones = [{ id: "budget", title: "One", features: [aFeature()] }];
    expect(verdictOn(aWrittenPlan({ milestones }))).toMatch(/^Milestone budget has the name/);
  });

  it("hears of all violations at once, and of at most twenty", () => {
    const features = Array.from({ length: 30 }, () => aFeature({ touches: ["/"] }));
    const verdict = verdictOn(aWrittenPlan({ goal: "", milestones: [{ title: "One", features }] }));
    expect(verdict.split("\n")).toHaveLength(22);
    expect(verdict).toMatch(/^The plan has 31 faults:\n {2}- The goal is empty/);
    expect(verdict).toMatch(/and 11 more$/);
  });

  it("is recognised whatever else the plan holds", () => {
    const breakages: ((features: WrittenFeature[]) => void)[] = [
      (features) => features.push({ ...features[0], title: "Twin", id: "1.1" }),
      (features) => (features[0] ?? aFeature()).dependsOn?.push("1.1"),
      (features) => (features[0] ?? aFeature()).dependsOn?.push("nowhere"),
      (features) => {
        features.push(
          aFeature({ id: "x", dependsOn: ["y"] }),
          aFeature({ id: "y", dependsOn: ["x"] }),
        );
      },
    ];
    const breakage = fc.integer({ min: 0, max: breakages.length - 1 });
    fc.assert(
      fc.property(writtenPlans, breakage, (plan, which) => {
        expect(verdictOn(plan)).toBe("fine");
        breakages[which]?.(plan.milestones[0]?.features ?? []);
        const told = [
          /is used twice/,
          /depends on itself/,
          /no feature of the plan/,
          /x -> y -> x|y -> x -> y/,
        ];
        expect(verdictOn(plan)).toMatch(told[which] ?? /^$/);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a large plan", () => {
  it("may have 10,000 features in milestones of 1,000", () => {
    const plan = readPlan(aLargePlan(10, 1_000));
    expect(plan.milestones.at(-1)?.features.at(-1)?.id).toBe("10.1000");
  });

  it("is refused in one sentence above the limits, before its features are looked at", () => {
    const looked = new Proxy(
      {},
      {
        get: () => {
          throw new Error("looked at");
        },
      },
    );
    const features = Array.from({ length: 1_000 }, () => looked as WrittenFeature);
    const milestones = Array.from({ length: 50 }, () => ({ title: "M", features }));
    const verdict = verdictOn(aWrittenPlan({ milestones }));
    expect(verdict).toBe("The plan has 50000 features; a mission takes 10000.");
    const one = [{ title: "M", features: [...features, aFeature()] }];
    expect(verdictOn(aWrittenPlan({ milestones: one }))).toMatch(/1 has 1001 features; a miles/);
    expect(verdictOn(aLargePlan(201, 1))).toBe("The plan has 201 milestones; a mission takes 200.");
  });

  it("is refused when an outline would not fit into a workflow's history", () => {
    const features = Array.from({ length: 1_000 }, () => aFeature({ title: "t".repeat(200) }));
    const verdict = verdictOn(aWrittenPlan({ milestones: [{ title: "M", features }] }));
    expect(verdict).toMatch(/^The outline of milestone 1 takes \d+ bytes; 256000 fit/);
    expect(PLAN_LIMITS.outlineBytes).toBe(256_000);
  });
});

describe("the JSON Schema of a plan", () => {
  it("describes the fields and says which are needed", () => {
    const schema = planJsonSchema() as {
      $id: string;
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, { description?: string }>;
    };
    expect(schema.$id).toBe("urn:missions:schema:plan:1");
    expect(schema.required).toEqual(["title", "goal", "budget", "milestones"]);
    expect(schema.additionalProperties).toBe(false);
    for (const field of Object.values(schema.properties)) expect(field.description).toBeTruthy();
  });
});
