/** From what was typed to the mission that is meant. */
import type { Client } from "@temporalio/client";
import { MISSION_ID } from "../domain/ids.js";
import { EXIT, Problem } from "../domain/problem.js";
import type { MissionRecord } from "../store/mission-record.js";
import type { Context } from "./context.js";
import { splitArguments } from "./mission-id.js";
import { listMissions, readRecords } from "./mission-list.js";

export interface Found {
  missionId: string;
  others: string[];
}

/** A mission on the server, or of this host's records. A whole id is taken as it is: the server says whether it exists. */
export async function findOnServer(
  context: Context,
  client: Client | undefined,
  typed: readonly string[],
  others: { names: readonly string[]; optional?: boolean } = { names: [] },
): Promise<Found> {
  const known = await listMissions(context.paths.state, client);
  const [first] = typed;
  if (client !== undefined && first !== undefined && MISSION_ID.test(first)) {
    if (!known.some(({ missionId }) => missionId === first)) {
      const unknown = { missionId: first, title: first, status: "unknown", mode: "?" };
      known.push({ ...unknown, onServer: "unknown", startedAt: "" });
    }
  }
  const found = splitArguments(typed, known, others);
  return { missionId: found.mission.missionId, others: found.others };
}

/** A mission of this host's records; needs no server. */
export async function findRecord(
  context: Context,
  typed: readonly string[],
  others: { names: readonly string[]; optional?: boolean } = { names: [] },
): Promise<{ record: MissionRecord; others: string[] }> {
  const records = await readRecords(context.paths.state);
  const found = splitArguments(typed, records, others);
  return { record: found.mission, others: found.others };
}

/** @throws Problem notFound naming the feature. */
export function unknownFeature(missionId: string, feature: string): Problem {
  return new Problem(
    EXIT.notFound,
    `Mission ${missionId} has no feature ${JSON.stringify(feature.slice(0, 80))}.`,
    `See its features with: npx missions status ${missionId}`,
  );
}
