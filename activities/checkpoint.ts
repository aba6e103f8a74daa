/** What an attempt can go on from: the agent's own state and the workspace as a git tree, written together. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { AttemptInput, PrepareInput } from "../domain/work.js";
import { writeWhole } from "../store/files.js";
import { engineRepositoryName } from "./adapters/engine-repository.js";
import { repositoryOf } from "./mission-place.js";
import type { BlobPort, TreePort } from "./ports.js";

export interface Checkpoint {
  version: 1;
  agent: string;
  /** `<generation>/<feature>`: a workspace of a POC mission passes from feature to feature. */
  work: string;
  /** Counts up over all attempts, so that of two checkpoints the later one is known. */
  step: number;
  /** Commit the work started from; the tree fits no other. */
  baseCommit: string;
  /** Absent in plain folders. */
  tree?: string;
  /** The tree as a commit on `baseCommit`, for other hosts; where they share a store. */
  bundle?: { commit: string; bundle: BlobRef };
  /** How the last attempt ended, once it has. */
  ended?: string;
  /** The last route after a safety stop that was taken. */
  again?: string;
  /** The agent's own. */
  state: unknown;
}

export const checkpointPath = (attemptFolder: string) => join(attemptFolder, "checkpoint.json");

export async function writeCheckpoint(
  attemptFolder: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await writeWhole(checkpointPath(attemptFolder), JSON.stringify(checkpoint));
}

/** @returns undefined when there is none that can be read; then the work starts anew. */
export async function readCheckpoint(attemptFolder: string): Promise<Checkpoint | undefined> {
  return parseCheckpoint(await readFile(checkpointPath(attemptFolder)).catch(() => undefined));
}

export function parseCheckpoint(content: Uint8Array | undefined): Checkpoint | undefined {
  if (content === undefined) return undefined;
  try {
    const found = JSON.parse(Buffer.from(content).toString("utf8")) as Partial<Checkpoint> | null;
    const fits = found?.version === 1 && typeof found.step === "number";
    return fits && typeof found.agent === "string" && "state" in found
      ? (found as Checkpoint)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The agent, feature and base that a checkpoint must fit. */
type Fitting = Pick<Checkpoint, "agent" | "work" | "baseCommit">;

/**
 * The one to resume from: the later of the handed-over checkpoint and the one in the workspace.
 * The workspace's own counts only while the base is the same; a handed-over transcript outlives its tree.
 */
export function chooseCheckpoint(
  { agent, work, baseCommit }: Fitting,
  local: Checkpoint | undefined,
  handed: Checkpoint | undefined,
): Checkpoint | undefined {
  const fits = (found: Checkpoint | undefined) =>
    found?.agent === agent && found.work === work ? found : undefined;
  const given = fits(handed);
  const own = local?.baseCommit === baseCommit ? fits(local) : undefined;
  if (own !== undefined && own.step >= (given?.step ?? 0)) return own;
  if (given === undefined || given.baseCommit === baseCommit) return given;
  const { tree: _, ...withoutTree } = given;
  return withoutTree;
}

/** As the route after a safety stop wants it; a route that was taken already changes nothing. */
export function takenAgain(
  { again }: Pick<AttemptInput, "again">,
  local: Checkpoint | undefined,
  handed: Checkpoint | undefined,
  choose: (local: Checkpoint | undefined) => Checkpoint | undefined,
): Checkpoint | undefined {
  if (again === undefined) return choose(local);
  const isTaken = (found: Checkpoint | undefined) => found?.again === again.id;
  if (isTaken(local) || isTaken(handed)) return choose(isTaken(local) ? local : undefined);
  const chosen = choose(again.from === "checkpoint" ? undefined : local);
  if (chosen === undefined) return undefined;
  return { ...chosen, again: again.id, ...(again.from === "files" ? { state: null } : {}) };
}

/** The files of a feature's last slice, brought here from the host that had them. */
export interface KeptFiles {
  baseCommit: string;
  tree: string;
}

/**
 * What a workspace made anew can take up of a handed-over checkpoint: its files, where they came with it. In the one
 * workspace of a POC mission only while the branch stands where it stood.
 */
export async function readKeptCheckpoint(
  { blobs, trees }: { blobs: BlobPort; trees: TreePort },
  { feature, checkpoint, mode }: PrepareInput,
  head: string,
): Promise<KeptFiles | undefined> {
  if (checkpoint === undefined) return undefined;
  const found = parseCheckpoint(await blobs.get(checkpoint.sha256).catch(() => undefined));
  if (found?.bundle === undefined || found.tree === undefined) return undefined;
  if (found.work !== `${feature.generation}/${feature.featureId}`) return undefined;
  if (mode === "poc" && found.baseCommit !== head) return undefined;
  const { baseCommit, tree, bundle } = found;
  const name = engineRepositoryName(feature.missionId, await repositoryOf(blobs, feature));
  const isThere = await trees.unpack(name, { ...bundle, tree, baseCommit });
  return isThere ? { baseCommit, tree } : undefined;
}
