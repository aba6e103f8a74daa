import { readFile } from "node:fs/promises";
import type { BudgetTotals, FeatureView, StoryLine } from "../../domain/mission.js";
import type { Plan, PlanFeature } from "../../domain/plan.js";
import type { MissionFileInput } from "../../domain/work.js";
import { createMissionFile } from "../../store/mission-file.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { planToYaml } from "../../store/plan-yaml.js";

export const template = await readFile(
  new URL("../../templates/mission-template.md", import.meta.url),
  "utf8",
);

export const briefTemplate = await readFile(
  new URL("../../templates/brief-template.md", import.meta.url),
  "utf8",
);

export const missionId = "m-20260801-abc123";
const at = "2026-08-01T10:00:00.000Z";

export function aPlanFeature(id: string, fields: Partial<PlanFeature> = {}): PlanFeature {
  return {
    id,
    title: `Feature ${id}`,
    kind: "code",
    agent: "script",
    commands: ["true"],
    dependsOn: [],
    touches: [],
    checks: [],
    estimate: { usd: 0, hours: 1, tokens: 0 },
    ...fields,
  };
}

export function aPlan(fields: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    title: "Build a CRM",
    goal: "Build a CRM",
    mode: "poc",
    workspace: "git",
    scope: { non_goals: [], constraints: [] },
    budget: {
      money_usd: 20,
      time_hours: 2.5,
      token_limit: 1_000_000,
      alert_threshold_pct: 80,
      on_alert: "ask",
    },
    model_routing: {},
    preferences: {},
    milestones: [
      {
        id: "1",
        title: "Ground",
        checks: [],
        features: [aPlanFeature("1.1"), aPlanFeature("1.2")],
      },
      { id: "2", title: "House", checks: [], features: [aPlanFeature("2.1")] },
    ],
    ...fields,
  };
}

export function aRecord(fields: Partial<MissionRecord> = {}): MissionRecord {
  return {
    missionId,
    generation: 1,
    title: "Build a CRM",
    mode: "poc",
    planHash: "0".repeat(64),
    folder: "/nowhere/missions/m-20260801-abc123",
    home: "homeless",
    workspace: "git",
    caps: { microUsd: 20_000_000, tokens: 1_000_000, activeMs: 9_000_000 },
    approvals: [],
    status: "planning",
    createdAt: at,
    ...fields,
  };
}

export const aMissionFile = (plan = aPlan(), planYaml = planToYaml(plan)) =>
  createMissionFile({
    record: aRecord(),
    plan,
    planYaml,
    template,
    origin: { at, by: { who: "ann", from: "cli" }, answers: [] },
  });

export const someTotals = (fields: Partial<BudgetTotals> = {}): BudgetTotals => ({
  caps: { microUsd: 20_000_000, tokens: 1_000_000, activeMs: 9_000_000 },
  spent: { microUsd: 1_250_000, tokens: 12_300 },
  reserved: { microUsd: 500_000, tokens: 10_000 },
  overrun: { microUsd: 0, tokens: 0 },
  activeMs: 60_000,
  usedPct: 6,
  tightest: "money",
  alertThresholdPct: 80,
  onAlert: "ask",
  ...fields,
});

export const aFeature = (id: string, fields: Partial<FeatureView> = {}): FeatureView => ({
  id,
  title: `Feature ${id}`,
  status: "running",
  attempts: 1,
  spent: { microUsd: 0, tokens: 0 },
  ...fields,
});

export const aLine = (seq: string, fields: Partial<StoryLine> = {}): StoryLine => ({
  seq,
  at,
  kind: "progress",
  text: `Line ${seq}`,
  ...fields,
});

export const anInput = (fields: Partial<MissionFileInput> = {}): MissionFileInput => ({
  missionId,
  generation: 1,
  planHash: "0".repeat(64),
  status: "active",
  milestones: [],
  features: [],
  story: [],
  gates: [],
  ...fields,
});

/** A write that touches every kind of value. */
export const aBusyInput = () =>
  anInput({
    startedAt: "2026-08-01T10:05:00.000Z",
    milestones: [
      { id: "1", title: "Ground", status: "validating", featuresDone: 1, featuresTotal: 2 },
    ],
    features: [
      aFeature("1.1", {
        status: "done",
        spent: { microUsd: 420_000, tokens: 12_300 },
        commit: "0123456789abcdef",
        files: ["scripts/run me.sh"],
        pullRequest: "reviews/1.1.md",
      }),
    ],
    budget: someTotals(),
    story: [aLine("1/1"), aLine("1/2", { kind: "decision", by: { who: "ann", from: "cli" } })],
  });

/** Cells of the row that starts with `first`, in the order of the file. */
export function cellsOf(text: string, first: string): string[] {
  const line = text.split(/\r?\n/).find((row) => row.replace(/^\|\s*/, "").startsWith(`${first} `));
  return (line ?? "")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
