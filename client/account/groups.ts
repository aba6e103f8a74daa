/** Sums of paid calls by day, model, role, feature or retry. Pure. */
import type { PaidCall } from "./paid-calls.js";

export const GROUPINGS = ["day", "model", "role", "feature", "retry"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface CallGroup {
  group: string;
  calls: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  tokens: number;
  costMicroUsd: number;
  /** Calls counted at worst case, because no usage was seen. */
  atWorstCase: number;
}

const SUMMED = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "tokens",
  "costMicroUsd",
] as const;

function groupOf(call: PaidCall, by: Grouping): string {
  switch (by) {
    case "day":
      return call.at.slice(0, 10);
    case "model":
      return call.model;
    case "role":
      return call.role;
    case "feature":
      return call.featureId;
    case "retry":
      return call.attempt <= 1 ? "first attempt" : `retry ${call.attempt - 1}`;
  }
}

/** In the order of the groups' names, numbers in them by value. */
export function groupCalls(calls: readonly PaidCall[], by: Grouping): CallGroup[] {
  const groups = new Map<string, CallGroup>();
  for (const call of calls) {
    const name = groupOf(call, by);
    const group = groups.get(name) ?? emptyGroup(name);
    group.calls += 1;
    if (call.booked !== "by usage") group.atWorstCase += 1;
    for (const field of SUMMED) group[field] += call[field];
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) =>
    a.group.localeCompare(b.group, "en", { numeric: true }),
  );
}

/** The sum of all. */
export const totalOf = (calls: readonly PaidCall[]): CallGroup =>
  calls.reduce<CallGroup>((sum, call) => {
    sum.calls += 1;
    if (call.booked !== "by usage") sum.atWorstCase += 1;
    for (const field of SUMMED) sum[field] += call[field];
    return sum;
  }, emptyGroup("total"));

const emptyGroup = (group: string): CallGroup => ({
  group,
  calls: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  tokens: 0,
  costMicroUsd: 0,
  atWorstCase: 0,
});
