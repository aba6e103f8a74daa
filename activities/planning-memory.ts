/** Where what has been said in a planning is kept, on this host and handed over to the next. */
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { PlanningWork } from "../domain/planning/planning-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { isAbout, keepMemory, newMemory, parseMemory, readMemory } from "./paid-memory.js";
import type { PaidMemory } from "./paid-memory.js";
import type { BlobPort } from "./ports.js";

const fileOf = (paths: EnginePaths, { missionId, generation, n }: PlanningWork) =>
  join(paths.plannings, missionId, `${generation}-${n}.json`);

/**
 * The later of what this host knows and what was handed over; a new one where there is none. What was said to another question
 * is none: a server that has forgotten its plannings counts them from 1 again.
 */
export async function recallPlanning(
  paths: EnginePaths,
  blobs: BlobPort,
  input: PlanningWork,
  firstMessage: string,
): Promise<PaidMemory> {
  const isOfThis = (memory: PaidMemory | undefined) =>
    isAbout(memory, firstMessage) ? memory : undefined;
  const own = isOfThis(await readMemory(fileOf(paths, input)));
  const { checkpoint } = input;
  const blob = checkpoint && (await blobs.get(checkpoint.sha256).catch(() => undefined));
  const handed = isOfThis(parseMemory(blob));
  const later = (handed?.replies ?? -1) > (own?.replies ?? -1) ? handed : own;
  return later ?? newMemory(firstMessage);
}

export const keepPlanning = (paths: EnginePaths, input: PlanningWork, memory: PaidMemory) =>
  keepMemory(fileOf(paths, input), memory);

export const handOverPlanning = (blobs: BlobPort, memory: PaidMemory): Promise<BlobRef> =>
  blobs.put(JSON.stringify(memory), "planning.json");
