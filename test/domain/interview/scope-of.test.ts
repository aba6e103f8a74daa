import { describe, expect, it } from "@jest/globals";
import { headlessScope } from "../../../domain/interview/headless.js";
import { scopeOf } from "../../../domain/interview/interview.js";
import {
  preferencesOf,
  preferencesToRemember,
} from "../../../domain/interview/preference-questions.js";
import { Problem } from "../../../domain/problem.js";
import { anInterview, answered, interviewed, someFacts } from "./an-interview.js";

describe("the scope of an interview", () => {
  it("holds every answer where it belongs", () => {
    const { interview } = interviewed(anInterview(), {
      "budget.money": "$250",
      "budget.hours": "60",
      "budget.tokens": "20M",
      infrastructure: "a small server",
      dependencies: "Stripe; a domain",
      deadline: "2027-01-31 18:00",
      at_deadline: "stop",
      "probe.pre-mortem": "too much at once\n- nobody asked for it",
      "probe.first-journey": "add a customer; find her again",
      "probe.must-work": "search; not: mobile",
      preferences: "none",
      level: "mvp",
    });
    expect(scopeOf(interview)).toMatchObject({
      goal: "Build a CRM",
      type: "greenfield",
      mode: "full",
      level: "mvp",
      budget: {
        money_usd: 250,
        time_hours: 60,
        token_limit: 20_000_000,
        alert_threshold_pct: 80,
        on_alert: "ask",
      },
      deadline: { at: "2027-01-31T17:00:00.000Z", zone: "Europe/Berlin", atDeadline: "stop" },
      infrastructure: "a small server",
      dependencies: "Stripe; a domain",
      nonGoals: ["mobile"],
      constraints: [
        "Do not let this happen: too much at once",
        "Do not let this happen: nobody asked for it",
      ],
      mustHold: [
        "The first journey works: add a customer; find her again",
        "It works without fault: search",
      ],
      preferences: {},
    });
  });

  it("tells for Origin what was asked and what was taken", () => {
    const { interview } = interviewed(anInterview(), { preferences: "none" });
    const { answers } = scopeOf(interview);
    expect(answers[0]?.answer).toBe("greenfield (not asked: the goal says build)");
    expect(answers).toContainEqual({ question: "How careful shall it be?", answer: "Full" });
  });

  it("makes the way of a migration a constraint, and the other way a non-goal", () => {
    const migration = anInterview({ goal: "Migrate this codebase to TypeScript" });
    const steps = scopeOf(answered(migration, { "probe.switch": "incremental" }));
    expect(steps.nonGoals).toEqual(["One big switch at the end"]);
    const once = scopeOf(answered(migration, { "probe.switch": "2" }));
    expect(once.constraints).toEqual(["Switch over once, at the end"]);
  });

  it("holds what the repository says only where the mission works in it", () => {
    const place = { ...anInterview().place, repository: "/srv/shop" };
    const there = anInterview({ goal: "Fix the bug", place, facts: someFacts });
    expect(scopeOf(there).repository).toEqual(someFacts);
    expect(scopeOf(answered(there, { place: "dedicated" })).repository).toBeUndefined();
  });
});

describe("preferences", () => {
  const remembered = { stack: "Go", tone: "plain" };

  it("are kept, left out, or changed for good or for once", () => {
    const interview = anInterview({ preferences: remembered });
    const way = (preferences: string, more: Record<string, string> = {}) =>
      interviewed(interview, { preferences, ...more }).interview;
    expect(preferencesOf(way("keep"))).toEqual(remembered);
    expect(preferencesOf(way("none"))).toEqual({});
    const once = way("once", { "preference.stack": "Rust", "preference.tone": "none" });
    expect(preferencesOf(once)).toEqual({ stack: "Rust" });
    expect(preferencesToRemember(once)).toEqual({});
    const change = way("change", { "preference.stack": "Rust", "preference.tone": "none" });
    expect(preferencesToRemember(change)).toMatchObject({ stack: "Rust", tone: undefined });
  });

  it("are asked one by one the first time, with what the repository says as the default", () => {
    const place = { ...anInterview().place, repository: "/srv/shop" };
    const { asked, interview } = interviewed(
      anInterview({ goal: "Fix the bug", place, facts: someFacts }),
    );
    expect(asked.filter((id) => id.startsWith("preference."))).toHaveLength(7);
    expect(preferencesOf(interview)).toEqual({
      stack: "TypeScript, pnpm",
      test_framework: "pnpm test",
    });
  });
});

describe("a start that asks nothing", () => {
  it("assumes what is documented, and says what it assumed", () => {
    const scope = headlessScope({ goal: "Build a CRM", preferences: { stack: "Go" } });
    expect(scope).toMatchObject({
      type: "greenfield",
      mode: "full",
      level: "production",
      budget: { money_usd: 100, time_hours: 40, token_limit: 100_000_000 },
      infrastructure: "local",
      dependencies: "none",
      preferences: { stack: "Go" },
    });
    expect(scope.deadline).toBeUndefined();
    expect(scope.answers.map(({ answer }) => answer).join("\n")).toMatch(
      /greenfield \(not asked: the goal says build\)/,
    );
  });

  it("reads what the engine can check from goal and avoided vendors, and nothing into others", () => {
    const goal = "Add a search; no new dependencies";
    const scope = headlessScope({ goal, preferences: { vendors_avoided: "Stripe" } });
    expect(scope.checked).toEqual({ no_new_dependencies: true, forbidden: ["Stripe"] });
    expect(headlessScope({ goal: "Build a CRM", preferences: {} })).not.toHaveProperty("checked");
  });

  it("takes an unknown sort for something new, and a prototype for a proof of concept", () => {
    expect(headlessScope({ goal: "顧客管理", preferences: {} }).type).toBe("greenfield");
    const research = { goal: "Research and prototype a recommendation engine", preferences: {} };
    expect(headlessScope(research)).toMatchObject({ type: "research", mode: "poc", level: "mvp" });
  });

  it("lets flags replace each of them", () => {
    const given = { mode: "poc", usd: 5, hours: 2, tokens: 1_000, level: "polished" } as const;
    expect(headlessScope({ goal: "Build a CRM", given, preferences: {} })).toMatchObject({
      mode: "poc",
      level: "polished",
      budget: { money_usd: 5, time_hours: 2, token_limit: 1_000 },
    });
  });

  it("refuses a goal that no plan can hold", () => {
    expect(() => headlessScope({ goal: "", preferences: {} })).toThrow(Problem);
  });
});
