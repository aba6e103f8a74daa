/** Finds a mission by what a person typed, without a server. */
import { MISSION_ID } from "../domain/ids.js";
import { cleanLine } from "../domain/clean-text.js";
import { EXIT, Problem } from "../domain/problem.js";
import { listMissionRecords, type MissionRecord, readMissionRecord } from "./mission-record.js";

const ENDED = new Set<string>(["completed", "cancelled", "failed"]);
const LISTED = 10;

/**
 * @param typed the id, its start, the start of its date or of its random part; left out: the only open mission, else the only one.
 * @throws Problem notFound that lists the candidates when none or several fit.
 */
export async function findMission(
  state: string,
  typed: string | undefined,
): Promise<MissionRecord> {
  const ids = (await listMissionRecords(state)).filter((id) => MISSION_ID.test(id));
  const wanted = typed
    ?.trim()
    .toLowerCase()
    .replace(/^mission\//, "");
  const fitting = wanted === undefined ? ids : ids.filter((id) => fits(id, wanted));
  const exact = fitting.filter((id) => id === wanted);
  const records = await readAll(state, exact.length > 0 ? exact : fitting);
  const open = records.filter(({ status }) => !ENDED.has(status));
  const candidates = wanted === undefined && open.length > 0 ? open : records;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  throw notFound(typed, ids, candidates);
}

function fits(id: string, wanted: string): boolean {
  const [, date = "", random = ""] = id.split("-");
  if (wanted === "") return false;
  return [id, `${date}-${random}`, random].some((part) => part.startsWith(wanted));
}

/** A record that cannot be read is left out: it must not hide the others. */
async function readAll(state: string, ids: string[]): Promise<MissionRecord[]> {
  const read = await Promise.all(
    ids.map((id) => readMissionRecord(state, id).catch(() => undefined)),
  );
  return read.filter((record) => record !== undefined);
}

function notFound(typed: string | undefined, ids: string[], several: MissionRecord[]): Problem {
  if (ids.length === 0) {
    return new Problem(
      EXIT.notFound,
      "There is no mission yet.",
      'Start one with: npx missions start "..."',
    );
  }
  const name = typed === undefined ? "" : JSON.stringify(cleanLine(typed, 80));
  if (several.length === 0) {
    const newest = ids.slice(-LISTED).reverse().join(", ");
    return new Problem(
      EXIT.notFound,
      name === "" ? "No mission can be read." : `No mission fits ${name}.`,
      `There are: ${newest}${ids.length > LISTED ? ", ..." : ""}. See all with: npx missions list`,
    );
  }
  const listed = several
    .slice(-LISTED)
    .map(({ missionId, status, title }) => `${missionId} (${status}, ${cleanLine(title, 40)})`);
  const more = several.length > LISTED ? ` and ${several.length - LISTED} more` : "";
  return new Problem(
    EXIT.notFound,
    name === "" ? `${several.length} missions fit.` : `${name} fits ${several.length} missions.`,
    `Name one of: ${listed.join(", ")}${more}.`,
  );
}
