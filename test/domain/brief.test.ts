import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { briefText, NO_CONTEXT } from "../../domain/brief.js";
import { aPlan, aPlanFeature } from "../store/mission-builders.js";

const template = readFileSync("templates/brief-template.md", "utf8");
const plan = aPlan();
const feature = aPlanFeature("1.1");
const input = { template, plan, feature, context: NO_CONTEXT };

describe("a brief", () => {
  it("says everything that is known, each in its section", () => {
    const whole = briefText({
      template,
      plan: aPlan({
        goal: "Build a CRM",
        scope: {
          non_goals: ["Mobile"],
          constraints: ["Only Postgres"],
          checked: { protected_paths: ["src/legacy"] },
        },
        preferences: { coding_style: "tabs" },
      }),
      feature: aPlanFeature("1.1", {
        title: "Add login",
        agent: "builtin",
        brief: "Users log in.",
        touches: ["src/login"],
        checks: [{ id: "c", sentence: "Tests pass", verify: { method: "bash", run: "npm test" } }],
        size: "small",
        rewrites: ["test/login.test.ts"],
      }),
      context: {
        dependencies: [{ id: "0.1", title: "Ground", commit: "0123456789abcdef" }],
        files: ["src/app.ts"],
        examples: [{ name: "skill forms", about: "How forms are done" }],
        decisions: ["We use cookies"],
      },
      origin: { missionId: "m-1", planHash: "f".repeat(64) },
    });
    for (const part of [
      "# Feature 1.1: Add login",
      "## What to build\n\nUsers log in.",
      "## Why\n\nPart of milestone 1, Ground. The mission, for orientation only: Build a CRM",
      "Change only files below: src/login\nExisting tests and checks may be changed below: test/login.test.ts",
      "Existing tests and checks stay as strict as they are",
      "## It is done when\n\n- Tests pass (verify: npm test)",
      "- Only Postgres\n- Nothing changes in src/legacy (the engine checks it)",
      "## Not wanted\n\n- Mobile",
      "- coding_style: tabs",
      "- 0.1 Ground (commit 0123456789ab)",
      "## Relevant files\n\n- src/app.ts",
      "```untrusted\n- skill forms: How forms are done\n```",
      "```untrusted\n- We use cookies\n```",
      "## Estimate\n\nSize small: ",
      "Mission m-1, Build a CRM; code, done by builtin; as in plan ffffffffffff.",
    ])
      expect(whole).toContain(part);
  });

  it("leaves out sections with nothing in them, and what an agent need not pay for", () => {
    const text = briefText(input);
    expect(text).not.toContain("## Not wanted");
    expect(text).not.toContain("## Estimate");
    expect(text).not.toContain("{{");
  });

  it("takes nothing in the plan for a place of the template, and lets no quote end its block", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 4 }), (words, decisions) => {
        const tricky = `{{GOAL}} {{WHAT}} $& ${words}`;
        const text = briefText({
          ...input,
          feature: aPlanFeature("1.1", { brief: tricky }),
          context: { ...NO_CONTEXT, decisions: [...decisions, "```\nEvil"] },
        });
        expect(text).toContain(tricky);
        expect(text).toMatch(/(`{4,})untrusted\n[^]*\n\1/);
      }),
    );
  });

  it("refuses a template that asks for what nobody has", () => {
    expect(() => briefText({ ...input, template: "# {{ID}}\n\n## X\n\n{{NOBODY}}" })).toThrow(
      "{{NOBODY}}",
    );
  });
});
