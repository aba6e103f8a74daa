/** Pull requests of features and of whole missions, on the mission's home: the only host that talks to the forge. */
import { setTimeout as sleep } from "node:timers/promises";
import { featureBranch } from "../domain/ids.js";
import { Problem } from "../domain/problem.js";
import type {
  AbandonedPullRequests,
  MissionPullRequestInput,
  MissionPullRequestOutcome,
  PullRequestEnded,
  PullRequestEnding,
  PullRequestInput,
  PullRequestOutcome,
  PullRequestState,
  PullRequestWatch,
} from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { type Git, refPart } from "../store/git.js";
import type { MissionRecord } from "../store/mission-record.js";
import {
  branchHead,
  type EngineRepository,
  openEngineRepository,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import { abandonPullRequests, textHash } from "./abandoned-pull-requests.js";
import { whileTalking } from "./forge-talk.js";
import { oneAmongWorkers } from "./adapters/one-at-a-time.js";
import { takeCommit } from "./base.js";
import { repositoryOf, requireRecord } from "./mission-place.js";
import type { BlobFilePort } from "./hosts-ports.js";
import { settleEarlier, settleOrKeep } from "./unsettled.js";
import type { ForgesPort, MissionForge } from "./forge-ports.js";
import type { BlobPort, HostClock } from "./ports.js";
import { expectsCi, featureOrder, missionOrder } from "./pull-request-order.js";

export interface PullRequestDependencies {
  paths: EnginePaths;
  git: Git;
  blobs: BlobPort;
  blobFiles: BlobFilePort;
  clock: HostClock;
  forges: ForgesPort;
  /** Takes every known secret value out of a text. */
  scrub: (text: string) => string;
  /** Texts of templates/pull-request.md and templates/mission-pull-request.md. */
  pullRequestTemplates: { feature: string; mission: string };
  /** Between two looks whether the forge has seen a merge. */
  settleMs?: number;
}

/** A forge works out after a push which pull requests it has merged. */
const LOOKS = 8;
const BETWEEN_LOOKS_MS = 1_000;

export function createPullRequestActivities(deps: PullRequestDependencies) {
  return {
    /**
     * Pushes the mission's branch and the feature's, and opens the one pull request between them or brings it up to date.
     * Safe to repeat: everything is looked for before it is made. @throws ApplicationFailure ForgeUnavailable, retried.
     */
    async openPullRequest(input: PullRequestInput): Promise<PullRequestOutcome> {
      return whileTalking<PullRequestOutcome>(
        async (signal) => {
          const opened = await openFor(deps, input.feature, signal);
          const { forge, repository, record } = opened;
          const { featureId, missionId, generation } = input.feature;
          if (input.bundle !== undefined)
            await takeCommit(deps, repository, input.feature, {
              commit: input.commit,
              bundle: input.bundle,
            });
          const head = featureBranch(missionId, refPart(featureId));
          await pushBase(deps.git, opened, [{ name: head, commit: input.commit }], signal);
          const base = branchName(repository);
          const order = await featureOrder(deps, record, repository, input, { head, base });
          const { id, where, awaitsCi } = await forge.port.open(order);
          await appendFeatureEvent(deps.paths.features, missionId, featureId, {
            key: `pull-request/${generation}/${input.commit}`,
            at: new Date(deps.clock.now()).toISOString(),
            kind: "pull-request",
            id,
            where,
            commit: input.commit,
            text: textHash(order),
          });
          const expected =
            forge.place !== undefined &&
            (await expectsCi(deps.git, repository.gitDir, input.commit, forge.place.kind));
          return { kind: "open", id, where, awaitsCi: awaitsCi || expected };
        },
        {
          refused: refusedBy,
          ...(input.takesLater === true
            ? { later: (waitMs, why) => ({ kind: "later", waitMs, why }) }
            : {}),
        },
      );
    },

    /** Only reads. @throws ApplicationFailure ForgeUnavailable, retried. */
    async readPullRequest({ feature, id, commit }: PullRequestWatch): Promise<PullRequestState> {
      return whileTalking(async (signal) => {
        const { forge } = await openFor(deps, feature, signal);
        return forge.port.read(id, commit);
      });
    },

    /**
     * Brings the mission's branch to the forge, which then sees that the feature is merged; says so in the pull request once,
     * and closes it where the forge does not by itself. Those that could not be told earlier follow. Safe to repeat.
     * @throws ApplicationFailure ForgeUnavailable, retried.
     */
    async settlePullRequest(input: PullRequestEnding): Promise<PullRequestEnded> {
      return whileTalking<PullRequestEnded>(
        async (signal) => {
          const tell = (ending: PullRequestEnding) => settle(deps, ending, signal);
          const { note } = await settleOrKeep(deps.paths, input, tell);
          const earlier = await settleEarlier(deps.paths, input.feature.missionId, tell);
          const notes = [
            ...(note === undefined ? [] : [note]),
            ...(earlier.length === 0 ? [] : [`Told of their merge by now: ${earlier.join(", ")}.`]),
          ];
          return notes.length === 0 ? {} : { note: notes.join(" ").slice(0, 600) };
        },
        {
          refused: (problem) => ({ note: `${problem.message} ${problem.remedy}` }),
          later: (laterMs, note) => ({ laterMs, note }),
        },
      );
    },

    /**
     * Opens the mission's own pull request, to the branch that it began from, for people to merge; before that it tells those of
     * features what they could not be told when they were merged. Safe to repeat.
     * @throws ApplicationFailure ForgeUnavailable, retried.
     */
    async openMissionPullRequest(
      input: MissionPullRequestInput,
    ): Promise<MissionPullRequestOutcome> {
      return whileTalking<MissionPullRequestOutcome>(
        async (signal) => {
          const record = await requireRecord(deps.paths, input.missionId);
          const tell = (ending: PullRequestEnding) => settle(deps, ending, signal);
          await settleEarlier(deps.paths, input.missionId, tell);
          const { forge: place } = record;
          if (place?.target === undefined) return { kind: "none" };
          const opened = await openRepository(deps, record, undefined, signal);
          await pushBase(deps.git, opened, [], signal);
          const { repository, forge } = opened;
          const head = branchName(repository);
          const to = { head, base: place.target };
          const order = await missionOrder(deps, record, repository, input.planHash, to);
          if (order === undefined) return { kind: "none" };
          const { where } = await forge.port.open(order);
          return { kind: "open", where };
        },
        { refused: refusedBy },
      );
    },

    /**
     * Of a cancelled mission: tells those of merged features so, and closes those that were never merged with a word, where
     * nobody but us has touched them. Safe to repeat. @throws ApplicationFailure ForgeUnavailable, retried.
     */
    async abandonPullRequests(input: MissionPullRequestInput): Promise<AbandonedPullRequests> {
      return whileTalking(async (signal) => {
        const record = await requireRecord(deps.paths, input.missionId);
        const tell = (ending: PullRequestEnding) => settle(deps, ending, signal);
        await settleEarlier(deps.paths, input.missionId, tell);
        return abandonPullRequests(deps, record, input.planHash, signal);
      });
    },
  };
}

const refusedBy = (problem: Problem) => ({
  kind: "refused" as const,
  reason: `${problem.message} ${problem.remedy}`.slice(0, 600),
});

interface Opened {
  record: MissionRecord;
  repository: EngineRepository;
  forge: MissionForge;
}

async function openFor(
  deps: PullRequestDependencies,
  feature: PullRequestInput["feature"],
  signal: AbortSignal,
): Promise<Opened> {
  const record = await requireRecord(deps.paths, feature.missionId);
  return openRepository(deps, record, await repositoryOf(deps.blobs, feature), signal);
}

async function openRepository(
  { git, paths, forges }: PullRequestDependencies,
  record: MissionRecord,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Opened> {
  const repository = await openEngineRepository(git, paths, repositoryPlace(record, name));
  return { record, repository, forge: await forges.open(record, name, signal) };
}

const branchName = ({ ref }: EngineRepository) => ref.replace(/^refs\/heads\//, "");

/** One push at a time, each with the branch as it stands then: an older one would be refused beside a newer. */
async function pushBase(
  git: Git,
  { forge, repository }: Opened,
  more: { name: string; commit: string }[],
  signal: AbortSignal,
): Promise<void> {
  if (forge.place === undefined) return;
  const push = async () => {
    const base = { name: branchName(repository), commit: await branchHead(git, repository) };
    await forge.push(repository.gitDir, [base, ...more]);
  };
  await oneAmongWorkers(`${repository.gitDir}.push`, push, signal);
}

async function settle(
  deps: PullRequestDependencies,
  { feature, id, commit, head }: PullRequestEnding,
  signal: AbortSignal,
): Promise<{ note?: string }> {
  const { settleMs = BETWEEN_LOOKS_MS } = deps;
  const opened = await openFor(deps, feature, signal);
  await pushBase(deps.git, opened, [], signal);
  const { forge, repository } = opened;
  const { port, place } = forge;
  const look = async () => (await port.read(id, commit)).state;
  let state = await look();
  for (let n = 1; state === "open" && n < LOOKS; n += 1) {
    await sleep(settleMs, undefined, { signal });
    state = await look();
  }
  const base = branchName(repository);
  const said = `Merged into \`${base}\` at ${head} by the engine, after its tests passed there.`;
  await port.comment(id, `merged/${feature.missionId}/${feature.featureId}/${commit}`, said);
  if (state !== "open" || place === undefined) return {};
  await port.close(id);
  return { note: `${place.host} did not see the merge by itself; its pull request is closed.` };
}
