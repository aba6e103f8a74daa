/** Between workflows and activities, from a finished commit to merged work: review, pull request, integration. As in `work.ts`. */
import type { Amount, BlobRef } from "./mission.js";
import type { AttemptCost, FeatureRef, Slice, Workspace } from "./work.js";

/** A fresh-context review of a feature's commit by the validation tier, paid from the slice in hand. */
export interface ReviewInput {
  feature: FeatureRef;
  workspace: Workspace;
  slice: Slice;
  sliceOpened: boolean;
  commit: string;
  /** 1 for the first look. */
  round: number;
  rateLimitInlineMs: number;
}

/** What a review says. `blocking`: findings that are critical or major; `findings` holds all of them, for agent and people. */
export type ReviewOutcome = AttemptCost &
  (
    | { kind: "reviewed"; blocking: number; minor: number; summary: string; findings: BlobRef }
    /** No model is there to look; said in the pull request, never counted as approval. */
    | { kind: "not-reviewed"; why: string }
    | { kind: "needs-more"; ask: Amount }
    | { kind: "wait-until"; at: string; why: string }
    | { kind: "stopped" }
    | { kind: "slice-lost" }
    | { kind: "failed"; reason: string }
  );

/** Opens the feature's pull request, or finds the one that is there: one per branch and base. */
export interface PullRequestInput {
  feature: FeatureRef;
  commit: string;
  at: string;
  bundle?: BlobRef;
  checks?: BlobRef;
  review?: BlobRef;
  reviewSummary?: string;
  /** The workflow knows the answer `later`; one of 0.3.0 would take it for an opened pull request. */
  takesLater?: true;
}

export type PullRequestOutcome =
  /** `where`: its address, or the review file's path. `awaitsCi`: the forge runs checks that are to be awaited. */
  | { kind: "open"; id: string; where: string; awaitsCi: boolean }
  /** The forge takes no requests for so long. */
  | { kind: "later"; waitMs: number; why: string }
  /** A person has to mend something: a token, rights, branch protection. */
  | { kind: "refused"; reason: string };

export interface PullRequestWatch {
  feature: FeatureRef;
  id: string;
  commit: string;
}

export interface PullRequestState {
  state: "open" | "merged" | "closed";
  ci: "none" | "pending" | "passed" | "failed";
  /** Names of what failed, with addresses; at most 10. */
  failed: string[];
}

/** After the merge: its evidence goes to the pull request, and the forge is asked whether it sees the merge. */
export interface PullRequestEnding {
  feature: FeatureRef;
  id: string;
  commit: string;
  /** Where the mission's branch stands. */
  head: string;
}

/** `note`: what a person should know of it. `laterMs`: the forge takes no requests for so long, so it was not told yet. */
export interface PullRequestEnded {
  note?: string;
  laterMs?: number;
}

/** Of a cancelled mission, at most 10 each; the counts are whole. */
export interface AbandonedPullRequests {
  closed: number;
  /** Open because somebody changed or commented them, or because the forge could not be asked (`why`). */
  left: string[];
  leftInAll: number;
  why?: string;
}

/** The mission's own pull request, to the branch that it began from; for people to merge. */
export interface MissionPullRequestInput {
  missionId: string;
  generation: number;
  planHash: string;
}

export type MissionPullRequestOutcome =
  | { kind: "open"; where: string }
  /** No server, no branch to go to, or nothing merged. */
  | { kind: "none" }
  | { kind: "refused"; reason: string };

export interface IntegrateInput {
  feature: FeatureRef;
  commit: string;
  at: string;
  /** The commit as a git bundle, where another host made it. */
  bundle?: BlobRef;
  /** Longest run of one test on the merged commit; left out: the merge is not tested (0.2.0). */
  commandMs?: number;
}

export type IntegrateOutcome =
  /**
   * `flaky`: tests that failed once and passed when run again; `redBefore`: that fail on the head before as well, so not by
   * this feature; at most 10 each.
   */
  | { kind: "merged"; head: string; flaky?: string[]; redBefore?: string[] }
  | { kind: "conflict"; files: string[] }
  /** Tests fail on the merged commit and pass without it; the branch has not moved. */
  | { kind: "red"; failed: string[]; summary: string; evidence: BlobRef }
  /** The user's repository could not take the branch; the work is kept in the engine's own. */
  | { kind: "unpublished"; head: string; reason: string };
