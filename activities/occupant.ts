/** Whose work lies in a workspace: kept in the engine's part of it, written when the workspace is ready. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeatureRef } from "../domain/work.js";
import { isMissing } from "../store/files.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";

export interface Occupant {
  generation: number;
  featureId: string;
  baseCommit: string;
  /** The files as they were laid out, as a git tree; absent in plain folders. */
  tree?: string;
}

const occupantFile = (place: WorkspacePaths) => join(place.attempt, "occupant.json");

/** @returns undefined when there is none that can be read: then the workspace was never ready. */
export async function readOccupant(place: WorkspacePaths): Promise<Occupant | undefined> {
  try {
    return JSON.parse(await readFile(occupantFile(place), "utf8")) as Occupant;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The workspace is then made anew by whoever comes next. */
export async function forgetOccupant(place: WorkspacePaths): Promise<void> {
  await rm(occupantFile(place), { force: true });
}

export async function writeOccupant(
  place: WorkspacePaths,
  { generation, featureId }: FeatureRef,
  start: Pick<Occupant, "baseCommit" | "tree">,
): Promise<void> {
  await mkdir(place.attempt, { recursive: true });
  const occupant: Occupant = { generation, featureId, ...start };
  await writeFile(occupantFile(place), JSON.stringify(occupant));
}
