/** `features/<mission>/<feature>.jsonl`: what happened to one feature, for `why`, `log`, `transcript` and `diff` without a server. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Amount, BlobRef } from "../domain/mission.js";
import { appendLine, isMissing } from "./files.js";

export type FeatureEvent = {
  /** Unique within the feature; a repeated event is shown once. */
  key: string;
  at: string;
  attempt?: number;
} & (
  | { kind: "workspace"; hostId: string; name: string; baseCommit: string }
  | {
      kind: "attempt";
      agent: string;
      outcome: string;
      spent: Amount;
      calls: number;
      transcript?: BlobRef;
      /** sha256 of the system prompt, where the agent has one. */
      promptHash?: string;
      note?: string;
    }
  | { kind: "checks"; passed: boolean; summary: string; evidence?: BlobRef }
  | { kind: "commit"; commit: string; diff?: BlobRef; files: string[] }
  | { kind: "integrated"; head: string }
  | { kind: "note"; text: string }
);

const pathOf = (features: string, missionId: string, featureId: string) =>
  join(features, missionId, `${featureId}.jsonl`);

export async function appendFeatureEvent(
  features: string,
  missionId: string,
  featureId: string,
  event: FeatureEvent,
): Promise<void> {
  await appendLine(pathOf(features, missionId, featureId), JSON.stringify(event));
}

/** Events in order, each key once; a torn last line is left out. */
export async function readFeatureEvents(
  features: string,
  missionId: string,
  featureId: string,
): Promise<FeatureEvent[]> {
  let text: string;
  try {
    text = await readFile(pathOf(features, missionId, featureId), "utf8");
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const events = new Map<string, FeatureEvent>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const event = JSON.parse(line) as FeatureEvent;
      events.set(event.key, event);
    } catch {
      continue; // a line torn by a crash
    }
  }
  return [...events.values()];
}
