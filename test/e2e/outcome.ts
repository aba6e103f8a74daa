/** How a mission ended, as its branch, folder and processes show it. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe as describeMission, snapshot } from "../../client/missions.js";
import type { MissionSnapshot } from "../../domain/mission.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { until, type Engine } from "./engine.js";

const run = promisify(execFile);

export const git = async (folder: string, ...args: string[]): Promise<string> =>
  (await run("git", ["-C", folder, ...args], { maxBuffer: 50_000_000 })).stdout.trim();

/** Waits until the workflow is closed, whatever it ended as. */
export async function untilEnded(
  engine: Engine,
  missionId: string,
  limitMs = 240_000,
): Promise<string> {
  const { state } = await until(
    () => describeMission(engine.client, missionId),
    ({ open }) => !open,
    `the end of ${missionId}`,
    limitMs,
  ).catch(async (error: unknown) => {
    const last = await snapshot(engine.client, missionId).catch(() => undefined);
    throw new Error(`${String(error)} ${JSON.stringify(last)}`);
  });
  return state;
}

/** Polls the mission's own view, which answers while a worker runs. */
export const untilSeen = (
  engine: Engine,
  missionId: string,
  holds: (seen: MissionSnapshot) => boolean,
  what: string,
): Promise<MissionSnapshot> =>
  until(
    () => snapshot(engine.client, missionId).catch(() => undefined),
    (seen) => seen !== undefined && holds(seen),
    what,
  ) as Promise<MissionSnapshot>;

/** Feature ids in `Completes-feature:` trailers of the mission's branch, each as often as it is there. */
export async function completedFeatures({ missionId, repo, branch }: MissionRecord) {
  if (repo === undefined || branch === undefined) return [];
  const format =
    "--format=%(trailers:key=Mission,valueonly)%x00%(trailers:key=Completes-feature,valueonly)%x01";
  const log = await git(repo, "log", format, branch);
  return log
    .split("\x01")
    .map((entry) => entry.split("\0").map((part) => part.trim()))
    .flatMap(([mission, feature]) =>
      mission === missionId && feature !== undefined && feature !== "" ? [feature] : [],
    )
    .sort();
}

/** Content of every file at the head of the mission's branch. */
export async function filesOf({ repo, branch }: MissionRecord): Promise<Record<string, string>> {
  if (repo === undefined || branch === undefined) return {};
  const names = (await git(repo, "ls-tree", "-r", "--name-only", branch)).split("\n");
  const contents = names.map(async (name) => [name, await git(repo, "show", `${branch}:${name}`)]);
  return Object.fromEntries(await Promise.all(contents)) as Record<string, string>;
}

export async function recordOf(engine: Engine, missionId: string): Promise<MissionRecord> {
  const record = await readMissionRecord(engine.paths.state, missionId);
  if (record === undefined) throw new Error(`no record of ${missionId}`);
  return record;
}

/** Frontmatter status of mission.md. */
export async function statusInFile({ folder }: MissionRecord): Promise<string | undefined> {
  return /^status: (\S+)/m.exec(await readFile(join(folder, "mission.md"), "utf8"))?.[1];
}

export async function workspacesOf(engine: Engine, missionId: string): Promise<string[]> {
  const names = await readdir(engine.paths.workspaces).catch(() => []);
  return names.filter((name) => name.startsWith(missionId));
}

/** Workflows of the mission that are still open: none after a clean ending. */
export async function openWorkflows(engine: Engine, missionId: string): Promise<string[]> {
  const open: string[] = [];
  const list = engine.client.workflow.list({ query: `ExecutionStatus = "Running"` });
  for await (const { workflowId } of list)
    if (workflowId.startsWith(`mission/${missionId}`)) open.push(workflowId);
  return open;
}
