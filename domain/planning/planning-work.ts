/** What a planning hands to its activity and gets back: small, plain, and stable across versions. */
import type { Amount, BlobRef, GoalType } from "../mission.js";
import type { AttemptCost, Slice } from "../work.js";

/** Stands where a feature's milestone would in workflow ids and slice keys; no milestone may be called so. */
export const PLANNING = "planning";

/** Scope, plan and wish lie in the blob store. */
export type PlanningTask =
  /** A second opinion on the sort of goal. */
  | { kind: "classify"; scopeHash: string; model: string }
  | { kind: "draft"; scopeHash: string; model: string }
  /** Changes a plan by what a person says is wrong; `fixed` features have begun and must stay as they are. */
  | {
      kind: "redraft";
      scopeHash: string;
      planHash: string;
      wishHash: string;
      fixed: string[];
      model: string;
    };

export interface PlanningWork {
  missionId: string;
  generation: number;
  n: number;
  task: PlanningTask;
  slice: Slice;
  /** True when an earlier activity already worked on this slice: its journal must then exist. */
  sliceOpened: boolean;
  /** What was said so far; the host that said it knows it too. */
  checkpoint?: BlobRef;
  rateLimitInlineMs: number;
}

export type PlanningOutcome = AttemptCost &
  (
    | { kind: "classified"; type: GoalType; why: string }
    | { kind: "drafted"; planHash: string; rounds: number; promptHash: string; notes: string[] }
    /** `ask` buys the next call with the whole answer wanted. */
    | { kind: "needs-more"; ask: Amount; checkpoint: BlobRef }
    | { kind: "wait-until"; at: string; why: string; checkpoint: BlobRef }
    | { kind: "stopped"; checkpoint: BlobRef }
    | { kind: "slice-lost" }
    | { kind: "failed"; reason: string; remedy: string }
  );
