/** `start "Build a CRM"`: from the sentence to a plan that a person has agreed on. */
import { formatUsd } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { dropInterview } from "../../store/interviews.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { withClientIfThere, type Context } from "../context.js";
import { resumeCommand } from "../interview/keeping.js";
import { readMissionPlan } from "../mission-plan.js";
import { planGate, type PlanDecision } from "../plan-gate/gate.js";
import { removePlanInWork, savePlanInWork } from "../plan-gate/plan-in-work.js";
import { missionsCommand } from "../shell-words.js";
import { agreeUnsandboxed, type Approval } from "./approval.js";
import { withDeadline } from "./deadline.js";
import { planFigures } from "./plan-figures.js";
import { planScope, replanWith, type GoalPlan } from "./goal-plan.js";
import { PLANNING_CAP_USD, scopeOfGoal, type GoalScope } from "./goal-scope.js";
import { needModels } from "./models.js";
import { isApproved, type StartOptions } from "./options.js";
import { choosePlaces } from "./places.js";
import { choosePlanner, findPlanner } from "./planner.js";
import type { ReadyMission } from "./ready.js";

export type Agreed = { kind: "ready"; ready: ReadyMission } | { kind: "demo" };

/** @throws Problem; answers, plan and what was paid for are kept, and the command that goes on is named. */
export async function agreeOnPlan(
  context: Context,
  goal: string,
  options: StartOptions,
): Promise<Agreed> {
  const made = await madeBefore(context, options);
  if (made !== undefined) return { kind: "ready", ready: made };
  const asks = context.output.interactive && options.headless !== true;
  const planner = asks ? await choosePlanner(context) : await findPlanner(context);
  if (planner.kind === "demo") return planner;
  const models = planner.kind === "model" ? [planner.model] : [];
  const unsandboxed = await agreeUnsandboxed(context, models, options);
  for (let wishes = options; ;) {
    const found = await scopeOfGoal(context, goal, wishes, planner);
    const goOn = goOnWith(goal, options, found);
    const capUsd = options.planningCap ?? PLANNING_CAP_USD;
    const goalPlan: GoalPlan = { context, missionId: found.missionId, planner, capUsd, goOn };
    const outcome = await planOf(goalPlan, found, options, asks);
    if (outcome.decision === "start-over") {
      await forgetPlanning(context, found.missionId);
      const { goal: same } = found.scope;
      if (options.resumeInterview !== undefined) return agreeOnPlan(context, same, again(options));
      wishes = { ...again(options), id: found.missionId };
      continue;
    }
    if (outcome.decision === "drop") throw await dropped(context, found.missionId);
    const ready = await readyWith(context, found, outcome, { ...options, unsandboxed });
    return { kind: "ready", ready };
  }
}

const again = ({ resumeInterview: _, ...rest }: StartOptions): StartOptions => rest;

/** The interview and the plan in work are the mission's now, or nobody's. */
export async function forgetPlanning(context: Context, missionId: string): Promise<void> {
  await dropInterview(context.paths.interviews, missionId);
  await removePlanInWork(context.paths, missionId);
}

async function planOf(
  goalPlan: GoalPlan,
  { missionId, scope, asked }: GoalScope,
  options: StartOptions,
  asks: boolean,
): Promise<{ plan: Plan; decision: PlanDecision }> {
  const { context, planner } = goalPlan;
  // What cannot be used is refused before anything is paid for.
  await choosePlaces(context, { title: scope.goal, workspace: "git" }, missionId, asked);
  const plan = await planScope(goalPlan, scope);
  await savePlanInWork(context.paths, missionId, plan);
  if (options.queue === true) return { plan, decision: "queue" };
  if (isApproved(options)) return { plan, decision: "start" };
  if (!asks) return { plan, decision: "review" };
  return planGate(context, {
    plan,
    scope,
    missionId,
    summary: (shown) => Promise.resolve(planFigures(context, planner.bases, shown)),
    redraft: replanWith(goalPlan, scope),
    changeLevel: (level) => planScope(goalPlan, { ...scope, level }),
    goOn: missionsCommand("start", "--plan", planPath(context, missionId), "--id", missionId),
    streams: context.streams,
  });
}

const planPath = ({ paths }: Context, missionId: string) =>
  `${paths.interviews}/${missionId}.plan.yaml`;

const APPROVALS: Record<"start" | "queue" | "review", Approval> = {
  start: "approved",
  queue: "queued",
  review: "waits",
};

async function readyWith(
  context: Context,
  { missionId, scope, asked }: GoalScope,
  outcome: { plan: Plan; decision: PlanDecision },
  options: StartOptions,
): Promise<ReadyMission> {
  const { plan, deadlineSpanMs } = spanned(outcome.plan, scope);
  const models = await needModels(context, plan);
  const unsandboxed = await agreeUnsandboxed(context, models, options);
  const places = await choosePlaces(context, plan, missionId, asked);
  const approval = APPROVALS[outcome.decision as keyof typeof APPROVALS];
  const { answers } = scope;
  return { missionId, plan, deadlineSpanMs, places, approval, isDemo: false, unsandboxed, answers };
}

/** A span counts from the approval, unless the plan's deadline was changed at the gate. */
function spanned(plan: Plan, { deadline }: Scope): { plan: Plan; deadlineSpanMs?: number } {
  if (deadline?.relative === undefined || plan.deadline !== new Date(deadline.at).toISOString())
    return { plan };
  const { relative, zone, atDeadline } = deadline;
  return withDeadline(plan, { deadline: relative, zone, atDeadline }, new Date());
}

/** Where a start under an id is repeated, the mission that it made is shown. */
async function madeBefore(
  context: Context,
  { id, interview, ...options }: StartOptions,
): Promise<ReadyMission | undefined> {
  const missionId = id ?? interview;
  if (missionId === undefined) return undefined;
  const record = await readMissionRecord(context.paths.state, missionId);
  return record === undefined ? undefined : readyFromRecord(context, record, options);
}

async function readyFromRecord(
  { paths }: Context,
  record: MissionRecord,
  options: StartOptions,
): Promise<ReadyMission> {
  const { missionId, unsandboxed = false } = record;
  const plan = await readMissionPlan(paths, record);
  const approval = options.queue === true ? "queued" : isApproved(options) ? "approved" : "waits";
  const given = { places: undefined, isDemo: record.demo === true, unsandboxed, answers: [] };
  return { missionId, plan, approval, ...given };
}

function goOnWith(goal: string, options: StartOptions, { missionId }: GoalScope): string {
  if (options.interview !== undefined)
    return missionsCommand("start", "--interview", options.interview, "--headless");
  if (options.headless === true)
    return missionsCommand("start", "--headless", "--id", missionId, goal);
  return resumeCommand(missionId);
}

/** Closes the account of a plan that nobody wants. */
async function dropped(context: Context, missionId: string): Promise<Problem> {
  const { abandonPlanning } = await import("../planning/abandon.js");
  const spent = await withClientIfThere(context, async (client) =>
    client === undefined ? undefined : abandonPlanning(client, missionId),
  );
  await forgetPlanning(context, missionId);
  const cost = spent === undefined ? "nothing" : formatUsd(spent.microUsd);
  return new Problem(
    EXIT.interrupted,
    `The plan is dropped; planning it cost ${cost}.`,
    "Start again when you like.",
  );
}
