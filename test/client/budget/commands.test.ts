import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runBudgetAnalyse } from "../../../client/commands/budget-analyse.js";
import { runBudgetEstimate } from "../../../client/commands/budget-estimate.js";
import { runBudgetForecast } from "../../../client/commands/budget-forecast.js";
import { runBudgetRecommend } from "../../../client/commands/budget-recommend.js";
import type { Context } from "../../../client/context.js";
import { createProgram } from "../../../client/program/program.js";
import { NO_STYLE } from "../../../client/terminal/style.js";
import { readEnvironment } from "../../../config/env.js";
import { EXIT } from "../../../domain/problem.js";
import { putBlob } from "../../../store/blobs.js";
import { enginePaths } from "../../../store/engine-paths.js";
import { appendJournal, createJournal, journalPath } from "../../../store/journal.js";
import { writeMissionRecord, type MissionRecord } from "../../../store/mission-record.js";
import { aPlan, aPlanFeature } from "../../domain/estimates/builders.js";

const mission = "m-20260102-abc123";
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "budget-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

interface Said {
  document: Record<string, unknown>;
  text: string;
}
/** A person's context without a terminal, and what was said in it. */
function aContext(): { context: Context; said: Said } {
  const environment = readEnvironment({ HOME: home, PATH: "/usr/bin", INIT_CWD: home });
  const said: Said = { document: {}, text: "" };
  const nothing = () => undefined;
  return {
    said,
    context: {
      environment,
      paths: enginePaths(environment.engineHome),
      verbose: false,
      by: { who: "ada", from: "cli" },
      output: {
        json: false,
        live: false,
        interactive: false,
        style: NO_STYLE,
        columns: () => 100,
        rows: () => 1_000,
        line: nothing,
        note: nothing,
        jsonLine: nothing,
        write: nothing,
        answer: (document, lines) => {
          // What cannot be JSON would be lost.
          said.document = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
          said.text = lines.join("\n");
        },
      },
    },
  };
}

async function saying(run: (context: Context) => Promise<number>): Promise<Said> {
  const { context, said } = aContext();
  expect(await run(context)).toBe(EXIT.ok);
  expect(said.text).not.toMatch(/NaN|Infinity|undefined|\[object/);
  expect(said.text).not.toContain("\u001b");
  return said;
}

/** Three features, the first of them done by 4 calls in 80 minutes. */
async function writeMission(fields: Partial<MissionRecord> = {}) {
  const { context } = aContext();
  const { paths } = context;
  const tiers = ["1.1", "1.2", "1.3"].map((id) => aPlanFeature(id, { title: `Add part ${id}` }));
  const plan = aPlan([tiers], { model_routing: { workers: "anthropic/claude-sonnet-4-5" } });
  const { sha256 } = await putBlob(paths.blobs, JSON.stringify(plan), "plan.json");
  const at = (minutes: number) => new Date(Date.UTC(2026, 0, 2, 10, minutes)).toISOString();
  const caps = { microUsd: 50_000_000, tokens: 20_000_000, activeMs: 36_000_000 };
  await writeMissionRecord(paths.state, {
    missionId: mission,
    generation: 1,
    title: "Build a CRM",
    mode: "full",
    planHash: sha256,
    folder: join(home, "folder"),
    home: "homeless",
    workspace: "git",
    caps,
    approvals: [],
    status: "active",
    createdAt: at(0),
    projected: { "feature 1.1 status": "done", "feature 1.2 status": "running" },
    totals: {
      caps,
      spent: { microUsd: 2_000_000, tokens: 800_000 },
      reserved: { microUsd: 0, tokens: 0 },
      overrun: { microUsd: 0, tokens: 0 },
      activeMs: 4_800_000,
      usedPct: 4,
      tightest: "time",
      alertThresholdPct: 80,
      onAlert: "ask",
    },
    ...fields,
  });
  const key = "1/1/1.1/1";
  const path = journalPath(paths.journals, mission, key);
  const amount = { microUsd: 5_000_000, tokens: 2_000_000 };
  await createJournal(path, {
    state: "slice",
    key,
    amount,
    at: at(0),
    featureId: "1.1",
    milestoneId: "1",
  });
  for (const call of [1, 2, 3, 4]) {
    const id = String(call);
    const model = "anthropic/claude-sonnet-4-5";
    const worst = { microUsd: 900_000, tokens: 300_000 };
    const open = { state: "open", call: id, attempt: 1, role: "worker", model, worst } as const;
    await appendJournal(path, { ...open, at: at(20 * call - 10) });
    await appendJournal(path, {
      state: "closed",
      call: id,
      at: at(20 * call),
      cost: { microUsd: 500_000, tokens: 200_000 },
      tokens: { input: 180_000, cacheRead: 120_000, cacheWrite: 0, output: 20_000, reasoning: 0 },
      priceSource: "test",
    });
  }
}

describe("budget analyse", () => {
  it("shows for each tier the model, tokens and features of each size, and what ends first", async () => {
    const { text, document } = await saying((context) =>
      runBudgetAnalyse(context, [], { usd: 200, hours: 40 }),
    );
    expect(text).toMatch(/^anthropic \(no key yet\)$/m);
    expect(text).toMatch(/^simple +anthropic\/claude-haiku-4-5 +\d.*time$/m);
    expect(text).toContain("n = 0 finished features");
    expect(document).toMatchObject({ budget: { usd: 200, hours: 40 }, n: 0 });
  });

  it("shows every configured provider, and a local model without money", async () => {
    const { context } = aContext();
    await rm(context.paths.settings, { force: true });
    await putBlob(context.paths.blobs, "", "makes the folder");
    const free = "{input_usd_per_million: 0, output_usd_per_million: 0}";
    await writeFile(
      context.paths.settings,
      `routing: {workers: openai/gpt-5}\ncompatible: {base_url: "http://127.0.0.1:1/v1"}\nmodels: {compatible/qwen3: ${free}}\n`,
    );
    const { text } = await saying((given) => runBudgetAnalyse(given, [], { usd: 5 }));
    expect(text).toMatch(/^openai$[^]*^compatible, a model of your own$/m);
    expect(text).toContain("no limit");
  });
});

describe("budget estimate", () => {
  const estimate = (feature: string) => (context: Context) =>
    runBudgetEstimate(context, [], { feature, kind: "code", tier: "standard" });

  it("says range, size and why, other tiers, and on what it rests", async () => {
    const { text } = await saying(estimate("Rename the list"));
    expect(text).toContain('Rename the list: trivial, because the word "Rename"');
    for (const tier of ["simple", "standard", "thinking"]) expect(text).toContain(tier);
    expect(text).toContain("No finished feature of this home is similar.");
    expect(text).toContain("n = 0");
  });

  it("names similar finished features of this home, and how many it learned from", async () => {
    await writeMission();
    const { text, document } = await saying(estimate("Add another part"));
    expect(text).toContain(
      `${mission} 1.1 Add part 1.1 (medium, standard): $2.00, 1.4 h, 800k tokens`,
    );
    expect(text).toContain("n = 1 finished feature of this home");
    expect(document).toMatchObject({ n: 1, alike: 1, size: "medium" });
  });

  it("refuses a feature without words", async () => {
    const { context } = aContext();
    await expect(estimate(" \u0007\n")(context)).rejects.toMatchObject({ exitCode: EXIT.badInput });
  });
});

describe("budget recommend", () => {
  it("shows three levels of a goal and marks the one that the budget buys", async () => {
    const goal = "Build a CRM";
    const { text } = await saying((context) =>
      runBudgetRecommend(context, [], { goal, usd: 200, hours: 30 }),
    );
    expect(text).toMatch(/^> MVP /m);
    expect(text).toMatch(/For \$[\d.]+ and \d+ h you get MVP; for \$/);
    expect(text).toContain("MVP has:");
  });

  it("shows the levels of a plan within its own budget, or the one given", async () => {
    const path = join(home, "plan.yaml");
    const feature = (id: string) => `{id: "${id}", title: "Part ${id}", brief: "Do it."}`;
    await writeFile(
      path,
      `title: T\ngoal: G\nbudget: {money_usd: 9, time_hours: 90, token_limit: 90000000}\nmilestones:\n  - {title: A, features: [${feature("1.1")}]}\n  - {title: B, features: [${feature("2.1")}]}\n`,
    );
    const { text } = await saying((context) =>
      runBudgetRecommend(context, [], { plan: "plan.yaml" }),
    );
    expect(text).toContain("Budget $9.00, 90 h");
    expect(text).toContain("polished adds: Part 2.1");
    const { text: poor } = await saying((context) =>
      runBudgetRecommend(context, [], { plan: "plan.yaml", usd: 0.5 }),
    );
    expect(poor).toContain("buy none of them whole");
  });

  it.each([
    [{}, /Nothing says/],
    [{ goal: "Build", plan: "x.yaml" }, /only one/],
    [{ goal: "xyzzy" }, /do not say what sort/],
    [{ goal: "\u0000" }, /empty/],
    [{ plan: "missing.yaml" }, /There is no plan/],
  ])("refuses %j in one sentence", async (options, sentence) => {
    const { context } = aContext();
    await expect(runBudgetRecommend(context, [], options)).rejects.toMatchObject({
      exitCode: EXIT.badInput,
      message: expect.stringMatching(sentence),
    });
  });
});

describe("budget forecast", () => {
  it("says cost, hours and finish with their intervals, from what is spent and what is left", async () => {
    await writeMission();
    const { text, document } = await saying((context) => runBudgetForecast(context, [], {}));
    expect(text).toMatch(/^money +\$2\.00 +\$[\d.]+ \(\$/m);
    expect(text).toContain("2 features are left. Likely to finish ");
    expect(text).toContain("n = 1 finished features, 1 of them this mission's own");
    expect(document).toMatchObject({ missionId: mission, ended: false, asItIs: { own: 1 } });
  });

  it("tries what it would be without features, by another tier, or with other limits", async () => {
    await writeMission();
    const { text, document } = await saying((context) =>
      runBudgetForecast(context, [], { without: ["1.3"], tier: "simple", usd: 3 }),
    );
    expect(text).toContain(
      "If 1.3 were left out and the rest were done by the tier simple and the money were $3:",
    );
    expect(text).toContain("1 feature is left");
    expect(document).toMatchObject({
      changed: { left: { features: 1 }, caps: { microUsd: 3_000_000 } },
    });
  });

  it("refuses a feature that the mission does not have", async () => {
    await writeMission();
    const { context } = aContext();
    await expect(runBudgetForecast(context, [], { without: ["9.9"] })).rejects.toMatchObject({
      exitCode: EXIT.notFound,
      message: expect.stringContaining('"9.9"'),
    });
  });

  it("says of a mission that has ended what it cost", async () => {
    await writeMission({ status: "completed" });
    const { text } = await saying((context) => runBudgetForecast(context, [], {}));
    expect(text).toContain("It has ended: $2.00, 800k tokens, 1.4 h of active time.");
  });
});

describe("amounts on the command line", () => {
  const analyse = (...words: string[]) =>
    createProgram(() => undefined).parseAsync(["budget", "analyse", ...words], { from: "user" });

  it.each([
    [["--usd", "200 EUR"], "US dollars"],
    [["--usd", "lots"], "not an amount of money"],
    [["--usd", "0"], "buys nothing"],
    [["--usd", "1e308"], "not an amount"],
    [["--usd", "NaN"], "not an amount"],
    [["--usd", "9999999999"], "more than a mission may have"],
    [["--hours", "9000"], "more than a year"],
    [["--tokens", "many"], "not a number of tokens"],
  ])("%j are refused with what is understood", async (words, sentence) => {
    await expect(analyse(...words)).rejects.toMatchObject({
      exitCode: EXIT.badInput,
      message: expect.stringContaining(sentence),
    });
  });
});
