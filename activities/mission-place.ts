/** What this host knows of a mission, for activities that cannot work without it. */
import type { FeatureRef } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readMissionPlace } from "../store/mission-place.js";
import { type MissionRecord, readMissionRecord } from "../store/mission-record.js";
import type { Git } from "../store/git.js";
import { openEngineRepository, repositoryPlace } from "./adapters/engine-repository.js";
import { missing } from "./heartbeat.js";
import { readPlanFeature } from "./plan.js";
import type { BlobPort } from "./ports.js";

/** The record, which only the home has. @throws ApplicationFailure MissingRecord, never retried. */
export async function requireRecord(paths: EnginePaths, missionId: string): Promise<MissionRecord> {
  const record = await readMissionRecord(paths.state, missionId);
  if (record === undefined) throw missing(`The record of mission ${missionId}`);
  return record;
}

/** Where the mission works, on any host that was given one of its features. @throws as `requireRecord`. */
export async function requirePlace(paths: EnginePaths, missionId: string) {
  const place = await readMissionPlace(paths, missionId);
  if (place === undefined) throw missing(`The place of mission ${missionId}`);
  return place;
}

/** Name of the repository that a feature is done in; undefined for the mission's own. */
export async function repositoryOf(
  blobs: BlobPort,
  { planHash, milestoneId, featureId }: FeatureRef,
): Promise<string | undefined> {
  return (await readPlanFeature(blobs, planHash, milestoneId, featureId)).repository;
}

/** The engine's repository in which a feature is done, on any host that has its workspace. @throws as `requirePlace`, and Problem. */
export async function openFeatureRepository(
  { git, paths, blobs }: { git: Git; paths: EnginePaths; blobs: BlobPort },
  feature: FeatureRef,
) {
  const place = await requirePlace(paths, feature.missionId);
  const user = repositoryPlace(place, await repositoryOf(blobs, feature));
  return openEngineRepository(git, paths, user);
}
