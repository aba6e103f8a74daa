/** Keeps mission.md, its record and its commits up with the mission. */
import { readFile } from "node:fs/promises";
import { ApplicationFailure } from "@temporalio/activity";
import { cutToBytes } from "../domain/cut-to-bytes.js";
import { FAILURE } from "../domain/failures.js";
import type { StoryLine } from "../domain/mission.js";
import { Problem } from "../domain/problem.js";
import type { MissionFileInput, MissionFileOutcome } from "../domain/work.js";
import { isMissing, systemCode, writeWhole } from "../store/files.js";
import { fewEdits, type HandEdit, handEdit } from "../store/hand-edits.js";
import { carryOver, createMissionFile, projectMissionFile } from "../store/mission-file.js";
import { type ExitSection, isExitShown } from "../store/mission-exits.js";
import { missionFilePath } from "../store/mission-folder.js";
import { planDigest } from "../store/plan-block.js";
import { notePlan } from "../store/plan-history.js";
import {
  type MissionRecord,
  readMissionRecord,
  writeMissionRecord,
} from "../store/mission-record.js";
import { planToYaml } from "../store/plan-yaml.js";
import { type BriefFileDependencies, writeBriefs } from "./brief-files.js";
import { oneAtATime } from "./adapters/one-at-a-time.js";
import { whileHeartbeating } from "./heartbeat.js";
import { readStoredPlan } from "./plan.js";
import type { FolderCommitPort, HostClock } from "./ports.js";
import { readReport } from "./validation-reports.js";

export interface MissionFileDependencies extends BriefFileDependencies {
  clock: HostClock;
  folderCommit: FolderCommitPort;
  /** Text of templates/mission-template.md. */
  missionTemplate: string;
}

/** A person may save the file while we work on it; then we start again from what they saved, this often. */
const TRIES = 5;
const EDITS_RECORDED = 100;
const EDITS_ANSWERED = 10;
const ANSWER_BYTES = 1_500;
const REASON_BYTES = 350;

export function createMissionFileActivities(deps: MissionFileDependencies) {
  return {
    /**
     * Brings mission.md, briefs and the record up to date and commits the folder where asked. Heartbeats. Safe to repeat: a second run
     * writes nothing new.
     * An input of an earlier generation than the record's is ignored.
     * @throws ApplicationFailure MissingRecord (not retried) without record or plan, StoreFull (retried),
     * RepositoryUnusable (not retried) when all is written but the commit failed.
     */
    async writeMissionFile(input: MissionFileInput): Promise<MissionFileOutcome> {
      return whileHeartbeating(() =>
        oneAtATime(`mission.md of ${input.missionId}`, async () => {
          try {
            return await write(deps, input);
          } catch (error) {
            throw asFailure(error);
          }
        }),
      );
    },
  };
}

async function write(
  deps: MissionFileDependencies,
  input: MissionFileInput,
): Promise<MissionFileOutcome> {
  const { state } = deps.paths;
  const record = await readMissionRecord(state, input.missionId);
  if (record === undefined) throw missingRecord(input.missionId);
  if (input.generation < record.generation) return { handEdits: [] };
  const features = await writeBriefs(deps, input, record);
  const written = await writeProjection(deps, { ...input, features }, record);
  if (input.planHash !== record.planHash) await noteNewPlan(deps, input, record);
  const latest = (await readMissionRecord(state, input.missionId)) ?? record;
  const updated: MissionRecord = {
    ...latest,
    planHash: input.planHash,
    status: input.status,
    ...(input.mode && { mode: input.mode }),
    ...(input.budget && { totals: input.budget, caps: input.budget.caps }),
    projected: written.projected,
    gates: input.gates,
    handEdits: written.handEdits.slice(0, EDITS_RECORDED),
  };
  await writeMissionRecord(state, updated);
  const unpublished =
    input.commit === undefined ? undefined : await commit(deps, updated, input.commit);
  return {
    handEdits: fewEdits(written.handEdits, EDITS_ANSWERED, ANSWER_BYTES),
    ...(unpublished === undefined ? {} : { unpublished: cutToBytes(unpublished, REASON_BYTES) }),
  };
}

/** Before the record names it, so that a second run notes it too; who sent it by our command line has noted it already. */
async function noteNewPlan(
  { paths, clock }: MissionFileDependencies,
  { planHash, story }: MissionFileInput,
  record: MissionRecord,
): Promise<void> {
  const sent = story.findLast(
    ({ text, by }) => by !== undefined && text.includes(planHash.slice(0, 12)),
  );
  const at = sent?.at ?? new Date(clock.now()).toISOString();
  await notePlan(paths.plans, record, {
    planHash,
    at,
    ...(sent?.by === undefined ? {} : { by: sent.by }),
    // Who changes it by hand has said why with the command.
    ...(sent?.by?.from === "engine" ? { why: sent.text } : {}),
  });
}

interface Written {
  projected: Record<string, string>;
  handEdits: HandEdit[];
}

async function writeProjection(
  deps: MissionFileDependencies,
  input: MissionFileInput,
  record: MissionRecord,
): Promise<Written> {
  const path = missionFilePath(record);
  const before = record.projected ?? {};
  const exits = await readExits(deps, input, before);
  for (let tries = 1; ; tries++) {
    const bytes = await readIfThere(path);
    const text = bytes && textOf(bytes);
    if (bytes !== undefined && text === undefined) {
      // whatever we wrote would change bytes that are not ours
      const edit = handEdit(input.missionId, "mission.md", "(not UTF-8 text)");
      return { projected: before, handEdits: [edit] };
    }
    const projection =
      text === undefined
        ? await makeAgain(deps, input, record)
        : projectMissionFile(text, input, before, await replanned(deps, input, record), exits);
    const now = await readIfThere(path);
    const isUntouched = now === undefined ? bytes === undefined : bytes?.equals(now) === true;
    if (!isUntouched && tries < TRIES) continue;
    if (projection.text !== text) await writeWhole(path, projection.text);
    return projection;
  }
}

async function replanned(
  { blobs }: MissionFileDependencies,
  { planHash }: MissionFileInput,
  record: MissionRecord,
) {
  if (planHash === record.planHash) return undefined;
  const plan = await readStoredPlan(blobs, planHash);
  return { plan, planYaml: planToYaml(plan) };
}

/** A person deleted the file (or the folder): made from plan and record, which know all values but not the story so far. */
async function makeAgain(
  { blobs, clock, missionTemplate }: MissionFileDependencies,
  input: MissionFileInput,
  record: MissionRecord,
) {
  const plan = await readStoredPlan(blobs, input.planHash);
  const made = createMissionFile({
    record,
    plan,
    template: missionTemplate,
    planYaml: planToYaml(plan),
    origin: { at: record.createdAt },
  });
  const { text, projected } = carryOver(made, record.projected ?? {});
  const at = new Date(clock.now()).toISOString();
  const line: StoryLine = {
    seq: `made-again/${at}`,
    at,
    kind: "recovery",
    text: "mission.md was gone and was made again from plan and record; the story before this is in the folder's git history as far as it was committed.",
  };
  const exits = await readExits({ blobs }, input, {});
  const story = [line, ...input.story];
  return projectMissionFile(text, { ...input, story }, projected, undefined, exits);
}

/** Reports that mission.md does not show yet, and all of them at the end; one that is not in the store any more is left out. */
async function readExits(
  { blobs }: Pick<MissionFileDependencies, "blobs">,
  { milestones, result }: MissionFileInput,
  projected: Record<string, string>,
): Promise<ExitSection[]> {
  const sections: ExitSection[] = [];
  for (const { id, title, exit, unjudged } of milestones) {
    if (exit === undefined) continue;
    const why = unjudged === undefined ? "" : `-${planDigest(unjudged).slice(0, 8)}`;
    const key = `${exit.sha256}${why}`;
    if (result === undefined && isExitShown(projected, { id, key })) continue;
    const report = await readReport(blobs, exit).catch(() => undefined);
    if (report === undefined) continue;
    const judge = unjudged === undefined ? {} : { judge: { notAsked: unjudged } };
    sections.push({ id, title, key, report: { ...report, ...judge } });
  }
  return sections;
}

async function commit(
  { clock, folderCommit }: MissionFileDependencies,
  record: MissionRecord,
  subject: string,
): Promise<string | undefined> {
  try {
    return await folderCommit.commitFolder(record, subject, new Date(clock.now()).toISOString());
  } catch (error) {
    if (isDiskFull(error)) throw error;
    const said = error instanceof Problem ? `${error.message} ${error.remedy}` : String(error);
    throw ApplicationFailure.create({
      type: FAILURE.repositoryUnusable,
      message: `mission.md is written but its folder could not be committed: ${said.slice(0, 500)}`,
      nonRetryable: true,
      ...(error instanceof Error && { cause: error }),
    });
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const missingRecord = (missionId: string) =>
  ApplicationFailure.nonRetryable(
    `This host has no record of the mission ${missionId}.`,
    FAILURE.missingRecord,
  );

const isDiskFull = (error: unknown) => ["ENOSPC", "EDQUOT"].includes(systemCode(error) ?? "");

function asFailure(error: unknown): unknown {
  if (!isDiskFull(error)) return error;
  return ApplicationFailure.retryable("The disk is full: mission.md waits.", FAILURE.storeFull);
}
