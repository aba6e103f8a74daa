/** Where a feature is done on this host: made, committed from, ended. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hostQueue } from "../domain/ids.js";
import type { MissionMode } from "../domain/mission.js";
import type {
  CommitInput,
  CommitOutcome,
  FeatureRef,
  Placement,
  PrepareInput,
} from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { GitFailure, gitLine, refPart } from "../store/git.js";
import { readMissionPlace } from "../store/mission-place.js";
import { browserGroupFile, type WorkspacePaths, workspacePaths } from "../store/workspace-paths.js";
import { checkOut, copyIndex, layOver } from "./adapters/checkout.js";
import {
  type EngineRepository,
  openEngineRepository,
  repositoryPlace,
} from "./adapters/engine-repository.js";
import { baseIndex } from "./adapters/trees.js";
import { type BaseDependencies, requireStore, takeBase } from "./base.js";
import { readKeptCheckpoint } from "./checkpoint.js";
import { commitTree } from "./commit.js";
import { missing, whileHeartbeating } from "./heartbeat.js";
import { repositoryOf, requirePlace, requireRecord } from "./mission-place.js";
import { readOccupant, writeOccupant } from "./occupant.js";
import type { SlotPort } from "./hosts-ports.js";
import type { CommandPort, HostClock, TreePort } from "./ports.js";
import { readPlanFeature } from "./plan.js";
import { removeFolder } from "./remove-folder.js";
import { readStart } from "./start-commit.js";

export interface WorkspaceDependencies extends BaseDependencies {
  hostId: string;
  commands: CommandPort;
  clock: HostClock;
  trees: TreePort;
  slots: SlotPort;
  /** Takes every known secret value out of a text. */
  scrub: (text: string) => string;
}

/** @param repository as the feature names it: the one workspace of a POC mission is one for each repository. */
export const workspaceName = (
  missionId: string,
  featureId: string,
  mode: MissionMode,
  repository?: string,
) =>
  mode === "poc"
    ? `${missionId}-all${repository === undefined ? "" : `~${repository}`}`
    : `${missionId}-${featureId}`;

export const groupFile = (place: WorkspacePaths) => join(place.attempt, "group.json");

/** Of all that may run in a workspace or for a validation: commands, apps, and browsers that look at them. */
const groupFilesOf = (place: WorkspacePaths) =>
  [
    groupFile(place),
    join(place.attempt, "look.json"),
    join(place.tree, "..", "group.json"),
  ].flatMap((file) => [file, browserGroupFile(file)]);

export function createWorkspaceActivities(deps: WorkspaceDependencies) {
  return {
    /**
     * Makes the workspace, or finds what an earlier run made: work in it stays as it is. On a host that has never seen the
     * mission it first says that it needs the base.
     */
    async prepareWorkspace(input: PrepareInput): Promise<Placement> {
      const { feature } = input;
      const known = await readMissionPlace(deps.paths, feature.missionId);
      const at = { hostId: deps.hostId, hostQueue: hostQueue(deps.hostId) };
      if (known?.isHome !== true && input.base === undefined) {
        if (input.homeQueue === undefined) throw missing(`The record of ${feature.missionId}`);
        await requireStore(deps.blobs, feature.planHash);
        return { ...at, name: "", baseCommit: "", ...(await takeSlot(deps, input)), needs: "base" };
      }
      return whileHeartbeating(async () => {
        const made = await prepare(deps, input);
        return { ...at, ...made, ...(await takeSlot(deps, input)) };
      });
    },

    /** Same files, base and date give the same commit, so a second run changes nothing. */
    async commitFeature(input: CommitInput): Promise<CommitOutcome> {
      return whileHeartbeating(async () => {
        const outcome = await commitTree(deps, input);
        if (outcome.refused === undefined) await deps.slots.giveBack(input.feature);
        return outcome;
      });
    },

    /** Ends what still runs in any workspace of the mission and removes them; plain folders stay, they are the result. Safe to repeat. */
    async endMission({ missionId }: { missionId: string }): Promise<void> {
      const { workspace } = await requireRecord(deps.paths, missionId);
      const names = await readdir(deps.paths.workspaces).catch(() => []);
      await whileHeartbeating(async () => {
        for (const name of names.filter((each) => each.startsWith(`${missionId}-`))) {
          const place = workspacePaths(deps.paths.workspaces, name);
          for (const file of groupFilesOf(place)) await deps.commands.endRecordedGroup(file);
          if (workspace === "git") await removeFolder(join(place.tree, ".."));
        }
      });
    },
  };
}

const takeSlot = async ({ slots }: WorkspaceDependencies, { feature, byPerson }: PrepareInput) =>
  byPerson === true ? {} : { stay: await slots.begin(feature) };

type Made = Pick<Placement, "name" | "baseCommit" | "kept">;

async function prepare(deps: WorkspaceDependencies, input: PrepareInput): Promise<Made> {
  const { feature, mode, base } = input;
  const repository = await repositoryOf(deps.blobs, feature);
  const name = workspaceName(feature.missionId, feature.featureId, mode, repository);
  const place = workspacePaths(deps.paths.workspaces, name);
  if (base !== undefined) {
    const foreign = await takeBase(deps, feature, base);
    return { name, ...(await prepareClone(deps, foreign, place, input)) };
  }
  const known = await requirePlace(deps.paths, feature.missionId);
  if (known.workspace === "folder") {
    if (mode === "poc") await moveIn(deps, place, feature);
    await makeFolders(place, true);
    return { name, baseCommit: "" };
  }
  const user = repositoryPlace(known, repository);
  const own = await openEngineRepository(deps.git, deps.paths, user);
  return { name, ...(await prepareClone(deps, own, place, input)) };
}

async function makeFolders(place: WorkspacePaths, withTree: boolean): Promise<void> {
  const folders = [place.handover, place.attempt, place.home, ...(withTree ? [place.tree] : [])];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
}

/** The plain folder of a POC mission passes from feature to feature with its files; hand-over, attempt and HOME start anew. */
async function moveIn(deps: WorkspaceDependencies, place: WorkspacePaths, feature: FeatureRef) {
  const occupant = await readOccupant(place);
  if (occupant?.featureId === feature.featureId && occupant.generation === feature.generation)
    return;
  await clearAttempt(deps, place);
  await removeFolder(place.home);
  await writeOccupant(place, feature, { baseCommit: "" });
}

/** @returns the commit that the work starts from. */
async function prepareClone(
  deps: WorkspaceDependencies,
  repository: EngineRepository,
  place: WorkspacePaths,
  input: PrepareInput,
): Promise<Pick<Placement, "baseCommit" | "kept">> {
  const { git, paths } = deps;
  const { feature, fresh = false } = input;
  const { missionId, featureId, generation } = feature;
  const { head, tree, before } = await readStart(git, repository, feature);
  const occupant = await readOccupant(place);
  if (
    !fresh &&
    occupant?.featureId === featureId &&
    occupant.generation === generation &&
    (before?.parent !== occupant.baseCommit || head === occupant.baseCommit)
  ) {
    await makeFolders(place, true);
    return { baseCommit: occupant.baseCommit, kept: true };
  }
  if (occupant === undefined || fresh) await removeFolder(place.tree);
  await clearAttempt(deps, place);
  // What another feature left in HOME (settings of tools, above all) is none of its commit.
  if (occupant?.featureId !== featureId) await removeFolder(place.home);
  await makeFolders(place, false);
  const kept = before === undefined ? await readKeptCheckpoint(deps, input, head) : undefined;
  const baseCommit = kept?.baseCommit ?? head;
  const branch = `mission/${missionId}/${refPart(featureId)}`;
  await checkOut(git, repository.gitDir, place.tree, baseCommit, branch);
  await copyIndex(join(place.tree, ".git", "index"), baseIndex(place.tree));
  if (kept !== undefined) await layOver(git, place.tree, kept.tree);
  const laid =
    before === undefined
      ? kept?.tree
      : await layUnmerged(deps, repository, place, feature, head, before.id);
  const at = new Date(deps.clock.now()).toISOString();
  const { movedFrom, movedForSafety } = input;
  if (movedFrom !== undefined)
    await appendFeatureEvent(paths.features, missionId, featureId, {
      key: `moved/${generation}/${movedFrom}/${at}`,
      at,
      kind: "note",
      text: `Moved here from host ${movedFrom}, ${movedForSafety === true ? "where it was stopped" : "which does not answer"}. ${whatIsLost(input, kept !== undefined)}`,
    });
  await appendFeatureEvent(paths.features, missionId, featureId, {
    key: `workspace/${generation}/${baseCommit}`,
    at,
    kind: "workspace",
    hostId: deps.hostId,
    name: basename(dirname(place.tree)),
    baseCommit,
  });
  await writeOccupant(place, feature, { baseCommit, tree: laid ?? tree });
  return { baseCommit, ...(kept === undefined ? {} : { kept: true }) };
}

function whatIsLost({ checkpoint }: PrepareInput, hasFiles: boolean): string {
  if (checkpoint === undefined) return "It had handed over nothing: its work is done again.";
  return hasFiles
    ? "Work goes on with the conversation and the files of its last slice's end; what came after that is lost."
    : "Work goes on with the conversation of its last slice's end; its files are lost.";
}

/**
 * What did not get onto the branch is merged with the new head, conflict markers and all, and the work starts from that.
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
