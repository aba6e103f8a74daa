/** Between workflows and activities, when a milestone's features are done: its validation, its judge, its fix features. As in `work.ts`. */
import type { Finding } from "./findings.js";
import type { Amount, BlobRef, FeatureStatus } from "./mission.js";
import type { AttemptCost, ChecksOutcome, Slice } from "./work.js";
import type { QaVerdict } from "./qa.js";

/** One command or check as it was run. Output is the tail of it, scrubbed. */
export interface RunEvidence {
  id: string;
  sentence: string;
  /** The command, search or flow. */
  how: string;
  /** `not-run`: nothing could be seen, and `ended` says why with the remedy; never counted as passed. */
  verdict: "passed" | "failed" | "flaky" | "not-run" | "person";
  /** As `exit 1 in 240 ms`. */
  ended: string;
  ms: number;
  /** Tests that it said it ran, where its output can be read. */
  tests?: number;
  /** Tests that it left out, by its own word. */
  skipped?: number;
  /** What the same command said on the milestone's base commit, where that was asked. */
  onBase?: string;
  output: string;
}

/** The whole account of one validation, kept as a blob of JSON; mission.md's Exit report is made from it. */
export interface ValidationReport {
  version: 1;
  milestoneId: string;
  /** From 1, counted through the life of the milestone. */
  round: number;
  at: string;
  ms: number;
  /** Commit that was validated, and the one from which the milestone began; empty for plain folders. */
  commit: string;
  base: string;
  host: string;
  passed: boolean;
  findings: Finding[];
  runs: RunEvidence[];
  browser?: {
    verdict: QaVerdict;
    why?: string;
    pages: number;
    findings: number;
    /** Below the mission folder, as `assets/qa/2/index.html`. */
    report?: string;
    pictures: { name: string; viewport: string; path: string }[];
  };
  judge?: { model: string; summary: string } | { notAsked: string };
  /** Findings that a person accepted by a decision; they no longer block. */
  accepted?: { id: string; by: string }[];
}

/** What a validation tells the workflow; stays under 2 kB. */
export interface ValidationOutcome extends ChecksOutcome {
  /** Findings that are critical or major. */
  blocking?: number;
  minor?: number;
  /** Ids of the blocking ones, at most 10: what a person may accept, and what tells one round from the next. */
  findings?: string[];
  /** The worst, each `severity: sentence`, at most 5 of 160 characters. */
  worst?: string[];
  /** `ValidationReport`. */
  report?: BlobRef;
  /** A judge could look at the evidence for this much; left out: nobody can, or nothing is left to judge. */
  judgeAsk?: Amount;
}

/** Fresh eyes on captured evidence only, paid from a slice of the validation. */
export interface JudgeInput {
  missionId: string;
  generation: number;
  milestoneId: string;
  planHash: string;
  round: number;
  slice: Slice;
  sliceOpened: boolean;
  report: BlobRef;
  rateLimitInlineMs: number;
}

export type JudgeOutcome = AttemptCost &
  /** `report`: the one judged, with the judge's findings added. */
  (
    | { kind: "judged"; outcome: ValidationOutcome }
    | { kind: "not-judged"; why: string; report: BlobRef }
    | { kind: "needs-more"; ask: Amount }
    | { kind: "wait-until"; at: string; why: string }
    | { kind: "stopped" }
    | { kind: "slice-lost" }
    | { kind: "failed"; reason: string }
  );

/** A change of the plan that the engine itself makes, within one milestone. Repeated, it gives the same plan. */
export interface ExtendPlanInput {
  missionId: string;
  planHash: string;
  milestoneId: string;
  change:
    /** A feature that mends what validation found, with the evidence in its brief. */
    | { kind: "fix"; round: number; report: BlobRef }
    /** One feature becomes several that follow each other: the recovery of one that was too large. */
    | { kind: "split"; featureId: string };
}

export type ExtendPlanOutcome =
  | { kind: "extended"; planHash: string; added: string[]; removed: string[] }
  /** As: nobody in the milestone can mend it; there is nothing to split by. */
  | { kind: "impossible"; why: string };

/** A failed validation as the milestone remembers it. */
export interface FailedValidation {
  round: number;
  /** Left out where the validation itself could not be done. */
  report?: BlobRef;
  /** At most 600 characters. */
  summary: string;
  /** The feature that was to mend it. */
  fix?: { id: string; status: FeatureStatus; note?: string };
}

/** Asks for the words in which a person is asked what to do about a milestone that does not pass. */
export interface DiagnoseInput {
  missionId: string;
  milestoneId: string;
  /** Oldest first, at most 10. */
  rounds: FailedValidation[];
  /** Why the engine tries nothing more by itself; left out: its rounds are used up. */
  why?: string;
}
