/** Every command of a person goes this way: find the mission, send, say what came of it. */
import type { Client } from "@temporalio/client";
import type { CommandName, Commands } from "../workflows/messages.js";
import { readMissionRecord } from "../store/mission-record.js";
import { isThinking } from "../domain/mission.js";
import type { Plan } from "../domain/plan.js";
import { EXIT, Problem, type ExitCode } from "../domain/problem.js";
import { withClient, type Context } from "./context.js";
import { findOnServer, type Found } from "./find-mission.js";
import { findFeature, readMissionPlan } from "./mission-plan.js";
import { gates, sendCommand, type CommandAnswer } from "./missions.js";
import { cleanLine } from "./terminal/clean.js";

export type Payload<Name extends CommandName> = Omit<Commands[Name], "commandId" | "by">;

const FOLLOWED: readonly CommandName[] = ["approvePlan", "decide", "resume", "retryFeature"];

/** What to type next, where there is something to see or to undo. */
async function nextLines(client: Client, name: CommandName, missionId: string): Promise<string[]> {
  if (name === "pause") return [`Go on with: npx missions resume ${missionId}`];
  if (!FOLLOWED.includes(name)) return [];
  const open = name === "decide" ? await gates(client, missionId).catch(() => []) : [];
  return [
    ...(open.length === 0
      ? []
      : [`Still waiting for you: ${open.length}, see npx missions status ${missionId}`]),
    `Follow it with: npx missions watch ${missionId}`,
  ];
}

/** Prints the answer. @throws Problem notNow when the mission did not take the command. */
export function sayAnswer(
  context: Context,
  missionId: string,
  answer: CommandAnswer,
  next: readonly string[] = [],
): ExitCode {
  if (answer.confirmed && !answer.applied) {
    throw new Problem(
      EXIT.notNow,
      cleanLine(answer.message),
      `See where it stands with: npx missions status ${missionId}`,
    );
  }
  context.output.answer({ missionId, ...answer }, [
    `${missionId}: ${cleanLine(answer.message)}`,
    ...(answer.confirmed
      ? next
      : [`See whether it arrived with: npx missions status ${missionId}`]),
  ]);
  return EXIT.ok;
}

/** Only where this host has the plan: the mission takes the name of any feature, and says later that there is none. */
async function requireFeature(
  { paths }: Context,
  missionId: string,
  sent: { feature?: string },
): Promise<void> {
  const { feature } = sent;
  const record = await readMissionRecord(paths.state, missionId);
  if (feature === undefined || record === undefined) return;
  const plan = await readMissionPlan(paths, record).catch(() => undefined);
  if (plan !== undefined) findFeature(plan, missionId, feature);
}

/** Where the plan, as far as this host has it, has nobody who would read a note. */
async function deafLines(
  { paths }: Context,
  { missionId }: Found,
  { feature }: { feature?: string },
): Promise<string[]> {
  const record = await readMissionRecord(paths.state, missionId);
  if (record === undefined) return [];
  const plan = await readMissionPlan(paths, record).catch(() => undefined);
  return plan === undefined ? [] : unheard(plan, feature);
}

/** @param feature the one that the note is for; left out: all. */
export function unheard({ milestones }: Plan, feature?: string): string[] {
  const meant = milestones
    .flatMap(({ features }) => features)
    .filter(({ id }) => feature === undefined || id === feature);
  if (meant.length === 0 || meant.some(({ agent }) => isThinking(agent))) return [];
  const who = feature === undefined ? "No feature of the plan has" : `Feature ${feature} has not`;
  return [`${who} an agent that listens: scripts do not read notes.`];
}

/** @param names further arguments after the mission. @param payload made from them. */
export function sendFrom<Name extends CommandName>(
  context: Context,
  typed: readonly string[],
  name: Name,
  names: readonly string[],
  payload: (found: Found) => Payload<Name>,
): Promise<ExitCode> {
  return withClient(context, async (client) => {
    const found = await findOnServer(context, client, typed, { names });
    const sent = payload(found);
    await requireFeature(context, found.missionId, sent);
    const answer = await sendCommand(client, found.missionId, name, sent, { by: context.by });
    const next = answer.applied ? await nextLines(client, name, found.missionId) : [];
    if (answer.applied && name === "steer") next.push(...(await deafLines(context, found, sent)));
    return sayAnswer(context, found.missionId, answer, next);
  });
}
