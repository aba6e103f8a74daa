import { describe, expect, it } from "@jest/globals";
import { externalAgents } from "../../config/agents.js";
import { agentModel, guaranteeOf, modelFlaw, withReservations } from "../../domain/agents.js";
import type { Plan } from "../../domain/plan.js";
import { readPlan } from "../../domain/read-plan.js";
import { usualAgent, withAgent } from "../../domain/usual-agent.js";

const known = externalAgents({});
function definition(name: string) {
  const found = known.get(name);
  if (found === undefined) throw new Error(`${name} is not known`);
  return found;
}

function plan(...agents: (string | undefined)[]): Plan {
  return readPlan({
    title: "T",
    goal: "G",
    budget: { money_usd: 50, time_hours: 5, token_limit: 5_000_000 },
    milestones: [
      {
        title: "M",
        features: agents.map((agent) => ({
          title: "F",
          brief: "Do it.",
          ...(agent === undefined ? {} : { agent }),
        })),
      },
    ],
  });
}
const agentsOf = ({ milestones }: Plan) =>
  milestones.flatMap(({ features }) => features.map(({ agent }) => agent));

describe("external agents", () => {
  it("are held before each call where the gateway stands between them and the provider", () => {
    expect(guaranteeOf(definition("opencode"))).toBe("before each call");
    const own = externalAgents({
      "claude-code": { gateway: "none" },
      codex: { gateway: "none" },
    });
    expect(own.get("claude-code")).toMatchObject({ files: {}, reportsCost: true });
    expect(own.get("claude-code")?.env).not.toHaveProperty("ANTHROPIC_BASE_URL");
    expect(own.get("codex")?.env).toEqual({ INITIAL_AGENT_MODE: "agent-full-access" });
    const guarantees = ["claude-code", "codex"].map((name) => {
      const found = own.get(name);
      return found && guaranteeOf(found);
    });
    expect(guarantees).toEqual(["on stream", "at end"]);
  });

  it("get the feature's own model, else theirs, else that of the mission's routing", () => {
    const routing = { workers: "openai/w", tiers: { simple: "openai/s" } };
    const feature = { kind: "code" as const, model: "openai/own" };
    expect(agentModel({ model: "openai/a" }, routing, feature)).toBe("openai/own");
    expect(agentModel({ model: "openai/a" }, routing, { kind: "code" })).toBe("openai/a");
    expect(agentModel({}, routing, { kind: "code" })).toBe("openai/w");
    expect(agentModel({}, routing, { kind: "code" }, "simple")).toBe("openai/s");
  });

  it("work with models that speak their interface, and say so of others", () => {
    expect(modelFlaw(definition("claude-code"), "anthropic/claude-sonnet-5")).toBeUndefined();
    expect(modelFlaw(definition("opencode"), "google/gemini-3-pro")).toBeUndefined();
    expect(modelFlaw(definition("claude-code"), "openai/gpt-5.5")).toBe(
      "claude-code speaks the interface of anthropic, and openai/gpt-5.5 does not",
    );
  });

  it("that nobody meters have more reserved, once, and never more than the budget", () => {
    const agents = new Map([["claude-code", { gateway: "none" as const }]]);
    const reserved = withReservations(plan("claude-code", "opencode"), agents);
    const [first, second] = reserved.milestones.flatMap(({ features }) => features);
    expect(first?.estimate).toMatchObject({ usd: 2, tokens: 600_000 });
    expect(second?.estimate).toMatchObject({ usd: 0.5, tokens: 150_000 });
    expect(withReservations(reserved, agents)).toEqual(reserved);
    const poor = { ...plan("claude-code") };
    poor.budget = { ...poor.budget, money_usd: 1 };
    expect(withReservations(poor, agents).milestones[0]?.features[0]?.estimate.usd).toBe(1);
  });

  it("need a brief and take no commands", () => {
    const feature = { title: "F", agent: "opencode" };
    const written = (more: object) => ({
      ...plan("builtin"),
      milestones: [{ title: "M", features: [{ ...feature, ...more }] }],
    });
    expect(() => readPlan(written({}))).toThrow(/by the opencode agent but has no brief/);
    expect(() => readPlan(written({ brief: "B", commands: ["ls"] }))).toThrow(
      /has commands, which the opencode agent does not run/,
    );
  });

  it("do what names no agent where they are asked for it, and nothing that names one", () => {
    const written = {
      ...plan("builtin"),
      milestones: [
        {
          title: "M",
          features: [
            { title: "A", brief: "B" },
            { title: "B", brief: "B", agent: "builtin" },
            { title: "C", commands: ["ls"] },
          ],
        },
      ],
    };
    expect(agentsOf(readPlan(written, { agent: "codex" }))).toEqual(["codex", "builtin", "script"]);
    expect(agentsOf(withAgent(plan("builtin", "manual"), "codex"))).toEqual(["codex", "manual"]);
  });

  it("are the plan's usual agent where they do most of it", () => {
    expect(usualAgent(plan("manual"))).toBe("builtin");
    expect(usualAgent(plan("codex", "builtin", "codex"))).toBe("codex");
    expect(usualAgent(plan("builtin", "codex"))).toBe("builtin");
  });
});
