/** Interviews of this host: found by id, changed one at a time, and what they leave behind when they are done. */
import { join } from "node:path";
import { withLock } from "../../config/lock.js";
import { type Interview, refreshDeadline } from "../../domain/interview/interview.js";
import { preferencesToRemember } from "../../domain/interview/preference-questions.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { listInterviews, readInterview, writeInterview } from "../../store/interviews.js";
import { preferencesPath, rememberPreferences } from "../../store/preferences.js";
import type { Context } from "../context.js";
import { fitting } from "../mission-id.js";
import { missionsCommand } from "../shell-words.js";

/** Plans what an interview found out, without asking more. */
export const planCommand = (id: string) =>
  missionsCommand("start", "--interview", id, "--headless");
/** Goes on with an interview on a terminal. */
export const resumeCommand = (id: string) => missionsCommand("start", "--resume-interview", id);

/** The id that `typed` stands for: whole, its beginning, or its last part. @throws Problem notFound. */
export async function findInterviewId(context: Context, typed: string): Promise<string> {
  const ids = await listInterviews(context.paths.interviews);
  const found = fitting(
    typed,
    ids.map((missionId) => ({ missionId, title: "", status: "" })),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.missionId;
  throw new Problem(
    EXIT.notFound,
    found.length > 1
      ? `${JSON.stringify(typed.slice(0, 60))} fits ${found.length} interviews.`
      : `There is no interview ${JSON.stringify(typed.slice(0, 60))}.`,
    "See those there are with: npx missions interview list",
  );
}

/** @throws Problem notFound, or environment for a damaged file. */
export async function loadInterview(context: Context, id: string): Promise<Interview> {
  const interview = await readInterview(context.paths.interviews, id);
  if (interview !== undefined) return refreshDeadline(interview, new Date());
  throw new Problem(
    EXIT.notFound,
    `There is no interview ${id}.`,
    "See those there are with: npx missions interview list",
  );
}

export const saveInterview = (context: Context, interview: Interview) =>
  writeInterview(context.paths.interviews, interview);

/** Two answers to one interview come one after the other. */
export function oneAnswerAtATime<T>(
  context: Context,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(context.paths.run, `interview-${id}.lock`);
  return withLock(lock, { waitMs: 10_000, onWait: () => undefined }, work);
}

/** Writes what is to be remembered. @returns lines that say so, or why not; never a reason to stop. */
export async function rememberFrom(context: Context, interview: Interview): Promise<string[]> {
  const { home } = context.environment;
  try {
    const changed = await rememberPreferences(home, preferencesToRemember(interview));
    return changed ? [`Your preferences are remembered in ${preferencesPath(home)}.`] : [];
  } catch (error) {
    if (error instanceof Problem) return [`${error.message} ${error.remedy}`];
    return [`Your preferences could not be remembered: ${String(error).slice(0, 200)}`];
  }
}
