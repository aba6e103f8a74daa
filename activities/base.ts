/** What a feature starts from, on its way from the mission's home to a host that has never seen the mission. */
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { BlobRef } from "../domain/mission.js";
import type { BundledCommit, PublishedBase } from "../domain/between-hosts.js";
import type { FeatureRef } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readTextIfThere, writeWhole } from "../store/files.js";
import type { Git } from "../store/git.js";
import { parsePlace, publishedPlace, writeMissionPlace } from "../store/mission-place.js";
import { exportBundle, importBundle, makeBare } from "./adapters/bundles.js";
import {
  type EngineRepository,
  engineRepositoryPath,
  featureRef,
  isThere,
  moveRef,
  openEngineRepository,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";
import { missing, whileHeartbeating } from "./heartbeat.js";
import { repositoryOf, requireRecord } from "./mission-place.js";
import type { BlobFilePort } from "./hosts-ports.js";
import type { BlobPort } from "./ports.js";
import { readStart } from "./start-commit.js";

export interface BaseDependencies {
  paths: EnginePaths;
  git: Git;
  blobs: BlobPort;
  blobFiles: BlobFilePort;
}

/** A step that is larger than this part of the whole, and than this, is followed by a new whole. */
const STEP = { share: 0.5, bytes: 10_000_000 } as const;

export function createBaseActivities(deps: BaseDependencies) {
  return {
    /** Puts the mission's place and the base commit into the store, for another host. Only the home can; safe to repeat. */
    async publishBase({ feature }: { feature: FeatureRef }): Promise<PublishedBase> {
      return whileHeartbeating(async () => {
        const { git, paths, blobs, blobFiles } = deps;
        const record = await requireRecord(paths, feature.missionId);
        const publish = (shallow?: string) =>
          blobs.put(JSON.stringify(publishedPlace(record, shallow)), "place.json");
        if (record.workspace === "folder") return { place: await publish(), head: "", bundles: [] };
        const place = repositoryPlace(record, await repositoryOf(blobs, feature));
        const repository = await openEngineRepository(git, paths, place);
        const { gitDir } = repository;
        const { head, before } = await readStart(git, repository, feature);
        const unmerged =
          before && (await exportBundle(git, blobFiles, gitDir, before.id, before.parent));
        return {
          place: await publish(await readTextIfThere(join(gitDir, "shallow"))),
          head,
          bundles: await oneAtATime(`bundles of ${gitDir}`, () => bundlesOf(deps, gitDir, head)),
          ...(unmerged === undefined ? {} : { unmerged }),
        };
      });
    },
  };
}

/** What was published last of a repository: a whole, and the step from it to a later head. */
interface Published {
  whole: BundledCommit;
  step?: BundledCommit;
}

/** A whole bundle is made once and serves many heads: what came after it follows as a second, small one. */
async function bundlesOf(
  { git, blobFiles }: BaseDependencies,
  gitDir: string,
  head: string,
): Promise<BundledCommit[]> {
  const file = join(gitDir, "published.json");
  const last = await readPublished(file);
  const isStored = ({ bundle }: BundledCommit) =>
    blobFiles.file(bundle.sha256).then(
      () => true,
      () => false,
    );
  const keep = async (published: Published) => {
    await writeWhole(file, JSON.stringify(published));
    return published.step === undefined ? [published.whole] : [published.whole, published.step];
  };
  if (last !== undefined && (await isStored(last.whole))) {
    const { whole, step } = last;
    if (whole.commit === head) return [whole];
    if (step?.commit === head && (await isStored(step))) return [whole, step];
    const next = await exportBundle(git, blobFiles, gitDir, head, whole.commit);
    const { bytes } = next.bundle;
    if (bytes < STEP.bytes || bytes < whole.bundle.bytes * STEP.share)
      return keep({ whole, step: next });
  }
  return keep({ whole: await exportBundle(git, blobFiles, gitDir, head) });
}

/** The file is the engine's own: one that cannot be read is written anew. */
async function readPublished(file: string): Promise<Published | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Published;
  } catch {
    return undefined;
  }
}

/**
 * Takes in what the home has published: the mission's place, and the commits. Safe to repeat.
 * @returns the repository, with a ref that stands at the head. @throws Problem when it is not what it says.
 */
export async function takeBase(
  { git, paths, blobs, blobFiles }: BaseDependencies,
  feature: FeatureRef,
  base: PublishedBase,
): Promise<EngineRepository> {
  const { missionId, generation, featureId } = feature;
  const text = Buffer.from(await blobs.get(base.place.sha256)).toString("utf8");
  const place = parsePlace(text, missionId);
  if (place === undefined) throw missing(`The place of mission ${missionId}`);
  const { shallow, ...kept } = place;
  await writeMissionPlace(paths, kept);
  const { name } = repositoryPlace({ ...kept, isHome: false }, await repositoryOf(blobs, feature));
  const gitDir = engineRepositoryPath(paths, name);
  return oneAtATime(gitDir, async () => {
    if (!(await isThere(gitDir))) await makeWhole(gitDir, base.head.length);
    if (shallow !== undefined) await writeFile(join(gitDir, "shallow"), shallow);
    for (const { commit, bundle } of base.bundles)
      await importBundle(git, blobFiles, gitDir, { commit, bundle });
    const ref = `refs/missions/bases/${base.head}`;
    await moveRef(git, gitDir, ref, base.head);
    const { unmerged } = base;
    if (unmerged !== undefined) {
      const { commit, bundle } = unmerged;
      await importBundle(git, blobFiles, gitDir, { commit, bundle });
      await moveRef(git, gitDir, featureRef(generation, featureId), commit);
    }
    return { gitDir, ref };
  });
}

async function makeWhole(gitDir: string, idLength: number): Promise<void> {
  const fresh = `${gitDir}.${randomBytes(4).toString("hex")}.new`;
  try {
    await makeBare(fresh, idLength);
    await rename(fresh, gitDir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await isThere(gitDir))) throw error; // else another process was first
  }
}

/** @throws ApplicationFailure, retried: another host may reach the store. */
export async function requireStore(blobs: BlobPort, planHash: string): Promise<void> {
  await blobs.get(planHash).catch((error: unknown) => {
    throw ApplicationFailure.create({
      type: FAILURE.unexpected,
      message: `This host does not reach the store of the mission's home: set MISSIONS_STORE to the same folder on all hosts. (${String(error).slice(0, 150)})`,
    });
  });
}

/**
 * Takes in the commit that another host made of a feature: onto the mission's branch by one line of commits, and nothing else.
 * Safe to repeat. @throws Problem when it is not what it says.
 */
export async function takeCommit(
  { git, blobFiles }: Pick<BaseDependencies, "git" | "blobFiles">,
  { gitDir, ref }: EngineRepository,
  { generation, featureId }: FeatureRef,
  { commit, bundle }: { commit: string; bundle: BlobRef },
): Promise<void> {
  const own = featureRef(generation, featureId);
  // what mends a commit that a pull request shows stands on that one as well
  await importBundle(git, blobFiles, gitDir, { commit, bundle, onto: ref, merges: own });
  await moveRef(git, gitDir, own, commit);
}
