/**
 * The body of a `code` feature: workspace, agent in slices, the engine's checks, bounded repair, one commit; in Full mode then
 * review, pull request and CI.
 */
import { isThinking } from "../../domain/mission.js";
import type { ChecksOutcome, CommitOutcome, Repair, Workspace } from "../../domain/work.js";
import { explainFailure } from "../failure-causes.js";
import type { FeatureResult } from "../feature-input.js";
import type { FeatureWork } from "../feature-work.js";
import { untilInterrupted, whileHostLives } from "../host-work.js";
import { failing, safetyOf, stoppedBy } from "../safety.js";
import { openShipping } from "../shipping.js";

/** A failing check goes back to an agent that can think this often. */
const REPAIR_ROUNDS = 2;

export async function codeFeature(work: FeatureWork): Promise<FeatureResult> {
  try {
    return await build(work);
  } catch (error) {
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    return work.end("blocked", { note: explainFailure(error), ...stoppedBy(error) });
  }
}

/** What an agent made, once the engine's checks have passed on it. */
interface Made extends CommitOutcome {
  checks: ChecksOutcome;
}

async function build(work: FeatureWork): Promise<FeatureResult> {
  let workspace: Workspace | undefined;
  let { repair } = work.input;
  let checkRounds = 0;
  let worked = false;
  let refusals = 0;
  let moved = false;
  let made: Made | undefined;
  const shipping = openShipping(work);
  const again = (next?: Repair) => {
    repair = next;
    worked = false;
    made = undefined;
  };
  for (;;) {
    await work.untilRunnable();
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    workspace ??= await work.place();
    if (workspace === undefined) continue;
    // Its work is where it was done, or came with its checkpoint; else it is done again.
    if (moved) worked &&= workspace.kept === true;
    moved = false;

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
          return work.end("blocked", { note: outcome.reason, ...safetyOf(outcome) });
      }
    }

    if (made === undefined) {
      const verdict = await check(work, workspace);
      if (verdict === "interrupted") continue;
      if (verdict === "elsewhere") {
        workspace = undefined;
        moved = true;
        continue;
      }
      work.noteChecks(verdict);
      if (!verdict.passed) {
        checkRounds += 1;
        const canMend = isThinking(work.input.agent) && checkRounds <= REPAIR_ROUNDS;
        if (!canMend || verdict.evidence === undefined)
          return work.end("blocked", { note: verdict.summary, ...failing(verdict) });
        again({ round: work.nextRepair(), evidence: verdict.evidence });
        continue;
      }
      const committed = await commit(work, workspace);
      if (committed === "elsewhere") {
        workspace = undefined;
        moved = true;
        continue;
      }
      if (committed.refused !== undefined) {
        refusals += 1;
        if (!isThinking(work.input.agent) || refusals > REPAIR_ROUNDS)
          return work.end("blocked", { note: committed.refused });
        work.tellAgent(`Your change was refused: ${committed.refused}`);
        worked = false;
        continue;
      }
      made = { ...committed, checks: verdict };
    }
    if (work.input.ships === true && made.commit !== "") {
      const step = await shipping.next(workspace, made);
      switch (step.kind) {
        case "shipped":
          break;
        case "again":
          continue;
        case "repair":
          again(step.repair);
          continue;
        case "elsewhere":
          workspace = undefined;
          again(repair);
          continue;
        case "blocked":
          return work.end("blocked", { note: step.reason, ...safetyOf(step) });
      }
    }
    return work.end("done", endingOf(workspace, made, shipping.notes()));
  }
}

function endingOf({ hostQueue }: Workspace, made: Made, notes: string[]) {
  const { commit, files, bundle, undeclared = [] } = made;
  return {
    note: [made.checks.summary, ...notes].join("; "),
    hostQueue,
    ...(commit === "" ? {} : { commit }),
    ...(files.length === 0 ? {} : { files }),
    ...(bundle === undefined ? {} : { bundle }),
    ...(undeclared.length === 0 ? {} : { undeclared }),
  };
}

/** The engine, not the agent, runs the checks. "elsewhere": its host is gone. @throws what `explainFailure` explains. */
export async function check(
  work: FeatureWork,
  workspace: Workspace,
): Promise<ChecksOutcome | "interrupted" | "elsewhere"> {
  const { commandMs } = work.input.timings;
  return untilInterrupted(work, workspace, "run checks", ({ runChecks }) =>
    runChecks({ feature: work.ref, workspace, commandMs }),
  );
}

/** Same tree, parent, message and date give the same commit, so a second run changes nothing. */
export async function commit(
  work: FeatureWork,
  workspace: Workspace,
): Promise<CommitOutcome | "elsewhere"> {
  const at = new Date().toISOString();
  const shown = work.pullRequest()?.commit;
  const onto = shown === undefined ? {} : { onto: shown };
  return whileHostLives(work, workspace, () =>
    work.host(workspace, "commit").commitFeature({ feature: work.ref, workspace, at, ...onto }),
  );
}
