/** `briefs/<feature>.md` in the mission folder of a Full-mode mission: what each feature was told, for people. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FeatureStatus, FeatureView } from "../domain/mission.js";
import type { PlanFeature } from "../domain/plan.js";
import type { MissionFileInput } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readFeatureEvents } from "../store/feature-record.js";
import { writeWhole } from "../store/files.js";
import type { MissionRecord } from "../store/mission-record.js";
import type { BriefPort } from "./brief-port.js";
import { readStoredPlan } from "./plan.js";
import type { BlobPort } from "./ports.js";

const FOLDER = "briefs";
const NOT_BEGUN: ReadonlySet<FeatureStatus> = new Set([
  "pending",
  "queued",
  "skipped",
  "cancelled",
]);

export interface BriefFileDependencies {
  paths: EnginePaths;
  blobs: BlobPort;
  briefs: BriefPort;
}

/**
 * Writes the briefs of features that have begun and have none; one that is there is a person's to edit. Safe to repeat.
 * @returns the features, each that has a brief with its file. @throws the system's error (ENOSPC) with nothing half-written.
 */
export async function writeBriefs(
  deps: BriefFileDependencies,
  input: MissionFileInput,
  record: MissionRecord,
): Promise<FeatureView[]> {
  if (input.mode !== "full") return input.features;
  const folder = join(record.folder, FOLDER);
  const there = new Set(await readdir(folder).catch(() => []));
  const begun = input.features.filter(({ status }) => !NOT_BEGUN.has(status));
  const missing = begun.filter(({ id }) => !there.has(nameOf(id)));
  if (missing.length > 0) {
    const plan = await readStoredPlan(deps.blobs, input.planHash);
    const planned = new Map(
      plan.milestones.flatMap(({ features }) => features.map((each) => [each.id, each])),
    );
    for (const { id } of missing) {
      const feature = planned.get(id);
      if (feature === undefined) continue; // the plan dropped it
      const order = { ...(await placeOf(deps, record, feature)), plan, feature };
      const { missionId, planHash } = input;
      const text = await deps.briefs.forPeople({ ...order, missionId, planHash });
      await writeWhole(join(folder, nameOf(id)), text);
      there.add(nameOf(id));
    }
  }
  return input.features.map((feature) =>
    there.has(nameOf(feature.id))
      ? { ...feature, files: [`${FOLDER}/${nameOf(feature.id)}`, ...(feature.files ?? [])] }
      : feature,
  );
}

const nameOf = (featureId: string) => `${featureId}.md`;

/** The commit that its work began from, as this host knows it. */
async function placeOf(
  { paths }: BriefFileDependencies,
  record: MissionRecord,
  { id }: PlanFeature,
) {
  const events = await readFeatureEvents(paths.features, record.missionId, id);
  const made = events.findLast(({ kind }) => kind === "workspace");
  const baseCommit = made?.kind === "workspace" ? made.baseCommit : "";
  return { baseCommit, missionFolder: record.folder };
}
