/**
 * Where a mission works, as activities on any host need it. The home has it in the mission's record; another host keeps in
 * `places/<id>.json` what the home has published for it: no keys, caps, approvals or paths of the home.
 */
import { join } from "node:path";
import { MISSION_ID } from "../domain/ids.js";
import type { EnginePaths } from "./engine-paths.js";
import { readTextIfThere, writeWhole } from "./files.js";
import { readMissionRecord, type MissionRecord } from "./mission-record.js";

type Shared = "missionId" | "generation" | "mode" | "workspace" | "branch" | "demo" | "unsandboxed";

export interface MissionPlace extends Pick<MissionRecord, Shared> {
  /** Absolute paths; only the home has them. */
  folder?: string;
  repo?: string;
  dedicated?: boolean;
  repositories?: Record<string, string>;
}

/** What another host is told. */
export interface PublishedPlace extends Pick<MissionRecord, Shared> {
  version: 1;
  /** The list of commits at which a shallow clone ends, as git keeps it. */
  shallow?: string;
}

const pathOf = ({ places }: EnginePaths, missionId: string) => join(places, `${missionId}.json`);

/** @returns undefined where this host knows nothing of the mission. */
export async function readMissionPlace(
  paths: EnginePaths,
  missionId: string,
): Promise<(MissionPlace & { isHome: boolean }) | undefined> {
  const record = await readMissionRecord(paths.state, missionId);
  if (record !== undefined) return { ...record, isHome: true };
  const text = await readTextIfThere(pathOf(paths, missionId));
  const place = text === undefined ? undefined : parsePlace(text, missionId);
  return place === undefined ? undefined : { ...place, isHome: false };
}

export function publishedPlace(record: MissionRecord, shallow: string | undefined): PublishedPlace {
  const { missionId, generation, mode, workspace, branch, demo, unsandboxed } = record;
  return {
    version: 1,
    missionId,
    generation,
    mode,
    workspace,
    ...(branch === undefined ? {} : { branch }),
    ...(demo === undefined ? {} : { demo }),
    ...(unsandboxed === undefined ? {} : { unsandboxed }),
    ...(shallow === undefined ? {} : { shallow }),
  };
}

/** Text from another host: taken field by field. @returns undefined when it is no place of that mission. */
export function parsePlace(text: string, missionId: string): PublishedPlace | undefined {
  let found: Partial<Record<keyof PublishedPlace, unknown>> | null;
  try {
    found = JSON.parse(text) as typeof found;
  } catch {
    return undefined;
  }
  if (found?.version !== 1 || found.missionId !== missionId || !MISSION_ID.test(missionId))
    return undefined;
  const { generation, mode, workspace, branch, shallow } = found;
  if (typeof generation !== "number" || (mode !== "poc" && mode !== "full")) return undefined;
  if (workspace !== "git" && workspace !== "folder") return undefined;
  return {
    version: 1,
    missionId,
    generation,
    mode,
    workspace,
    ...(typeof branch === "string" && BRANCH.test(branch) ? { branch } : {}),
    ...(found.demo === true ? { demo: true } : {}),
    ...(found.unsandboxed === true ? { unsandboxed: true } : {}),
    ...(typeof shallow === "string" && SHALLOW.test(shallow) ? { shallow } : {}),
  };
}

const BRANCH = /^[a-z0-9][a-zA-Z0-9/_-]{0,99}$/;
const SHALLOW = /^(?:[0-9a-f]{40,64}\n)+$/;

export async function writeMissionPlace(paths: EnginePaths, place: PublishedPlace): Promise<void> {
  await writeWhole(pathOf(paths, place.missionId), `${JSON.stringify(place)}\n`);
}
