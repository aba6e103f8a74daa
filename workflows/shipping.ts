/** From a checked commit to one that may be merged, in Full mode: review, pull request, the forge's CI. */
import { isThinking, type BlobRef } from "../domain/mission.js";
import type { ChecksOutcome, CommitOutcome, Repair, Workspace } from "../domain/work.js";
import type { SafetyStopped } from "./feature-input.js";
import type { FeatureWork } from "./feature-work.js";
import { awaitCi, openPullRequest } from "./pull-request.js";
import { review } from "./review-rounds.js";

/** Findings and a failing CI go back to an agent that can think this often in all. */
const ROUNDS = 2;

export type ShippingStep =
  | { kind: "shipped" }
  /** Interrupted, or without a slice: the same step once more. */
  | { kind: "again" }
  /** Its host is gone: on another one, from the checkpoint. */
  | { kind: "elsewhere" }
  | { kind: "repair"; repair?: Repair }
  | ({ kind: "blocked"; reason: string } & SafetyStopped);

export interface Checked extends CommitOutcome {
  checks: ChecksOutcome;
}

/** Remembers what is done of a commit, so that an interruption repeats nothing. */
export function openShipping(work: FeatureWork) {
  let rounds = 0;
  let reviewed: { commit: string; summary: string; findings?: BlobRef } | undefined;
  let notes: string[] = [];

  /** What a model found is evidence; what the engine says is a note. */
  const sendBack = (reason: string, findings?: BlobRef): ShippingStep => {
    rounds += 1;
    reviewed = undefined;
    if (!isThinking(work.input.agent) || rounds > ROUNDS)
      return { kind: "blocked", reason, stop: "checks" };
    if (findings === undefined) {
      work.tellAgent(`${reason}. Mend it, then finish.`);
      return { kind: "repair" };
    }
    const repair = { round: work.nextRepair(), evidence: findings, why: "review" as const };
    return { kind: "repair", repair };
  };

  return {
    /** What a person should know of it, for the feature's note. */
    notes: () => notes,

    next: async (workspace: Workspace, made: Checked): Promise<ShippingStep> => {
      if (reviewed?.commit !== made.commit) {
        const look = await review(work, workspace, made.commit, rounds + 1);
        switch (look.kind) {
          case "accepted":
            reviewed = { commit: made.commit, ...look };
            notes = [look.summary];
            break;
          case "findings":
            return sendBack(look.summary, look.findings);
          case "again":
          case "elsewhere":
          case "blocked":
            return look;
        }
      }
      const opened = await openPullRequest(work, {
        commit: made.commit,
        reviewSummary: reviewed.summary,
        ...(made.bundle === undefined ? {} : { bundle: made.bundle }),
        ...(made.checks.evidence === undefined ? {} : { checks: made.checks.evidence }),
        ...(reviewed.findings === undefined ? {} : { review: reviewed.findings }),
      });
      if (opened.kind !== "open") return opened;
      if (!opened.awaitsCi) return { kind: "shipped" };
      const ci = await awaitCi(work, opened, made.commit);
      switch (ci.kind) {
        case "passed":
          notes = [reviewed.summary, ci.note];
          return { kind: "shipped" };
        case "failed":
          return sendBack(ci.reason);
        case "stopping":
          return { kind: "again" };
        case "blocked":
          return ci;
      }
    },
  };
}
