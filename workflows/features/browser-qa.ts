/** The body of a `browser-qa` feature: a workspace of what is integrated, one look at its app, its report handed over. No commit. */
import type { Workspace } from "../../domain/work.js";
import { explainFailure } from "../failure-causes.js";
import type { FeatureResult } from "../feature-input.js";
import type { FeatureWork } from "../feature-work.js";
import { untilInterrupted } from "../host-work.js";
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
  const { commandMs } = work.input.timings;
  let workspace: Workspace | undefined;
  for (;;) {
    await work.untilRunnable();
    const stopping = work.stopping();
    if (stopping !== undefined) return work.end("cancelled", { note: stopping });
    workspace ??= await work.place();
    if (workspace === undefined) continue;
    const at = workspace;
    const outcome = await untilInterrupted(work, at, "look at the app", ({ lookAtApp }) =>
      lookAtApp({ feature: work.ref, workspace: at, commandMs }),
    );
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
