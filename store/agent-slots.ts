/**
 * `slots/<mission>~<feature>.json`: the features that hold a slot of this host. A file each, so that a worker that starts
 * again knows them, and workers that share one engine folder share its slots.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeatureRef } from "../domain/work.js";
import { readTextIfThere } from "./files.js";

export interface HeldSlot extends Pick<
  FeatureRef,
  "missionId" | "generation" | "milestoneId" | "featureId"
> {
  /** Names this stay of the feature on this host. */
  stay: string;
}

type Named = Pick<FeatureRef, "missionId" | "featureId">;

const pathOf = (folder: string, { missionId, featureId }: Named) =>
  join(folder, `${missionId}~${featureId}.json`);

export async function countHeldSlots(folder: string): Promise<number> {
  return (await namesIn(folder)).length;
}

export async function listHeldSlots(folder: string): Promise<HeldSlot[]> {
  const held = (await namesIn(folder)).map((name) => readSlotFile(join(folder, name)));
  return (await Promise.all(held)).filter((slot) => slot !== undefined);
}

/** @returns undefined when the feature holds none. */
export const readHeldSlot = (folder: string, feature: Named) =>
  readSlotFile(pathOf(folder, feature));

export async function writeHeldSlot(folder: string, slot: HeldSlot): Promise<void> {
  await mkdir(folder, { recursive: true });
  // not forced to disk: after a power cut the feature takes its slot again with its next attempt
  const whole = `${pathOf(folder, slot)}.${randomBytes(4).toString("hex")}.tmp`;
  await writeFile(whole, JSON.stringify(slot));
  await rename(whole, pathOf(folder, slot));
}

/** After a power cut a file may be there without what was in it: nobody would ever give that slot back. */
export async function removeTornSlots(folder: string): Promise<void> {
  for (const path of (await namesIn(folder)).map((name) => join(folder, name)))
    if ((await readSlotFile(path)) === undefined) await rm(path, { force: true });
}

export async function removeHeldSlot(folder: string, feature: Named): Promise<void> {
  await rm(pathOf(folder, feature), { force: true });
}

const namesIn = async (folder: string) =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));

async function readSlotFile(path: string): Promise<HeldSlot | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as HeldSlot;
  } catch {
    return undefined;
  }
}
