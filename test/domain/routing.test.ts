import { describe, expect, it } from "@jest/globals";
import { mergeRouting, modelFor, parseModelId } from "../../domain/routing.js";

describe("model routing", () => {
  const routing = {
    workers: "a/worker",
    research: "a/research",
    tiers: { simple: "a/simple", thinking: "a/thinking" },
  };

  it("takes the feature's own model before everything", () => {
    expect(modelFor(routing, { model: "b/own", tier: "simple" }, "worker", "simple")).toBe("b/own");
  });

  it("takes the tier asked for, then the feature's, then the role's model", () => {
    expect(modelFor(routing, { tier: "thinking" }, "worker", "simple")).toBe("a/simple");
    expect(modelFor(routing, { tier: "thinking" }, "worker")).toBe("a/thinking");
    expect(modelFor(routing, { tier: "standard" }, "worker")).toBe("a/worker");
    expect(modelFor(routing, {}, "research")).toBe("a/research");
    expect(modelFor(routing, {}, "validation")).toBe("a/worker");
    expect(modelFor({}, {}, "worker")).toBeUndefined();
  });

  it("lets the plan go before the host's defaults, value by value", () => {
    const defaults = {
      workers: "d/worker",
      research: "d/research",
      tiers: { simple: "d/simple", standard: "d/standard" },
    };
    expect(
      mergeRouting(defaults, {
        workers: "p/worker",
        research: undefined,
        tiers: { simple: "p/simple" },
      }),
    ).toEqual({
      workers: "p/worker",
      research: "d/research",
      tiers: { simple: "p/simple", standard: "d/standard" },
    });
  });

  it("reads provider and name", () => {
    expect(parseModelId("openrouter/anthropic/claude")).toEqual({
      provider: "openrouter",
      name: "anthropic/claude",
    });
    for (const wrong of ["claude", "/x", "openai/", "other/x", "openai/a b", ""])
      expect(parseModelId(wrong)).toBeUndefined();
  });
});
