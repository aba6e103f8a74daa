/** Brings a feature's commit onto the mission's branch, in the engine's repository and then in the user's. */
import { join } from "node:path";
import type { IntegrateInput, IntegrateOutcome } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { commitDates, findObjects, type Git, GitFailure, gitLine } from "../store/git.js";
import {
  type EngineRepository,
  moveRef,
  openEngineRepository,
  type Relation,
  relate,
} from "./adapters/engine-repository.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";
import { adoptUserCommits, publish, readUserBranch } from "./adapters/publish.js";
import { missing, whileHeartbeating } from "./heartbeat.js";
import { removeFolder } from "./remove-folder.js";
import { requireRecord, workspaceName } from "./workspace.js";

const TRIES = 50;
const NAMED_CONFLICTS = 20;

export interface IntegrationDependencies {
  paths: EnginePaths;
  git: Git;
}

export function createIntegrationActivities({ paths, git }: IntegrationDependencies) {
  return {
    /** Merges without a work tree. A commit that is on the branch already stays there once; a repeat only publishes again. */
    async integrateFeature(input: IntegrateInput): Promise<IntegrateOutcome> {
      return whileHeartbeating(async () => {
        const { missionId, featureId, generation } = input.feature;
        const record = await requireRecord(paths, missionId);
        const repository = await openEngineRepository(git, paths, record);
        return oneAtATime(repository.gitDir, async () => {
          const theirs = await readUserBranch(git, record, repository.ref);
          const adopt = (ours: string) => adoptUserCommits(git, repository, record, theirs, ours);
          const merged = await merge(git, repository, input, adopt);
          if (merged.kind === "conflict") return merged;
          await appendFeatureEvent(paths.features, missionId, featureId, {
            key: `integrated/${generation}/${input.commit}`,
            at: input.at,
            kind: "integrated",
            head: merged.head,
          });
          const reason = await publish(git, repository, record, theirs, merged.head);
          // The commit is on the branch; a POC mission goes on in its one workspace.
          const name = workspaceName(missionId, featureId, record.mode);
          if (record.mode === "full") await removeFolder(join(paths.workspaces, name));
          return reason === undefined ? merged : { kind: "unpublished", head: merged.head, reason };
        });
      });
    },
  };
}

type Merged = { kind: "merged"; head: string } | { kind: "conflict"; files: string[] };

async function merge(
  git: Git,
  repository: EngineRepository,
  { feature, commit, at }: IntegrateInput,
  adopt: (head: string) => Promise<boolean>,
): Promise<Merged> {
  const { gitDir, ref } = repository;
  for (let n = 0; n < TRIES; n += 1) {
    const { one: head, base } = await relateToBranch(git, repository, commit);
    if (await adopt(head)) continue;
    if (base === commit || commit === "") return { kind: "merged", head };
    let next = commit;
    if (base !== head) {
      const tree = await mergeTrees(git, gitDir, head, commit);
      if (typeof tree !== "string") return tree;
      const parents = ["-p", head, "-p", commit];
      next = await gitLine(git, gitDir, ["commit-tree", tree, ...parents], {
        env: commitDates(at),
        input: `Merge feature ${feature.featureId}\n\nMission: ${feature.missionId}\n`,
      });
    }
    if (await moveRef(git, gitDir, ref, next, head)) return { kind: "merged", head: next };
  }
  throw new Error(`${ref} moved ${TRIES} times while feature ${feature.featureId} was merged`);
}

/** How the branch stands to a commit, or to itself where there is none. */
async function relateToBranch(
  git: Git,
  { gitDir, ref }: EngineRepository,
  commit: string,
): Promise<Relation> {
  try {
    return await relate(git, gitDir, ref, commit || ref);
  } catch (error) {
    if (!(error instanceof GitFailure) || commit === "") throw error;
    const [there] = await findObjects(git, gitDir, [`${commit}^{commit}`]);
    throw there === undefined ? missing(`Commit ${commit.slice(0, 12)}`) : error;
  }
}

/** @returns the merged tree, or the files that both sides changed. */
async function mergeTrees(git: Git, gitDir: string, head: string, commit: string) {
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", head, commit];
  try {
    const [tree = ""] = (await git(gitDir, args)).split("\0");
    return tree;
  } catch (error) {
    if (!(error instanceof GitFailure) || error.exitCode !== 1 || error.stdout === "") throw error;
    const [, ...files] = error.stdout.split("\0");
    const named = [...new Set(files.filter((file) => file !== ""))];
    return {
      kind: "conflict" as const,
      files: named.slice(0, NAMED_CONFLICTS).map((file) => file.slice(0, 80)),
    };
  }
}
