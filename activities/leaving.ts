/** The end of a feature's stay on a host that is not its home: what the host has of it goes home, and its folders go. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { LeaveInput, LeaveOutcome, TakeReportInput } from "../domain/between-hosts.js";
import type { FeatureRef } from "../domain/work.js";
import type { HeldSlot } from "../store/agent-slots.js";
import {
  appendFeatureEvent,
  type FeatureEvent,
  readFeatureEvents,
} from "../store/feature-record.js";
import { readTextIfThere, writeWhole } from "../store/files.js";
import { journalPath, listJournals, readJournal } from "../store/journal.js";
import { readMissionPlace } from "../store/mission-place.js";
import { reportFolder, type WorkspacePaths, workspacePaths } from "../store/workspace-paths.js";
import { moveHandover } from "./handover.js";
import { whileHeartbeating } from "./heartbeat.js";
import { requireRecord } from "./mission-place.js";
import { forgetOccupant, readOccupant } from "./occupant.js";
import { removeFolder } from "./remove-folder.js";
import { groupFile, type WorkspaceDependencies } from "./workspace.js";

/** What a host tells a feature's home. */
interface Report {
  version: 1;
  events: FeatureEvent[];
  journals: { key: string; entries: unknown[] }[];
  files: { to: string; blob: BlobRef; executable: boolean }[];
}

const NAMED_FILES = 20;
/** A file that was handed over; `moveHandover` cleans the names once more. */
const HANDED = /^(?:research|agents|scripts|assets)(?:\/[^/\0]{1,200}){1,6}$/;

export function createLeavingActivities(deps: WorkspaceDependencies) {
  return {
    /** At home nothing is reported or removed. A stay that a later one has followed is left alone. Safe to repeat. */
    async leaveHost({ feature, workspace }: LeaveInput): Promise<LeaveOutcome> {
      return whileHeartbeating(async () => {
        const isLast = await deps.slots.giveBack(feature, workspace.stay);
        const known = await readMissionPlace(deps.paths, feature.missionId);
        if (!isLast || known === undefined || workspace.name === "") return {};
        const place = workspacePaths(deps.paths.workspaces, workspace.name);
        const occupant = await readOccupant(place);
        const isTheirs =
          occupant?.featureId === feature.featureId && occupant.generation === feature.generation;
        if (isTheirs) await deps.commands.endRecordedGroup(groupFile(place));
        if (known.isHome) {
          // what lies there is older than what the feature has where it is now
          if (isTheirs) await forgetOccupant(place);
          return {};
        }
        const told = join(deps.paths.places, `${feature.missionId}~${feature.featureId}.told`);
        const before = await readTold(told);
        if (before !== undefined && before.stay === workspace.stay)
          return { report: before.report };
        const report = await reportOf(deps, feature, isTheirs ? place : undefined);
        const blob = await deps.blobs.put(JSON.stringify(report), "report.json");
        // A second run finds no workspace any more, but this.
        await writeWhole(told, JSON.stringify({ stay: workspace.stay, report: blob }));
        if (isTheirs) await removeFolder(join(place.tree, ".."));
        return { report: blob };
      });
    },

    /** Takes in what another host tells of a feature. Only the home can; safe to repeat: what is there already stays once. */
    async takeReport({ feature, report }: TakeReportInput): Promise<{ files: string[] }> {
      return whileHeartbeating(async () => {
        const { folder } = await requireRecord(deps.paths, feature.missionId);
        const content = Buffer.from(await deps.blobs.get(report.sha256)).toString("utf8");
        const told = JSON.parse(content) as Partial<Report>;
        await takeEvents(deps, feature, told.events ?? []);
        await takeJournals(deps, feature, told.journals ?? []);
        const files = await takeFiles(deps, feature, folder, told.files ?? []);
        return { files: files.slice(0, NAMED_FILES) };
      });
    },
  };
}

/**
 * After a feature whose workflow has ended elsewhere: nothing of it is left on this host, unless this is its home. Safe to
 * repeat.
 */
export async function clearStay(
  { paths, commands }: Pick<WorkspaceDependencies, "paths" | "commands">,
  { missionId, generation, featureId }: HeldSlot,
): Promise<void> {
  const known = await readMissionPlace(paths, missionId);
  if (known?.isHome !== false) return;
  const names = await readdir(paths.workspaces).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(`${missionId}-`))) {
    const place = workspacePaths(paths.workspaces, name);
    const occupant = await readOccupant(place);
    if (occupant?.generation !== generation || occupant.featureId !== featureId) continue;
    await commands.endRecordedGroup(groupFile(place));
    await removeFolder(join(place.tree, ".."));
  }
}

async function readTold(file: string): Promise<{ stay?: string; report: BlobRef } | undefined> {
  const text = await readTextIfThere(file);
  return text === undefined ? undefined : (JSON.parse(text) as { stay?: string; report: BlobRef });
}

async function reportOf(
  { paths, blobs }: WorkspaceDependencies,
  { missionId, generation, milestoneId, featureId }: FeatureRef,
  place: WorkspacePaths | undefined,
): Promise<Report> {
  const own = `${generation}/${milestoneId}/${featureId}/`;
  const keys = (await listJournals(paths.journals, missionId)).filter((key) => key.startsWith(own));
  const journals = keys.map(async (key) => ({
    key,
    entries: (await readJournal(journalPath(paths.journals, missionId, key))) ?? [],
  }));
  const files: Report["files"] = [];
  if (place !== undefined) {
    const folder = reportFolder(place);
    for (const to of await listFiles(folder)) {
      const path = join(folder, to);
      const blob = await blobs.put(await readFile(path), "handed-over");
      files.push({ to, blob, executable: ((await stat(path)).mode & 0o111) !== 0 });
    }
  }
  const events = await readFeatureEvents(paths.features, missionId, featureId);
  return { version: 1, events, journals: await Promise.all(journals), files };
}

/** Paths below a folder of ours; nothing where it is not there. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

async function takeEvents(
  { paths }: WorkspaceDependencies,
  { missionId, featureId }: FeatureRef,
  events: unknown[],
): Promise<void> {
  const known = new Set(
    (await readFeatureEvents(paths.features, missionId, featureId)).map(({ key }) => key),
  );
  for (const event of events) {
    if (!isEvent(event) || known.has(event.key)) continue;
    known.add(event.key);
    await appendFeatureEvent(paths.features, missionId, featureId, event);
  }
}

function isEvent(event: unknown): event is FeatureEvent {
  if (typeof event !== "object" || event === null) return false;
  const { key, at, kind } = event as Partial<Record<string, unknown>>;
  return [key, at, kind].every((field) => typeof field === "string" && field !== "");
}

async function takeJournals(
  { paths }: WorkspaceDependencies,
  { missionId, generation, milestoneId, featureId }: FeatureRef,
  journals: Report["journals"],
): Promise<void> {
  const own = `${generation}/${milestoneId}/${featureId}/`;
  for (const { key, entries } of journals) {
    // a key becomes a file's name
    if (!key.startsWith(own) || !/^\d{1,9}$/.test(key.slice(own.length))) continue;
    const path = journalPath(paths.journals, missionId, key);
    if ((await readJournal(path)) !== undefined) continue;
    await writeWhole(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  }
}

/** Laid out as an agent would hand them over here, so that they go the same way. */
async function takeFiles(
  { paths, blobs, scrub }: WorkspaceDependencies,
  { missionId, generation, featureId }: FeatureRef,
  folder: string,
  files: Report["files"],
): Promise<string[]> {
  if (files.length === 0) return [];
  const place = workspacePaths(paths.workspaces, `${missionId}-~report-${generation}-${featureId}`);
  for (const { to, blob, executable } of files) {
    if (!HANDED.test(to) || to.split("/").some((part) => part === ".." || part === ".")) continue;
    const path = join(place.handover, to);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await blobs.get(blob.sha256));
    await chmod(path, executable ? 0o755 : 0o644);
  }
  await mkdir(place.attempt, { recursive: true });
  const taken = await moveHandover(scrub, place, folder, featureId);
  await removeFolder(join(place.tree, ".."));
  return taken;
}
