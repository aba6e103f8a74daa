/** A changed plan on its way to a mission: what it changes is shown, agreed to, stored, sent and noted. */
import type { Client } from "@temporalio/client";
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import type { Plan } from "../../domain/plan.js";
import { begunViolations } from "../../domain/planning/edit-begun.js";
import { diffLines, diffPlans, type PlanDiff } from "../../domain/planning/plan-diff.js";
import type { Violation } from "../../domain/plan-issues.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { putBlob } from "../../store/blobs.js";
import { notePlan } from "../../store/plan-history.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { estimateBases } from "../budget/basis.js";
import type { Context } from "../context.js";
import { sendCommand } from "../missions.js";
import { sayAnswer } from "../send.js";
import { missionsCommand } from "../shell-words.js";
import { needModels } from "../start/models.js";
import { confirm } from "../terminal/ask.js";
import { cleanLine } from "../terminal/clean.js";
import type { CurrentPlan } from "./current-plan.js";
import { forgeLinesOfChange } from "./forge-words.js";
import { effectLines, planEffect, type PlanEffect } from "./plan-effect.js";
import { readStops, stopLines, type Stop } from "./stops.js";

export interface Proposal {
  current: CurrentPlan;
  after: Plan;
  /** Kept with the decision. */
  reason?: string | undefined;
  /** True: what runs may be stopped and done anew. */
  mayStop: boolean;
}

export interface ProposalOptions {
  /** Agreed to before it was shown. */
  yes?: boolean | undefined;
  /** Shown only. */
  dryRun?: boolean | undefined;
}

/** Without a terminal the change must be agreed to with the command. @throws Problem badInput. */
export function needAgreement({ output }: Context, { yes, dryRun }: ProposalOptions): void {
  if (yes === true || dryRun === true || output.interactive) return;
  throw new Problem(
    EXIT.badInput,
    "Nobody can be asked here whether the plan shall change.",
    "Say that it is meant with --yes.",
  );
}

/** @returns `sent: false` when nothing was to be changed or the person said no. @throws Problem when it is not possible. */
export async function proposePlan(
  context: Context,
  client: Client,
  proposal: Proposal,
  options: ProposalOptions,
): Promise<{ code: ExitCode; sent: boolean }> {
  const { output } = context;
  const { current, after } = proposal;
  const { missionId } = current.record;
  refuseImpossible(proposal);
  if (canonicalPlanJson(current.plan) === canonicalPlanJson(after)) {
    output.answer({ missionId, applied: false }, ["Nothing changes."]);
    return { code: EXIT.ok, sent: false };
  }
  const change = await whatChanges(context, proposal);
  const lines = linesOf(proposal, change);
  if (options.dryRun === true) {
    output.answer({ missionId, applied: false, dryRun: true, ...change }, lines);
    return { code: EXIT.ok, sent: false };
  }
  // Shown before anything is refused: without a terminal this is where a person reads what --yes would do.
  for (const line of lines) output.note(line);
  needAgreement(context, options);
  await needModels(context, after);
  if (options.yes !== true && !(await confirm("Change the plan?"))) {
    output.note("Nothing was changed.");
    return { code: EXIT.interrupted, sent: false };
  }
  return { code: await send(context, client, proposal, change), sent: true };
}

/** Noted before it is said: what the mission took is in the list of versions. */
async function send(
  context: Context,
  client: Client,
  { current, after, reason }: Proposal,
  change: Change,
): Promise<ExitCode> {
  const { paths, by } = context;
  const { missionId } = current.record;
  const blob = await putBlob(paths.blobs, canonicalPlanJson(after), "plan.json");
  const planHash = blob.sha256;
  const why = reason === undefined ? {} : { reason };
  const answer = await sendCommand(client, missionId, "replan", { planHash, ...why }, { by });
  if (answer.applied || !answer.confirmed) {
    const at = new Date().toISOString();
    const entry = { planHash, at, by, ...(reason === undefined ? {} : { why: reason }) };
    await notePlan(paths.plans, current.record, entry);
  }
  const told = { ...answer, planHash, ...change };
  return sayAnswer(context, missionId, told);
}

interface Change {
  diff: PlanDiff;
  /** Absent where no model is configured to estimate with. */
  effect?: PlanEffect;
  stops: Stop[];
}

async function whatChanges(context: Context, { current, after }: Proposal): Promise<Change> {
  const { record, plan: before, progress } = current;
  const basis = await preferredBasis(context);
  const effect =
    basis === undefined ? undefined : planEffect({ before, after }, progress, basis, new Date());
  return {
    diff: diffPlans(before, after),
    ...(effect === undefined ? {} : { effect }),
    stops: await readStops(context.paths, record.missionId, { before, after }, progress),
  };
}

async function preferredBasis(context: Context): Promise<EstimateBasis | undefined> {
  try {
    const [basis] = await estimateBases(context);
    return basis;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.output.note(`Money and hours cannot be estimated: ${error.message}`);
    return undefined;
  }
}

function linesOf({ current, after }: Proposal, { diff, effect, stops }: Change): string[] {
  const { record, plan: before, seen } = current;
  const zone = after.deadline_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [
    ...diffLines(diff),
    ...(effect === undefined ? [] : effectLines(effect, zone, seen.budget)),
    ...stopLines(record.missionId, seen.mode, stops),
    ...keptNotes(record.missionId, diff),
    ...gateNotes(current, diff),
    ...forgeLinesOfChange(record, before, after),
  ].map(cleanLine);
}

/** Caps and deadline are the guard's once there is a mission; a plan that says something else does not change them. */
function keptNotes(missionId: string, { plan }: PlanDiff): string[] {
  const fields = plan.map(({ field }) => field);
  const has = (...names: string[]) => names.some((name) => fields.includes(name));
  const flags = [
    ...(has("money") ? ["--usd"] : []),
    ...(has("hours") ? ["--hours"] : []),
    ...(has("tokens") ? ["--tokens"] : []),
    ...(has("alert") ? ["--alert-at"] : []),
    ...(has("deadline", "deadline zone", "at the deadline") ? ["--deadline"] : []),
  ];
  if (flags.length === 0) return [];
  const command = missionsCommand("adjust-budget", missionId, ...flags);
  return [`Caps and deadline of the mission stay as they are; they are changed with: ${command}`];
}

/** A new plan answers the gate of a milestone, and those of features that it changes or drops; others stay open. */
function gateNotes({ record, seen }: CurrentPlan, { features }: PlanDiff): string[] {
  const other = new Set([...features.changed, ...features.dropped].map(({ id }) => id));
  return seen.gates.map(({ id, kind, featureId = "" }) =>
    kind === "milestone" || (kind === "feature" && other.has(featureId))
      ? `The new plan answers gate ${id}; the mission goes on without your decision there.`
      : `Gate ${id} still waits for you: ${missionsCommand("status", record.missionId)}`,
  );
}

function refuseImpossible({ current, after, mayStop }: Proposal): void {
  const { plan, progress } = current;
  const [first, ...more] = [
    ...settledViolations(current, after),
    ...begunViolations(plan, after, progress, mayStop),
  ];
  if (first === undefined) return;
  const others = more.map(({ sentence }) => sentence);
  throw new Problem(EXIT.notNow, [first.sentence, ...others].join(" "), first.remedy);
}

/** What a mission is made with and keeps: the workspace, and from the first milestone on the mode. */
function settledViolations({ record, plan, progress }: CurrentPlan, after: Plan): Violation[] {
  const { missionId } = record;
  const hasBegun = [...progress.milestones.values()].some((status) => status !== "pending");
  return (["mode", "workspace"] as const)
    .filter((field) => plan[field] !== after[field] && (field === "workspace" || hasBegun))
    .map((field) => ({
      sentence: `Mission ${missionId} works with ${field} ${plan[field]}, which stays.`,
      remedy: `Start another one with it: npx missions plan show ${missionId} --yaml writes the plan.`,
    }));
}
