/** One look of a reviewer with fresh eyes at a feature's commit, paid from the slice in hand. */
import type { BlobRef } from "../domain/mission.js";
import type { Workspace } from "../domain/work.js";
import type { SafetyStopped } from "./feature-input.js";
import type { FeatureWork } from "./feature-work.js";
import { safetyOf } from "./safety.js";

export type Look =
  /** Nothing blocks; or nobody could look, and `summary` says so. */
  | { kind: "accepted"; summary: string; findings?: BlobRef }
  | { kind: "findings"; summary: string; findings: BlobRef }
  | { kind: "again" }
  | { kind: "elsewhere" }
  | ({ kind: "blocked"; reason: string } & SafetyStopped);

/** @param round from 1. */
export async function review(
  work: FeatureWork,
  workspace: Workspace,
  commit: string,
  round: number,
): Promise<Look> {
  const outcome = await work.review(workspace, commit, round);
  switch (outcome.kind) {
    case "reviewed": {
      const { blocking, summary, findings } = outcome;
      if (blocking > 0)
        return { kind: "findings", summary: `The review found: ${summary}`, findings };
      return { kind: "accepted", summary: `reviewed: ${summary}`, findings };
    }
    case "not-reviewed":
      return { kind: "accepted", summary: `not reviewed: ${outcome.why}` };
    case "needs-more":
      await work.askFor(outcome.ask, outcome.calls === 0);
      return { kind: "again" };
    case "wait-until": {
      const reason = await work.waitUntil(outcome.at, outcome.why);
      return reason === undefined ? { kind: "again" } : { kind: "blocked", reason };
    }
    case "stopped":
    case "slice-lost":
      await work.settle();
      return { kind: "again" };
    case "host-silent":
      if (await work.isHostAlive(workspace)) return { kind: "again" };
      if (outcome.mayHaveBegun) work.noteBegun();
      return { kind: "elsewhere" };
    case "failed":
    case "broken":
      return {
        kind: "blocked",
        reason: `Its review failed: ${outcome.reason}`,
        ...("stop" in outcome ? safetyOf(outcome) : {}),
      };
  }
}
