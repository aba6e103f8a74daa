/** What has been said in a planning, kept after every answer: a killed worker costs at most the call in flight. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { PlanningWork } from "../domain/planning/planning-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { writeWhole } from "../store/files.js";
import type { PaidConversation } from "./adapters/paid-call.js";
import type { BlobPort } from "./ports.js";

export interface PlanningMemory extends PaidConversation {
  version: 1;
  /** Answers so far. */
  replies: number;
  /** The last answer was cut at its limit. */
  cut: boolean;
}

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
): Promise<PlanningMemory> {
  const isOfThis = (memory: PlanningMemory | undefined) =>
    memory?.messages[0]?.content === firstMessage ? memory : undefined;
  const own = isOfThis(parsed(await readFile(fileOf(paths, input)).catch(() => undefined)));
  const { checkpoint } = input;
  const blob = checkpoint && (await blobs.get(checkpoint.sha256).catch(() => undefined));
  const handed = isOfThis(parsed(blob));
  const later = (handed?.replies ?? -1) > (own?.replies ?? -1) ? handed : own;
  return (
    later ?? {
      version: 1,
      messages: [{ role: "user", content: firstMessage }],
      replies: 0,
      cut: false,
    }
  );
}

export const keepPlanning = (paths: EnginePaths, input: PlanningWork, memory: PlanningMemory) =>
  writeWhole(fileOf(paths, input), JSON.stringify(memory));

export const handOverPlanning = (blobs: BlobPort, memory: PlanningMemory): Promise<BlobRef> =>
  blobs.put(JSON.stringify(memory), "planning.json");

function parsed(content: Uint8Array | undefined): PlanningMemory | undefined {
  if (content === undefined) return undefined;
  try {
    const found = JSON.parse(
      Buffer.from(content).toString("utf8"),
    ) as Partial<PlanningMemory> | null;
    const isWhole =
      found?.version === 1 && Array.isArray(found.messages) && typeof found.replies === "number";
    return isWhole ? (found as PlanningMemory) : undefined;
  } catch {
    return undefined;
  }
}
