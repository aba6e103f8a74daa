/** Makes the folder and the record of a new mission, whole or not at all. */
import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import { systemCode, writeWhole } from "./files.js";
import { createMissionFile, type NewMissionFile } from "./mission-file-create.js";
import { type MissionRecord, readMissionRecord, writeMissionRecord } from "./mission-record.js";

export const missionFilePath = (record: Pick<MissionRecord, "folder">) =>
  join(record.folder, "mission.md");

export interface NewMissionFolder extends NewMissionFile {
  /** The engine's folder of records. */
  state: string;
}

export interface MadeMissionFolder {
  /** As written: with the values of mission.md by field. */
  record: MissionRecord;
  missionFile: string;
  /** Takes all of it back, for a later step that fails; parents go too when this made them and nobody used them. May be repeated. */
  undo(): Promise<void>;
}

/**
 * Writes mission.md into `record.folder` and the record into the state folder.
 * @throws Problem when folder or record exist already (notNow) or cannot be written (environment); nothing is left then.
 */
export async function createMissionFolder(input: NewMissionFolder): Promise<MadeMissionFolder> {
  const { state, record } = input;
  const { text, projected } = createMissionFile(input);
  const parent = dirname(record.folder);
  let firstMade: string | undefined;
  let folderMade = false;
  const undo = async () => {
    if (folderMade) {
      await rm(record.folder, { recursive: true, force: true });
      await rm(join(state, `${record.missionId}.json`), { force: true });
    }
    if (firstMade !== undefined) await removeEmpty(parent, dirname(firstMade));
  };
  try {
    if ((await readMissionRecord(state, record.missionId)) !== undefined) throw taken(record);
    firstMade = await mkdir(parent, { recursive: true });
    await mkdir(record.folder).catch((error: unknown) => {
      throw systemCode(error) === "EEXIST" ? taken(record) : error;
    });
    folderMade = true;
    await writeWhole(missionFilePath(record), text);
    const written = { ...record, projected };
    await writeMissionRecord(state, written);
    return { record: written, missionFile: missionFilePath(record), undo };
  } catch (error) {
    await undo();
    throw explained(error, record);
  }
}

/** Removes `folder` and the folders above it, up to but without `top`, as long as they are empty. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at !== top && at !== dirname(at); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return; // somebody uses it
    }
  }
}

const taken = ({ missionId, folder }: MissionRecord) =>
  new Problem(
    EXIT.notNow,
    `The mission ${missionId} exists already, in ${folder}.`,
    `See it with: npx missions status ${missionId}`,
  );

function explained(error: unknown, record: MissionRecord): unknown {
  const code = systemCode(error) ?? "";
  const problem = (message: string, remedy: string) =>
    new Problem(EXIT.environment, message, remedy, error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return problem("The disk is full: the mission was not made.", "Free some space and try again.");
  }
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code)) {
    return problem(
      `The mission folder ${record.folder} or its record cannot be made (${code}).`,
      "Mend what is in the way, or choose another place with --repo or MISSIONS_HOME.",
    );
  }
  return error;
}
