/** `start`: everything is looked at first, then made, then started; what was made is taken back when a step fails. */
import type { ExitCode } from "../../domain/problem.js";
import { readMissionRecord } from "../../store/mission-record.js";
import { withClient, type Context } from "../context.js";
import { closingLines, readClosing } from "../start/closing.js";
import { sayHeadless, sayStarted } from "../start/first-words.js";
import { readyFromPlan } from "../start/from-plan.js";
import { undoOnInterrupt } from "../start/interrupt.js";
import { launchMission, takeBack, type Started } from "../start/launch-mission.js";
import { checkOptions, hasPlan, type StartOptions } from "../start/options.js";
import type { ReadyMission } from "../start/ready.js";
import { createUndo, type Undo } from "../start/undo.js";

export async function runStart(
  context: Context,
  goal: string[],
  options: StartOptions,
): Promise<ExitCode> {
  checkOptions(goal, options, new Date());
  if (!hasPlan(options)) return startFromGoal(context, goal.join(" "), options);
  const started = await launch(context, options, (undo) => readyFromPlan(context, options, undo));
  return afterStart(context, options, started);
}

/** What was made on the way is taken back when a step fails, or on Ctrl-C. */
async function launch(
  context: Context,
  options: StartOptions,
  readyWith: (undo: Undo) => Promise<ReadyMission>,
): Promise<Started> {
  const undo = createUndo();
  const endGuard = undoOnInterrupt(context, undo);
  try {
    return await launchMission(context, await readyWith(undo), options, undo);
  } catch (error) {
    await takeBack(context, undo);
    throw error;
  } finally {
    endGuard();
  }
}

/** Until the plan is agreed on nothing is made that would have to be taken back; what planning cost and gave is kept. */
async function startFromGoal(
  context: Context,
  goal: string,
  options: StartOptions,
): Promise<ExitCode> {
  const { agreeOnPlan, forgetPlanning } = await import("../start/from-goal.js");
  const agreed = await agreeOnPlan(context, goal, options);
  if (agreed.kind === "demo") return runStart(context, [], { ...options, demo: true });
  const started = await launch(context, options, () => Promise.resolve(agreed.ready));
  await forgetPlanning(context, agreed.ready.missionId);
  return afterStart(context, options, started);
}

async function afterStart(
  context: Context,
  options: StartOptions,
  { record, approval, plan }: Started,
): Promise<ExitCode> {
  const { output } = context;
  const { missionId } = record;
  if (options.headless === true) return sayHeadless(context, record, plan, approval);
  if (approval !== "approved" || options.detach === true)
    return sayStarted(context, record, approval);
  const { codeOf, followMission, wayBack } = await import("../live-view.js");
  return withClient(context, async (client) => {
    const ending = await followMission(context, client, missionId, {
      demo: record.demo === true,
      quiet: output.json,
    });
    if (ending.how === "left") {
      for (const line of wayBack(missionId)) output.note(line);
      return codeOf(ending);
    }
    const last = (await readMissionRecord(context.paths.state, missionId)) ?? record;
    const closing = await readClosing(context, last, ending.last);
    output.answer(closing, closingLines(closing));
    return codeOf(ending);
  });
}
