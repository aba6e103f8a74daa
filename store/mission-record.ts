/** `state/<id>.json`: what must not lie in a repository that agents can write: where the mission lives, caps, approvals, totals. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ForgePlace } from "../domain/forge-place.js";
import type {
  Actor,
  BudgetTotals,
  Caps,
  Gate,
  MissionMode,
  MissionStatus,
} from "../domain/mission.js";
import { readTextIfThere, writeWhole } from "./files.js";

export interface MissionRecord {
  missionId: string;
  generation: number;
  title: string;
  mode: MissionMode;
  planHash: string;
  /** Absolute path of the mission folder. */
  folder: string;
  home: "homeless" | "attached";
  workspace: "git" | "folder";
  /** Absolute path of the user's (or the dedicated) repository; absent for plain folders. */
  repo?: string;
  /** Branch of `repo` that receives the work: `mission/<id>`, or `main` of a dedicated repository. */
  branch?: string;
  /** Absolute paths of the other repositories that features name; the work goes onto `mission/<id>` there. */
  repositories?: Record<string, string>;
  /** True when the repository was made for this mission. */
  dedicated?: boolean;
  /** Where its pull requests are; absent: a review file in the mission folder, no server. */
  forge?: ForgePlace;
  /** The same for other repositories that its features name. */
  otherForges?: Record<string, ForgePlace>;
  /** True when the model's replies are canned. */
  demo?: boolean;
  /** True when the user allowed agents with real models to run commands outside a sandbox (`--unsandboxed`). */
  unsandboxed?: boolean;
  caps: Caps;
  approvals: { gate: string; choice: string; at: string; by: Actor }[];
  totals?: BudgetTotals;
  status: MissionStatus;
  /** What it waited for when it was last written down. */
  gates?: Gate[];
  createdAt: string;
  /** Last written values of mission.md by field, to tell a person's edit from ours. */
  projected?: Record<string, string>;
  /** Values that a person edited by hand in mission.md, with the command that would apply them. */
  handEdits?: { field: string; found: string; command: string }[];
}

const pathOf = (state: string, missionId: string) => join(state, `${missionId}.json`);

export async function readMissionRecord(
  state: string,
  missionId: string,
): Promise<MissionRecord | undefined> {
  const text = await readTextIfThere(pathOf(state, missionId));
  return text === undefined ? undefined : (JSON.parse(text) as MissionRecord);
}

export async function writeMissionRecord(state: string, record: MissionRecord): Promise<void> {
  await writeWhole(pathOf(state, record.missionId), `${JSON.stringify(record, null, 2)}\n`);
}

/** Ids of all missions of this host, oldest first. */
export async function listMissionRecords(state: string): Promise<string[]> {
  const names = await readdir(state).catch(() => []);
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}
