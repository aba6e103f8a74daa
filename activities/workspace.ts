/** Where a feature is done on this host: made, committed from, ended. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hostQueue } from "../domain/ids.js";
import type { MissionMode } from "../domain/mission.js";
import type {
  CommitInput,
  CommitOutcome,
  FeatureRef,
  PrepareInput,
  Workspace,
} from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { type Git, GitFailure, gitLine, refPart } from "../store/git.js";
import { type MissionRecord, readMissionRecord } from "../store/mission-record.js";
import { type WorkspacePaths, workspacePaths } from "../store/workspace-paths.js";
import { checkOut, copyIndex, layOver } from "./adapters/checkout.js";
import {
  type EngineRepository,
  featureRef,
  openEngineRepository,
  relate,
} from "./adapters/engine-repository.js";
import { baseIndex } from "./adapters/trees.js";
import { commitTree } from "./commit.js";
import { whileHeartbeating, missing } from "./heartbeat.js";
import { readOccupant, writeOccupant } from "./occupant.js";
import type { BlobPort, CommandPort, HostClock } from "./ports.js";
import { readPlanFeature } from "./plan.js";
import { removeFolder } from "./remove-folder.js";

export interface WorkspaceDependencies {
  paths: EnginePaths;
  hostId: string;
  git: Git;
  blobs: BlobPort;
  commands: CommandPort;
  clock: HostClock;
  /** Takes every known secret value out of a text. */
  scrub: (text: string) => string;
}

export const workspaceName = (missionId: string, featureId: string, mode: MissionMode) =>
  mode === "poc" ? `${missionId}-all` : `${missionId}-${featureId}`;

export const groupFile = (place: WorkspacePaths) => join(place.attempt, "group.json");

export function createWorkspaceActivities(deps: WorkspaceDependencies) {
  return {
    /** Makes the workspace, or finds what an earlier run made: work in it stays as it is. */
    async prepareWorkspace(input: PrepareInput): Promise<Workspace> {
      const { missionId, featureId } = input.feature;
      const name = workspaceName(missionId, featureId, input.mode);
      const place = workspacePaths(deps.paths.workspaces, name);
      const at = { hostId: deps.hostId, hostQueue: hostQueue(deps.hostId), name };
      const record = await requireRecord(deps.paths, missionId);
      if (record.workspace === "folder") {
        if (input.mode === "poc") await moveIn(deps, place, input.feature);
        await makeFolders(place, true);
        return { ...at, baseCommit: "" };
      }
      return whileHeartbeating(async () => {
        const baseCommit = await prepareClone(deps, record, place, input.feature);
        return { ...at, baseCommit };
      });
    },

    /** Same files, base and date give the same commit, so a second run changes nothing. */
    async commitFeature(input: CommitInput): Promise<CommitOutcome> {
      return whileHeartbeating(async () => {
        const record = await requireRecord(deps.paths, input.feature.missionId);
        return commitTree(deps, record, input);
      });
    },

    /** Ends what still runs in any workspace of the mission and removes them; plain folders stay, they are the result. Safe to repeat. */
    async endMission({ missionId }: { missionId: string }): Promise<void> {
      const { workspace } = await requireRecord(deps.paths, missionId);
      const names = await readdir(deps.paths.workspaces).catch(() => []);
      await whileHeartbeating(async () => {
        for (const name of names.filter((each) => each.startsWith(`${missionId}-`))) {
          const place = workspacePaths(deps.paths.workspaces, name);
          await deps.commands.endRecordedGroup(groupFile(place));
          if (workspace === "git") await removeFolder(join(place.tree, ".."));
        }
      });
    },
  };
}

export async function requireRecord(paths: EnginePaths, missionId: string): Promise<MissionRecord> {
  const record = await readMissionRecord(paths.state, missionId);
  if (record === undefined) throw missing(`The record of mission ${missionId}`);
  return record;
}

async function makeFolders(place: WorkspacePaths, withTree: boolean): Promise<void> {
  const folders = [place.handover, place.attempt, place.home, ...(withTree ? [place.tree] : [])];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
}

/** The plain folder of a POC mission passes from feature to feature with its files; hand-over and attempt start anew. */
async function moveIn(deps: WorkspaceDependencies, place: WorkspacePaths, feature: FeatureRef) {
  const occupant = await readOccupant(place);
  if (occupant?.featureId === feature.featureId && occupant.generation === feature.generation)
    return;
  await clearAttempt(deps, place);
  await writeOccupant(place, feature, { baseCommit: "" });
}

/** @returns the commit that the work starts from. */
async function prepareClone(
  deps: WorkspaceDependencies,
  record: MissionRecord,
  place: WorkspacePaths,
  feature: FeatureRef,
): Promise<string> {
  const { git, paths } = deps;
  const repository = await openEngineRepository(git, paths, record);
  const { head, tree, before } = await readStart(git, repository, feature);
  const occupant = await readOccupant(place);
  if (
    occupant?.featureId === feature.featureId &&
    occupant.generation === feature.generation &&
    (before?.parent !== occupant.baseCommit || head === occupant.baseCommit)
  ) {
    await makeFolders(place, true);
    return occupant.baseCommit;
  }
  if (occupant === undefined) await removeFolder(place.tree);
  await clearAttempt(deps, place);
  await makeFolders(place, false);
  const branch = `mission/${record.missionId}/${refPart(feature.featureId)}`;
  await checkOut(git, repository.gitDir, place.tree, head, branch);
  await copyIndex(join(place.tree, ".git", "index"), baseIndex(place.tree));
  const laid =
    before === undefined
      ? undefined
      : await layUnmerged(deps, repository, place, feature, head, before.id);
  await appendFeatureEvent(paths.features, record.missionId, feature.featureId, {
    key: `workspace/${feature.generation}/${head}`,
    at: new Date(deps.clock.now()).toISOString(),
    kind: "workspace",
    hostId: deps.hostId,
    name: basename(dirname(place.tree)),
    baseCommit: head,
  });
  await writeOccupant(place, feature, { baseCommit: head, tree: laid ?? tree });
  return head;
}

interface Start {
  /** Where the mission's branch stands, and the tree of that commit. */
  head: string;
  tree: string;
  /** The feature's commit when it did not get onto the branch: it met a conflict there. */
  before?: { id: string; parent: string };
}

async function readStart(
  git: Git,
  { gitDir, ref }: EngineRepository,
  { generation, featureId }: FeatureRef,
): Promise<Start> {
  const own = featureRef(generation, featureId);
  const format = "--format=%(refname) %(objectname) %(tree) %(parent)";
  const lines = (await gitLine(git, gitDir, ["for-each-ref", format, ref, own])).split("\n");
  const fieldsOf = (name: string) =>
    lines.map((line) => line.split(" ")).find(([first]) => first === name) ?? [];
  const [, head, tree] = fieldsOf(ref);
  if (head === undefined || tree === undefined) throw new Error(`${gitDir} has no ${ref}`);
  const [, id, , parent] = fieldsOf(own);
  if (id === undefined || parent === undefined) return { head, tree };
  const { base } = await relate(git, gitDir, head, id);
  return base === id ? { head, tree } : { head, tree, before: { id, parent } };
}

/**
 * After a conflict the work starts from the new head with the feature's own change merged in, conflict markers and all.
 * Scripts start from the clean head instead: they make their change again.
 * @returns the tree laid out.
 */
async function layUnmerged(
  deps: WorkspaceDependencies,
  { gitDir }: EngineRepository,
  place: WorkspacePaths,
  feature: FeatureRef,
  head: string,
  commit: string,
): Promise<string | undefined> {
  if (
    (await readPlanFeature(deps.blobs, feature.planHash, feature.milestoneId, feature.featureId))
      .agent === "script"
  )
    return undefined;
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", head, commit];
  const merged = await gitLine(deps.git, gitDir, args).catch((error: unknown) => {
    if (error instanceof GitFailure && error.exitCode === 1 && error.stdout !== "")
      return error.stdout;
    throw error;
  });
  const [tree = ""] = merged.split("\n");
  await layOver(deps.git, place.tree, tree);
  return tree;
}

async function clearAttempt(deps: WorkspaceDependencies, place: WorkspacePaths): Promise<void> {
  await deps.commands.endRecordedGroup(groupFile(place));
  await removeFolder(place.handover);
  await rm(place.attempt, { recursive: true, force: true });
}
