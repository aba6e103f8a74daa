/** `start "Build a CRM"`: from the sentence to a plan that a person has agreed on. */
import { withReservations } from "../../domain/agents.js";
import { formatUsd } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { budgetViolations } from "../../domain/plan-rules.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { withAgent } from "../../domain/usual-agent.js";
import { dropInterview } from "../../store/interviews.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { withClientIfThere, type Context } from "../context.js";
import { readMissionPlan } from "../mission-plan.js";
import { PLANNING_CAP_USD } from "../planning/planning-cap.js";
import { planGate, type PlanDecision } from "../plan-gate/gate.js";
import { removePlanInWork, savePlanInWork } from "../plan-gate/plan-in-work.js";
import { defaultAgent, knownAgents, needInstalled } from "./agents.js";
import { agreeUnsandboxed, type Approval } from "./approval.js";
import { chooseForges, forgeLines } from "./choose-forges.js";
import { spanOf } from "./deadline.js";
import { goOnCommand, planAsLeft, startOver } from "./go-on.js";
import { planScope, replanWith, type GoalPlan } from "./goal-plan.js";
import { scopeOfGoal, type GoalScope } from "./goal-scope.js";
import { needModels } from "./models.js";
import { isApproved, type StartOptions } from "./options.js";
import { choosePlaces } from "./places.js";
import { planFigures } from "./plan-figures.js";
import { planNotices } from "./plan-notices.js";
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
  const planner = asksIn(context, options)
    ? await choosePlanner(context)
    : await findPlanner(context);
  if (planner.kind === "demo") return planner;
  const models = planner.kind === "model" ? [planner.model] : [];
  const unsandboxed = await agreeUnsandboxed(context, models, options);
  for (let wishes = options; ;) {
    const found = await scopeOfGoal(context, goal, wishes, planner);
    const { missionId } = found;
    const goOn = goOnCommand(goal, wishes, missionId);
    const capUsd = options.planningCap ?? PLANNING_CAP_USD;
    const outcome = await planOf({ context, missionId, planner, capUsd, goOn }, found, wishes);
    if (outcome.decision === "start-over") {
      wishes = await startOver(context, missionId, wishes);
      continue;
    }
    if (outcome.decision === "drop") throw await dropped(context, missionId);
    const ready = await readyWith(context, found, outcome, { ...options, unsandboxed });
    return { kind: "ready", ready };
  }
}

/** The interview and the plan in work are the mission's now, or nobody's. */
export async function forgetPlanning(context: Context, missionId: string): Promise<void> {
  await dropInterview(context.paths.interviews, missionId);
  await removePlanInWork(context.paths, missionId);
}

async function planOf(
  goalPlan: GoalPlan,
  found: GoalScope,
  options: StartOptions,
): Promise<{ plan: Plan; decision: PlanDecision }> {
  const { context, planner, missionId, goOn } = goalPlan;
  const { scope, asked } = found;
  // What cannot be used is refused before anything is paid for.
  const [flaw] = budgetViolations(scope.budget);
  if (flaw !== undefined) throw new Problem(EXIT.badInput, flaw.sentence, flaw.remedy);
  const aim = { title: scope.goal, workspace: "git" as const };
  await choosePlaces(context, aim, missionId, asked);
  const agent = defaultAgent(context, options.agent) ?? "builtin";
  const definition = knownAgents(context).get(agent);
  if (definition !== undefined) await needInstalled(context, definition, agent);
  const byAgent = (drafted: Plan) =>
    withReservations(withAgent(drafted, agent), knownAgents(context));
  const left = await planAsLeft(context, found, options);
  const plan = left ?? byAgent(await planScope(goalPlan, scope));
  await savePlanInWork(context.paths, missionId, plan);
  if (options.queue === true) return { plan, decision: "queue" };
  if (isApproved(options)) return { plan, decision: "start" };
  if (!asksIn(context, options)) return { plan, decision: "review" };
  const linesOfForges = forgeLines(context, { missionId, asked: options.forge }, asked);
  const span = (shown: Plan) => (shown.deadline === undefined ? spanOf(scope) : undefined);
  return planGate(context, {
    plan,
    missionId,
    summary: async (shown) => {
      const forges = await linesOfForges(shown);
      const lines = planFigures(context, planner.bases, shown, span(shown), forges);
      return [...lines, ...(await planNotices(context, shown))];
    },
    redraft: replanWith(goalPlan, scope),
    changeLevel: async (level, { mode, budget }) =>
      byAgent(await planScope(goalPlan, { ...scope, level, mode, budget })),
    goOn,
    streams: context.streams,
  });
}

const asksIn = ({ output }: Context, { headless }: StartOptions) =>
  output.interactive && headless !== true;

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
  const { plan } = outcome;
  const deadlineSpanMs = plan.deadline === undefined ? spanOf(scope) : undefined;
  const models = await needModels(context, plan);
  const unsandboxed = await agreeUnsandboxed(context, models, options);
  const places = await choosePlaces(context, plan, missionId, asked);
  const forges = await chooseForges(context, { plan, missionId, places, asked: options.forge });
  const approval = APPROVALS[outcome.decision as keyof typeof APPROVALS];
  const { answers } = scope;
  const settled = { places, forges, approval, isDemo: false, unsandboxed, answers };
  return { missionId, plan, deadlineSpanMs, ...settled };
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
