/** How a start that was stopped goes on: by which command, with which plan, and with the questions once more. */
import { existsSync } from "node:fs";
import { askAgain } from "../../domain/interview/interview.js";
import type { Plan } from "../../domain/plan.js";
import type { Scope } from "../../domain/scope.js";
import { readPlanFile } from "../../store/plan-file.js";
import type { Context } from "../context.js";
import { loadInterview, saveInterview } from "../interview/keeping.js";
import { planInWorkPath, removePlanInWork } from "../plan-gate/plan-in-work.js";
import { missionsCommand, optionFlag } from "../shell-words.js";
import { spanOf } from "./deadline.js";
import type { StartOptions } from "./options.js";

/** What an interview has taken up as answers, and what says which interview or goal it is. */
const IN_INTERVIEW = [
  "type",
  "mode",
  "budget",
  "hours",
  "tokens",
  "deadline",
  "zone",
  "atDeadline",
  "level",
  "repo",
  "homeless",
] as const satisfies (keyof StartOptions)[];
const SAID_APART = ["interview", "resumeInterview", "headless", "id"] as const;

/** The command that goes on with this start, with all that was typed. */
export function goOnCommand(goal: string, options: StartOptions, missionId: string): string {
  const { interview, headless } = options;
  const asksNothing = headless === true ? ["--headless"] : [];
  if (headless === true && interview === undefined) {
    const words = optionWords(options, SAID_APART);
    return missionsCommand("start", ...asksNothing, "--id", missionId, ...words, "--", goal);
  }
  const way = interview === undefined ? "--resume-interview" : "--interview";
  const words = optionWords(options, [...SAID_APART, ...IN_INTERVIEW]);
  return missionsCommand("start", way, missionId, ...asksNothing, ...words);
}

function optionWords(options: StartOptions, without: readonly (keyof StartOptions)[]): string[] {
  const left = (Object.keys(options) as (keyof StartOptions)[]).filter(
    (name) => !without.includes(name),
  );
  return left.flatMap((name) => {
    const value = options[name];
    if (value === undefined || value === false) return [];
    return value === true ? [optionFlag(name)] : [optionFlag(name), String(value)];
  });
}

/**
 * The plan of an interview as it was left at the plan gate; answers that are given anew need a new plan.
 * @throws Problem when the file was changed to something that is no plan.
 */
export async function planAsLeft(
  { paths, output }: Context,
  { missionId, scope }: { missionId: string; scope: Scope },
  options: StartOptions,
): Promise<Plan | undefined> {
  const hasInterview = options.interview !== undefined || options.resumeInterview !== undefined;
  if (!hasInterview || IN_INTERVIEW.some((name) => options[name] !== undefined)) return undefined;
  const path = planInWorkPath(paths, missionId);
  if (!existsSync(path)) return undefined;
  const { plan } = await readPlanFile(path);
  output.note("Going on with the plan as it was left.");
  return withFuture(plan, scope, new Date());
}

/** A deadline that passed while the plan lay was asked again; that answer counts. */
function withFuture(plan: Plan, scope: Scope, now: Date): Plan {
  const { deadline, ...rest } = plan;
  if (deadline === undefined || Date.parse(deadline) > now.getTime()) return plan;
  const asked = spanOf(scope) === undefined ? scope.deadline : undefined;
  if (asked === undefined) return rest;
  const { at, zone, atDeadline } = asked;
  return { ...rest, deadline: at, deadline_zone: zone, at_deadline: atDeadline };
}

/** @returns options of a start that asks the same questions again, with what was answered as recommendations. */
export async function startOver(
  context: Context,
  missionId: string,
  { interview: _, id: __, ...options }: StartOptions,
): Promise<StartOptions> {
  await removePlanInWork(context.paths, missionId);
  await saveInterview(context, askAgain(await loadInterview(context, missionId)));
  return { ...options, resumeInterview: missionId };
}
