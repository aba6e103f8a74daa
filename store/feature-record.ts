/** `features/<mission>/<feature>.jsonl`: what happened to one feature, for `why`, `log`, `transcript` and `diff` without a server. */
import { join } from "node:path";
import type { Amount, BlobRef } from "../domain/mission.js";
import type { QaVerdict } from "../domain/qa.js";
import { appendLine, readJsonLines } from "./files.js";

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
  /** A look at its app in a browser. */
  | { kind: "look"; verdict: QaVerdict; summary: string; report: BlobRef; files: string[] }
  | { kind: "commit"; commit: string; diff?: BlobRef; files: string[]; undeclared?: string[] }
  | {
      kind: "review";
      round: number;
      /** `reviewed`, `not-reviewed` or `failed`. */
      outcome: string;
      /** What it found, or why there is no review. */
      summary: string;
      blocking?: number;
      minor?: number;
      model?: string;
      /** Of this review alone. */
      spent?: Amount;
      findings?: BlobRef;
      promptHash?: string;
    }
  | {
      kind: "usage";
      agent: string;
      /** When the agent is held to its slice, as "before each call". */
      guarantee: string;
      /** By the gateway; absent where it pays by a login of its own. */
      metered?: { calls: number; tokens: number; microUsd: number };
      /** By its own word. */
      said: { tokens?: number; microUsd?: number };
    }
  /** `text`: sha256 of title and body as the engine wrote them. */
  | { kind: "pull-request"; id: string; where: string; commit: string; text?: string }
  | { kind: "integrated"; head: string }
  /** What the sandbox refused its commands, or ended them for. */
  | { kind: "sandbox"; refusals: string[] }
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
  const lines = (await readJsonLines(pathOf(features, missionId, featureId))) ?? [];
  return [...new Map((lines as FeatureEvent[]).map((event) => [event.key, event])).values()];
}
