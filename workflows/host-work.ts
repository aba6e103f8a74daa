/** Work on the host of a feature's workspace, asked for again while that host is silent but lives. */
import { isCancellation } from "@temporalio/workflow";
import type { Workspace } from "../domain/work.js";
import type { hostWork } from "./effects.js";
import { isHostSilent } from "./failure-causes.js";
import type { FeatureWork } from "./feature-work.js";

/** @returns "elsewhere" when its host is gone. @throws what `explainFailure` explains. */
export async function whileHostLives<Result>(
  work: FeatureWork,
  workspace: Workspace,
  run: () => Promise<Result>,
): Promise<Result | "elsewhere"> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isHostSilent(error)) throw error;
      if (!(await work.isHostAlive(workspace))) return "elsewhere";
    }
  }
}

/** @returns also "interrupted" when a pause, a steer or a stop ended it. @throws what `explainFailure` explains. */
export async function untilInterrupted<Result>(
  work: FeatureWork,
  workspace: Workspace,
  what: string,
  run: (activities: ReturnType<typeof hostWork>) => Promise<Result>,
): Promise<Result | "interrupted" | "elsewhere"> {
  return whileHostLives(work, workspace, async () => {
    try {
      return await work.onHost(workspace, what, run);
    } catch (error) {
      if (isCancellation(error) || work.stopping() !== undefined) return "interrupted";
      throw error;
    }
  });
}
