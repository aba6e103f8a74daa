import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { adjustmentOf, belowSpent } from "../../client/commands/adjust-budget.js";
import * as amounts from "../../client/program/amounts.js";
import { saveLocalModel } from "../../client/start/local-model.js";
import { modelsOf } from "../../client/start/models.js";
import { checkOptions } from "../../client/start/options.js";
import { repositoryName } from "../../client/start/places.js";
import { createUndo } from "../../client/start/undo.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { readPlan } from "../../domain/read-plan.js";
import { aBudget } from "./a-snapshot.js";

const now = new Date("2026-01-02T12:00:00Z");

describe("the options of start", () => {
  const messageOf = (goal: string[], options: Parameters<typeof checkOptions>[1]) => {
    try {
      checkOptions(goal, options, now);
      return undefined;
    } catch (error) {
      if (error instanceof Problem && error.exitCode === EXIT.badInput) return error.message;
      throw error;
    }
  };

  it("need a goal, a plan, an interview or the demo, and only one of them", () => {
    expect(messageOf([" "], {})).toBe("The goal is empty.");
    expect(messageOf(["Build", "it"], {})).toBeUndefined();
    expect(messageOf([], { interview: "m-20260101-abcdef" })).toBeUndefined();
    expect(messageOf([], { resumeInterview: true })).toBeUndefined();
    expect(messageOf(["Build"], { interview: "m-20260101-abcdef" })).toMatch(/its own goal/);
    expect(messageOf([], { resumeInterview: true, plan: "p.yaml" })).toMatch(/its own plan/);
    expect(messageOf([], { resumeInterview: true, headless: true })).toMatch(/asks nothing/);
    expect(messageOf([], {})).toMatch(/Nothing says/);
    expect(messageOf([], { plan: "p.yaml" })).toBeUndefined();
    expect(messageOf([], { demo: true })).toBeUndefined();
  });

  it("that contradict each other or the clock are refused", () => {
    expect(messageOf([], { plan: "p", demo: true })).toMatch(/two different/);
    expect(messageOf(["Build"], { plan: "p" })).toMatch(/beside a plan/);
    expect(messageOf([], { plan: "p", id: "../x" })).toMatch(/not the id/);
    expect(messageOf([], { plan: "p", deadline: "2026-01-02T11:00:00Z" })).toMatch(/has passed/);
    expect(messageOf([], { plan: "p", deadline: "soon" })).toMatch(/^--deadline: "soon"/);
    expect(messageOf([], { plan: "p", deadline: "friday", zone: "Mars/A" })).toMatch(/^--zone: /);
    expect(messageOf([], { interview: "m-20260101-abcdef", repo: "/r" })).toMatch(/where it works/);
    expect(messageOf(["Build"], { headless: true, atDeadline: "stop" })).toMatch(/--at-deadline/);
    expect(messageOf([], { plan: "p", deadline: "in 9 days" })).toBeUndefined();
  });
});

describe("amounts of the command line", () => {
  it("are read as people write them", () => {
    expect(amounts.usdCap("--usd")("$12.50")).toBe(12.5);
    expect(amounts.usdCap("--usd")("1,000 USD")).toBe(1_000);
    expect(amounts.usdCap("--usd")("$0")).toBe(0);
    expect(amounts.hoursCap("--hours")("90 min")).toBe(1.5);
    expect(amounts.tokensCap("--tokens")("0")).toBe(0);
    expect(amounts.tokensCap("--tokens")("500k")).toBe(500_000);
    expect(amounts.tokensCap("--tokens")("2.5M")).toBe(2_500_000);
    expect(amounts.hoursCap("--hours")("0.25")).toBe(0.25);
    expect(() => amounts.usd("--usd")("0")).toThrow(/^--usd: "0" buys nothing/);
    expect(amounts.percent("80%")).toBe(80);
    expect(amounts.maxRunning("0")).toBe(0);
  });

  it("that are no amount are refused", () => {
    for (const text of ["NaN", "1e308", "-1", "", "Infinity", "0x10", "1,5", "99999999999"]) {
      expect(() => amounts.usdCap("--usd")(text)).toThrow(/money|more than a mission/);
      expect(() => amounts.hoursCap("--hours")(text)).toThrow(/hours|more than a year/);
    }
    expect(() => amounts.usdCap("--usd")("200 EUR")).toThrow(/not in US dollars/);
    for (const text of ["1.5", "NaN", "-1", "1T"])
      expect(() => amounts.tokensCap("--tokens")(text)).toThrow();
    for (const text of ["0", "101"]) expect(() => amounts.percent(text)).toThrow();
    for (const text of ["0", "2.5", "101"]) expect(() => amounts.atOnce(text)).toThrow();
    for (const text of ["-1", "1.5", "101", ""])
      expect(() => amounts.maxRunning(text)).toThrow(/0 to 100/);
  });

  it("of a deadline count from now, and none takes it away", () => {
    expect(adjustmentOf({ deadline: "in 3 days", zone: "Europe/Berlin", usd: 5 }, now)).toEqual({
      usd: 5,
      deadline: "2026-01-05T12:00:00.000Z",
      deadlineZone: "Europe/Berlin",
    });
    expect(adjustmentOf({ deadline: "in 3 days" }, now)).toEqual({
      deadline: "2026-01-05T12:00:00.000Z",
    });
    expect(adjustmentOf({ deadline: "None", atDeadline: "stop" }, now)).toEqual({
      deadline: null,
      atDeadline: "stop",
    });
    expect(() => adjustmentOf({ deadline: "yesterday" }, now)).toThrow(/--deadline/);
  });

  it("below what is spent are named, one part per currency", () => {
    expect(belowSpent(aBudget(), { usd: 1, hours: 9 })).toEqual([
      "$5.00 is spent and the cap would be $1.00",
    ]);
    expect(belowSpent(aBudget(), { tokens: 5, hours: 0 })).toHaveLength(2);
    expect(belowSpent(aBudget(), { usd: 6, onAlert: "ask" })).toEqual([]);
  });
});

describe("taking back a start", () => {
  it("goes in reverse, over failures, and only until the start is kept", async () => {
    const taken: string[] = [];
    const undo = createUndo();
    undo.add(async () => void taken.push("first"));
    undo.add(async () => {
      throw new Error("stuck");
    });
    undo.add(async () => void taken.push("last"));
    expect(await undo.all()).toBe("stuck");
    expect(taken).toEqual(["last", "first"]);
    undo.add(async () => void taken.push("kept"));
    undo.keep();
    expect(await undo.all()).toBeUndefined();
    expect(taken).toHaveLength(2);
  });
});

describe("a repository made for a mission", () => {
  it("is named so that people recognise it, and never leaves its folder", () => {
    expect(repositoryName("A small Web Service!", "m-20260102-abc123")).toBe(
      "a-small-web-service-abc123",
    );
    expect(repositoryName("../../etc/passwd", "m-20260102-abc123")).toBe("etc-passwd-abc123");
    expect(repositoryName("日本", "m-20260102-abc123")).toBe("abc123");
  });
});

describe("the models of a plan", () => {
  const plan = (feature: object, routing = {}) =>
    readPlan({
      title: "T",
      goal: "G",
      budget: { money_usd: 1, time_hours: 1, token_limit: 1_000_000 },
      model_routing: routing,
      milestones: [{ title: "M", features: [{ title: "F", ...feature }] }],
    });

  it("are none for scripts", () => {
    expect(modelsOf(plan({ commands: ["true"] }, { workers: "anthropic/a" }), {})).toEqual({
      models: [],
      unnamed: [],
    });
  });

  it("are the feature's own, else the plan's, else this host's, and those of tiers", () => {
    const brief = { brief: "Do it" };
    expect(
      modelsOf(plan({ ...brief, model: "openai/x" }), { workers: "anthropic/a" }).models,
    ).toEqual(["openai/x"]);
    expect(
      modelsOf(plan(brief, { workers: "openai/y" }), { workers: "anthropic/a" }).models,
    ).toEqual(["openai/y"]);
    expect(
      modelsOf(plan(brief, { tiers: { simple: "google/s" } }), { workers: "anthropic/a" }).models,
    ).toEqual(["anthropic/a", "google/s"]);
    expect(modelsOf(plan(brief), {})).toEqual({ models: [], unnamed: ["1.1"] });
  });
});

describe("a local model", () => {
  it("is written into the settings beside what a person wrote there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "settings-"));
    try {
      const path = join(folder, "settings.yaml");
      await writeFile(path, "# mine\nmodels:\n  openai/x: {input_usd_per_million: 1}\n");
      expect(await saveLocalModel(path, "http://127.0.0.1:11434/v1", "qwen3")).toBe(
        "compatible/qwen3",
      );
      const text = await readFile(path, "utf8");
      expect(text).toContain("# mine");
      expect(text).toContain("openai/x");
      expect(text).toMatch(/compatible\/qwen3/);
      await expect(saveLocalModel(path, "file:///etc", "qwen3")).rejects.toThrow(/no address/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
