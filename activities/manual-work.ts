/** What a person who does a feature has to know, and where its workspace is on this host. */
import type { ManualWorkInput } from "../domain/work.js";
import { manualQuestion } from "../domain/manual-question.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { readPlanFeature } from "./plan.js";
import type { BlobPort } from "./ports.js";

export interface ManualWorkDependencies {
  paths: EnginePaths;
  hostId: string;
  blobs: BlobPort;
  /** Takes every known secret value out of a text. */
  scrub: (text: string) => string;
}

export function createManualWorkActivities(deps: ManualWorkDependencies) {
  return {
    /** The question of the gate that waits for a person, at most 2 kB. Reads only; safe to repeat. */
    async describeManualWork(input: ManualWorkInput): Promise<{ question: string }> {
      const { planHash, milestoneId, featureId } = input.feature;
      const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
      const { tree } = workspacePaths(deps.paths.workspaces, input.workspace.name);
      const place = {
        folder: tree,
        hostId: deps.hostId,
        isClone: input.workspace.baseCommit !== "",
      };
      return { question: deps.scrub(manualQuestion(feature, place)) };
    },
  };
}
