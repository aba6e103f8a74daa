/** Brings a feature's commit onto the mission's branch once it is tested there, in the engine's repository and then in the user's. */
import { join } from "node:path";
import type { IntegrateInput, IntegrateOutcome } from "../domain/shipping-work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { MissionRecord } from "../store/mission-record.js";
import {
  type EngineRepository,
  moveRef,
  openEngineRepository,
  type RepositoryPlace,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import { oneAmongWorkers, oneAtATime } from "./adapters/one-at-a-time.js";
import { adoptUserCommits, publish, readUserBranch, type UserBranch } from "./adapters/publish.js";
import { takeCommit } from "./base.js";
import { type CheckDependencies, orCancelled } from "./checks.js";
import { whileHeartbeating } from "./heartbeat.js";
import { makeMerge } from "./merge-commit.js";
import { testMerge } from "./merge-tests.js";
import { repositoryOf, requireRecord } from "./mission-place.js";
import type { BlobFilePort } from "./hosts-ports.js";
import { removeFolder } from "./remove-folder.js";
import { tickedTree } from "./todo-tick.js";
import { workspaceName } from "./workspace.js";

const TRIES = 50;

export interface IntegrationDependencies extends CheckDependencies {
  blobFiles: BlobFilePort;
}

export function createIntegrationActivities(deps: IntegrationDependencies) {
  return {
    /**
     * Merges without a work tree, tests the merged commit, and moves the branch only when it is green. A commit that is on
     * the branch already stays there once; a repeat only publishes again.
     */
    async integrateFeature(input: IntegrateInput): Promise<IntegrateOutcome> {
      return whileHeartbeating((signal) =>
        orCancelled(signal, () => integrate(deps, input, signal)),
      );
    },
  };
}

async function integrate(
  deps: IntegrationDependencies,
  input: IntegrateInput,
  signal: AbortSignal,
): Promise<IntegrateOutcome> {
  const { git, paths } = deps;
  const { missionId, featureId, generation } = input.feature;
  const record = await requireRecord(paths, missionId);
  const name = await repositoryOf(deps.blobs, input.feature);
  const place = repositoryPlace(record, name);
  const repository = await openEngineRepository(git, paths, place);
  const { gitDir } = repository;
  if (input.bundle !== undefined)
    await takeCommit(deps, repository, input.feature, {
      commit: input.commit,
      bundle: input.bundle,
    });

  const merged = await advance(deps, { input, record, place, repository, signal });
  if (merged.kind !== "merged") return merged;
  const publishing = async () => {
    await appendFeatureEvent(paths.features, missionId, featureId, {
      key: `integrated/${generation}/${input.commit}`,
      at: input.at,
      kind: "integrated",
      head: merged.head,
    });
    // Tests take their time, but only a work tree that moves along must be known as it is now.
    const theirs =
      place.dedicated === true ? await readUserBranch(git, place, repository.ref) : merged.theirs;
    return publish(git, repository, place, theirs, merged.head);
  };
  const reason = await oneAtATime(gitDir, () =>
    oneAmongWorkers(`${gitDir}.turn`, publishing, signal),
  );
  // The commit is on the branch; a POC mission goes on in its one workspace.
  const workspace = workspaceName(missionId, featureId, record.mode, name);
  if (record.mode === "full") await removeFolder(join(paths.workspaces, workspace));
  const { theirs: _, tidied, ...outcome } = merged;
  await tidied;
  return reason === undefined ? outcome : { kind: "unpublished", head: merged.head, reason };
}

interface Order {
  input: IntegrateInput;
  record: MissionRecord;
  place: RepositoryPlace;
  repository: EngineRepository;
  signal: AbortSignal;
}

type Advanced =
  | Extract<IntegrateOutcome, { kind: "conflict" | "red" }>
  | (Extract<IntegrateOutcome, { kind: "merged" }> & {
      theirs: UserBranch;
      tidied?: Promise<void>;
    });

/** Nothing is locked while tests run: a branch that has moved meanwhile is merged with and tested anew. */
async function advance(deps: IntegrationDependencies, order: Order): Promise<Advanced> {
  const { git } = deps;
  const { input, record, place, repository, signal } = order;
  const { feature, at, commit, commandMs } = input;
  const { gitDir, ref } = repository;
  const mayForward = record.mode !== "full";
  for (let n = 0; n < TRIES; n += 1) {
    const { merge, theirs } = await oneAtATime(gitDir, async () => {
      const reading = readUserBranch(git, place, ref);
      reading.catch(() => undefined); // awaited below, unless the merge fails before
      const adopt = async (ours: string) =>
        adoptUserCommits(git, repository, place, await reading, ours);
      const dress = (tree: string) => tickedTree(deps, record, gitDir, feature, tree);
      const how = { adopt, mayForward, ...(mayForward ? {} : { dress }) };
      const merge = await makeMerge(git, repository, input, how);
      return { merge, theirs: await reading };
    });
    if (merge.kind === "moved") continue;
    if (merge.kind === "conflict") return merge;
    if (merge.kind === "there") return { kind: "merged", head: merge.head, theirs };
    const { head, next } = merge;
    const isForward = next === commit;
    const tested =
      commandMs === undefined
        ? undefined
        : await testMerge(deps, {
            ...{ feature, at, repository, head, merged: next, isForward, commandMs, signal },
          });
    if (tested?.kind === "red") return tested;
    signal.throwIfAborted();
    if (!(await moveRef(git, gitDir, ref, next, head))) {
      await tested?.tidied;
      continue;
    }
    const { flaky = [], redBefore = [] } = tested ?? {};
    return {
      kind: "merged",
      head: next,
      theirs,
      ...(tested?.tidied === undefined ? {} : { tidied: tested.tidied }),
      ...(flaky.length === 0 ? {} : { flaky }),
      ...(redBefore.length === 0 ? {} : { redBefore }),
    };
  }
  throw new Error(`${ref} moved ${TRIES} times while feature ${feature.featureId} was merged`);
}
