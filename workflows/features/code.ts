/** The body of a `code` feature: workspace, agent in slices, the engine's checks, bounded repair, one commit. */
import { isCancellation } from "@temporalio/workflow";
import type { BlobRef } from "../../domain/mission.js";
import type { ChecksOutcome, CommitOutcome, Workspace } from "../../domain/work.js";
import { explainFailure, isHostSilent } from "../failure-causes.js";
import type { FeatureResult } from "../feature-input.js";
import type { FeatureWork } from "../feature-work.js";

/** A failing check goes back to an agent that can think this often. */
const REPAIR_ROUNDS = 2;

export async function codeFeature(work: FeatureWork): Promise<FeatureResult> {
  try {
    return await build(work);
  } catch (error) {
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    return work.end("blocked", { note: explainFailure(error) });
  }
}

async function build(work: FeatureWork): Promise<FeatureResult> {
  let workspace: Workspace | undefined;
  let repair: { round: number; evidence: BlobRef } | undefined;
  let worked = false;
  let refusals = 0;
  for (;;) {
    await work.untilRunnable();
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    workspace ??= await work.place();
    if (workspace === undefined) continue;

    if (!worked) {
      const outcome = await work.attempt(workspace, repair);
      switch (outcome.kind) {
        case "done":
          worked = true;
          break;
        case "needs-more":
          await work.askMore();
          continue;
        case "wait-until": {
          const asked = await work.waitUntil(outcome.at, outcome.why);
          if (asked !== undefined) return work.end("blocked", { note: asked });
          // A POC mission's one workspace belonged to others meanwhile.
          if (work.input.mode === "poc") workspace = undefined;
          continue;
        }
        case "stopped":
        case "slice-lost":
          await work.settle();
          continue;
        case "host-silent":
          if (await work.isHostAlive(workspace)) continue;
          if (outcome.mayHaveBegun) work.noteBegun();
          workspace = undefined;
          continue;
        case "failed":
        case "broken":
          return work.end("blocked", { note: outcome.reason });
      }
    }

    const verdict = await check(work, workspace);
    if (verdict === "interrupted") continue;
    if (!verdict.passed) {
      const round = (repair?.round ?? 0) + 1;
      const canMend = work.input.agent === "builtin" && round <= REPAIR_ROUNDS;
      if (!canMend || verdict.evidence === undefined)
        return work.end("blocked", { note: verdict.summary });
      repair = { round, evidence: verdict.evidence };
      worked = false;
      continue;
    }
    const committed = await commit(work, workspace);
    if (committed.refused !== undefined) {
      refusals += 1;
      if (work.input.agent !== "builtin" || refusals > REPAIR_ROUNDS)
        return work.end("blocked", { note: committed.refused });
      work.tellAgent(`Your change was refused: ${committed.refused}`);
      worked = false;
      continue;
    }
    return work.end("done", {
      note: verdict.summary,
      hostQueue: workspace.hostQueue,
      ...(committed.commit === "" ? {} : { commit: committed.commit }),
      ...(committed.files.length === 0 ? {} : { files: committed.files }),
    });
  }
}

/** The engine, not the agent, runs the checks. @throws what `explainFailure` explains. */
export async function check(
  work: FeatureWork,
  workspace: Workspace,
): Promise<ChecksOutcome | "interrupted"> {
  const { commandMs } = work.input.timings;
  for (;;) {
    try {
      return await work.onHost(workspace, "run checks", ({ runChecks }) =>
        runChecks({ feature: work.ref, workspace, commandMs }),
      );
    } catch (error) {
      if (isCancellation(error) || work.stopping() !== undefined) return "interrupted";
      if (!isHostSilent(error) || !(await work.isHostAlive(workspace))) throw error;
    }
  }
}

/** Same tree, parent, message and date give the same commit, so a second run changes nothing. */
export async function commit(work: FeatureWork, workspace: Workspace): Promise<CommitOutcome> {
  const at = new Date().toISOString();
  for (;;) {
    try {
      const { commitFeature } = work.host(workspace, "commit");
      return await commitFeature({ feature: work.ref, workspace, at });
    } catch (error) {
      if (!isHostSilent(error) || !(await work.isHostAlive(workspace))) throw error;
    }
  }
}
