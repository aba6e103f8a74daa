/** Search attributes of the design; stored unencrypted, so nothing private goes in. */
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";

export const SEARCH = {
  missionId: defineSearchAttributeKey("MissionId", SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey("MissionStatus", SearchAttributeType.KEYWORD),
  mode: defineSearchAttributeKey("MissionMode", SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey("MissionKind", SearchAttributeType.KEYWORD),
  budgetUsedPct: defineSearchAttributeKey("BudgetUsedPct", SearchAttributeType.INT),
  featuresDone: defineSearchAttributeKey("FeaturesDone", SearchAttributeType.INT),
  featuresTotal: defineSearchAttributeKey("FeaturesTotal", SearchAttributeType.INT),
  spendUsd: defineSearchAttributeKey("SpendUsd", SearchAttributeType.DOUBLE),
};
