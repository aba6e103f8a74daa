/** One goal driven to its end: plan gate, milestones in order, wrap-up; everything that a person can do arrives here. */
import {
  CancellationScope,
  CancelledFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { missionWorkflowId } from "../domain/ids.js";
import { serveCommands } from "./commands.js";
import { files, sharedQueue } from "./effects.js";
import { hear } from "./hear.js";
import * as messages from "./messages.js";
import { applyCommand, begin } from "./mission-commands.js";
import { hearGuard, openPlanGate } from "./mission-gates.js";
import { startGuard } from "./mission-guard.js";
import { noteProgress, runMilestone } from "./mission-milestones.js";
import { startProjection } from "./mission-projection.js";
import { abandonPullRequests, openMissionPullRequest } from "./mission-pull-request.js";
import { forwardReplan } from "./mission-replan.js";
import { openMission, snapshotOf, statusOf, type MissionState } from "./mission-state.js";
import { openMissionWork, type Mission } from "./mission-work.js";
import { onCancelRequest } from "./on-cancel-request.js";

const CONTINUE_AFTER_EVENTS = 4_096;

/** Ends as completed, cancelled or failed; the budget is settled and the guard closed in each case. */
export async function missionWorkflow(
  input: messages.MissionInput,
): Promise<messages.MissionResult> {
  const state = (input.carried as MissionState | undefined) ?? openMission(input);
  const wasCancelledOutside = await CancellationScope.nonCancellable(() => drive(input, state));
  if (wasCancelledOutside)
    throw new CancelledFailure("Cancelled in the Web UI; everything is settled.");
  const status = statusOf(state);
  return {
    status: status === "completed" || status === "cancelled" ? status : "failed",
    summary: state.result ?? "",
    spent: state.budget.spent,
    activeMs: state.budget.activeMs,
  };
}

async function drive(input: messages.MissionInput, state: MissionState): Promise<boolean> {
  const mission = openMissionWork(input, state);
  const homeQueue = input.homeQueue ?? sharedQueue();
  let isGuardClosed = false;
  let isCancelledOutside = false;
  // Before any handler: an approval may be the first thing that arrives.
  if (!state.approved) openPlanGate(mission);
  serve(mission, () => {
    isGuardClosed = true;
  });
  onCancelRequest(() => {
    isCancelledOutside = true;
    mission.cancel({ who: "someone", from: "web-ui" }, "cancelled in the Web UI");
  });
  let stopProjection = startProjection(mission, homeQueue);

  if (!state.isGuardOpen) await startGuard(mission);
  // Not before: what is sent to a guard that is not there yet is lost.
  startSending(mission);
  if (state.queued === true) mission.story("progress", "The plan waits in the queue.", input.by);
  await untilItsTurn(mission, homeQueue);
  if (state.startedAt === undefined && state.cancelledBy === undefined) {
    state.startedAt = new Date().toISOString();
    mission.story("progress", "The plan is approved and the work starts.", input.by);
  }

  while (state.cancelledBy === undefined && state.current < state.milestones.length) {
    const planHash = mission.takeReplan();
    if (planHash !== undefined) await forwardReplan(mission, homeQueue, planHash);
    const ending = await runMilestone(mission, homeQueue);
    if (ending === "cancelled")
      mission.cancel({ who: "someone", from: "web-ui" }, "milestone cancelled");
    if (ending === "failed") break;
    if (isTooLong(input) && state.current < state.milestones.length) {
      await stopProjection();
      // Until nothing has arrived while the rest was sent and written.
      for (;;) {
        await condition(() => mission.isSent() && allHandlersFinished());
        if (!mission.isDirty()) break;
        stopProjection = startProjection(mission, homeQueue);
        await stopProjection();
      }
      return continueAsNew<typeof missionWorkflow>({ ...input, carried: state });
    }
  }
  await wrapUp(mission, homeQueue, () => isGuardClosed);
  await stopProjection();
  await condition(allHandlersFinished);
  return isCancelledOutside;
}

function serve(mission: Mission, onGuardClosed: () => void): void {
  const { input, state } = mission;
  setHandler(messages.snapshotQuery, () => snapshotOf(input, state));
  setHandler(messages.budgetQuery, () => state.budget);
  setHandler(messages.gatesQuery, () => state.gates);
  serveCommands(
    (command) => applyCommand(mission, command),
    (why) => {
      mission.story("decision", why);
    },
  );
  hear(
    messages.progressSignal,
    { milestoneId: "string", features: "list", story: "list" },
    (progress) => {
      noteProgress(mission, progress);
    },
  );
  hear(
    messages.guardAlertSignal,
    { kind: "string", key: "string", text: "string", totals: "object" },
    (alert) => {
      hearGuard(mission, alert);
    },
  );
  hear(
    messages.guardClosedSignal,
    { spent: "object", reserved: "object", caps: "object" },
    (totals) => {
      state.budget = totals;
      state.isGuardOpen = false;
      onGuardClosed();
    },
  );
  hear(
    messages.openGateSignal,
    { id: "string", kind: "string", question: "string", options: "list" },
    (gate) => {
      mission.openGate(gate);
      if (gate.pauses === true) mission.commitFolder("paused for a decision");
    },
  );
  setHandler(messages.beginSignal, () => {
    begin(mission);
  });
  hear(messages.closeGateSignal, { id: "string", why: "string" }, ({ id, why }) => {
    mission.closeGate(id, why);
  });
}

/** Sends in the order in which things happened, one at a time. */
function startSending(mission: Mission): void {
  const loop = async () => {
    for (;;) {
      await condition(mission.hasOutbox);
      await mission.sendNext();
    }
  };
  void loop();
}

/** A plan that is changed before the approval is taken up at once: mission.md shows what is to be approved. */
async function untilItsTurn(mission: Mission, homeQueue: string): Promise<void> {
  const { state } = mission;
  const isTurn = () => (state.approved && state.queued !== true) || state.cancelledBy !== undefined;
  for (;;) {
    await condition(() => isTurn() || mission.hasReplan());
    // Earlier versions read the plan only when the work began.
    if (isTurn() || !patched("replan-before-approval")) break;
    const planHash = mission.takeReplan();
    if (planHash !== undefined) await forwardReplan(mission, homeQueue, planHash);
  }
  await condition(isTurn);
}

/** Closes the guard after the last settlement and says how it ended. */
async function wrapUp(
  mission: Mission,
  homeQueue: string,
  isGuardClosed: () => boolean,
): Promise<void> {
  const { input, state } = mission;
  mission.toGuard(messages.closeGuardSignal, { replyTo: missionWorkflowId(input.missionId) });
  // A guard terminated by an operator never answers; its last totals stand.
  await condition(isGuardClosed, 60_000, { summary: "guard closes" });
  await openMissionPullRequest(mission, homeQueue);
  await files(homeQueue, "remove workspaces")
    .endMission({ missionId: input.missionId })
    .catch(() => undefined);
  const left = await abandonPullRequests(mission, homeQueue);
  state.gates = [];
  state.endedAt = new Date().toISOString();
  const { featuresDone, featuresTotal } = snapshotOf(input, state);
  const status = statusOf(state);
  const why = state.failure ?? state.cancelReason;
  state.result = `${status}: ${featuresDone} of ${featuresTotal} features done${why === undefined ? "" : `; ${why}`}${left === undefined ? "" : `; ${left}`}`;
  mission.story("progress", `The mission ended as ${state.result}.`, state.cancelledBy);
  mission.commitFolder(status);
}

function isTooLong(input: messages.MissionInput): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > (input.continueAfterEvents ?? CONTINUE_AFTER_EVENTS) || historySize > 4e6;
}
