/** Files that features left in the blob store (transcripts, diffs), found through the feature records. */
import { getBlob } from "../store/blobs.js";
import type { FeatureEvent } from "../store/feature-record.js";
import { readFeatureEvents } from "../store/feature-record.js";
import { isMissing } from "../store/files.js";
import type { BlobRef } from "../domain/mission.js";
import type { Context } from "./context.js";
import { findRecord } from "./find-mission.js";
import { featuresOf, findFeature, readMissionPlan } from "./mission-plan.js";

export interface StoredFile {
  feature: string;
  at: string;
  attempt?: number;
  sha256: string;
  /** Absent when the file is not on this host. */
  text?: string;
}

/** Of one feature, or of all in the order of the plan. @param pick the file of an event, where it has one. */
export async function readStoredFiles(
  context: Context,
  typed: string[],
  pick: (event: FeatureEvent) => BlobRef | undefined,
): Promise<{ missionId: string; files: StoredFile[] }> {
  const { paths } = context;
  const { record, others } = await findRecord(context, typed, {
    names: ["feature"],
    optional: true,
  });
  const plan = await readMissionPlan(paths, record);
  const [wanted] = others;
  const features =
    wanted === undefined ? featuresOf(plan) : [findFeature(plan, record.missionId, wanted)];
  const files: StoredFile[] = [];
  for (const { feature } of features) {
    for (const event of await readFeatureEvents(paths.features, record.missionId, feature.id)) {
      const blob = pick(event);
      if (blob === undefined) continue;
      const text = await readText(paths.blobs, blob.sha256);
      files.push({
        feature: feature.id,
        at: event.at,
        ...(event.attempt === undefined ? {} : { attempt: event.attempt }),
        sha256: blob.sha256,
        ...(text === undefined ? {} : { text }),
      });
    }
  }
  return { missionId: record.missionId, files };
}

async function readText(blobs: string, sha256: string): Promise<string | undefined> {
  try {
    return (await getBlob(blobs, sha256)).toString("utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
