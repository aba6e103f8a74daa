import type { BudgetTotals, FeatureView, MissionSnapshot } from "../../domain/mission.js";

export const aBudget = (over: Partial<BudgetTotals> = {}): BudgetTotals => ({
  caps: { microUsd: 20_000_000, tokens: 2_000_000, activeMs: 3_600_000 },
  spent: { microUsd: 5_000_000, tokens: 100_000 },
  reserved: { microUsd: 300_000, tokens: 0 },
  overrun: { microUsd: 0, tokens: 0 },
  activeMs: 60_000,
  usedPct: 25,
  tightest: "money",
  alertThresholdPct: 80,
  onAlert: "ask",
  ...over,
});

export const aFeature = (over: Partial<FeatureView> = {}): FeatureView => ({
  id: "1.1",
  title: "Log in",
  status: "running",
  attempts: 1,
  spent: { microUsd: 0, tokens: 0 },
  ...over,
});

const SNAPSHOT: MissionSnapshot = {
  missionId: "m-20260102-abc123",
  title: "Build a CRM",
  status: "active",
  mode: "poc",
  generation: 1,
  planHash: "0".repeat(64),
  milestones: [
    { id: "1", title: "Skeleton", status: "active", featuresDone: 1, featuresTotal: 3 },
    { id: "2", title: "Polish", status: "pending", featuresDone: 0, featuresTotal: 2 },
  ],
  features: [aFeature()],
  featuresDone: 1,
  featuresTotal: 5,
  gates: [],
  gatesOpen: 0,
  budget: aBudget(),
  story: [],
};

export const aSnapshot = (over: Partial<MissionSnapshot> = {}): MissionSnapshot => ({
  ...SNAPSHOT,
  ...over,
});
