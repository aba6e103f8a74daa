/** The body of a `browser-qa` feature: a workspace of what is integrated, one look at its app, its report handed over. No commit. */
import { isCancellation } from "@temporalio/workflow";
import type { LookOutcome, Workspace } from "../../domain/work.js";
import { explainFailure, isHostSilent } from "../failure-causes.js";
import type { FeatureResult } from "../feature-input.js";
import type { FeatureWork } from "../feature-work.js";
import { stoppedBy } from "../safety.js";

/** Findings named where it is blocked. */
const NAMED = 2;

export async function browserQaFeature(work: FeatureWork): Promise<FeatureResult> {
  try {
    return await lookOnce(work);
  } catch (error) {
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    return work.end("blocked", { note: explainFailure(error), ...stoppedBy(error) });
  }
}

async function lookOnce(work: FeatureWork): Promise<FeatureResult> {
  let workspace: Workspace | undefined;
  for (;;) {
    await work.untilRunnable();
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    workspace ??= await work.place();
    if (workspace === undefined) continue;
    const outcome = await look(work, workspace);
    if (outcome === "interrupted") continue;
    if (outcome === "elsewhere") {
      workspace = undefined;
      continue;
    }
    const { verdict, summary, worst, files } = outcome;
    const more = {
      note: [summary, ...(verdict === "failed" ? worst.slice(0, NAMED) : [])].join("; "),
      hostQueue: workspace.hostQueue,
      ...(files.length === 0 ? {} : { files }),
    };
    // Nothing that was not seen to be right is done.
    return work.end(verdict === "passed" ? "done" : "blocked", more);
  }
}

/** "elsewhere": its host is gone. @throws what `explainFailure` explains. */
async function look(
  work: FeatureWork,
  workspace: Workspace,
): Promise<LookOutcome | "interrupted" | "elsewhere"> {
  const { commandMs } = work.input.timings;
  for (;;) {
    try {
      return await work.onHost(workspace, "look at the app", ({ lookAtApp }) =>
        lookAtApp({ feature: work.ref, workspace, commandMs }),
      );
    } catch (error) {
      if (isCancellation(error) || work.stopping() !== undefined) return "interrupted";
      if (!isHostSilent(error)) throw error;
      if (!(await work.isHostAlive(workspace))) return "elsewhere";
    }
  }
}
