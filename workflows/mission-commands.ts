/** What each command of a person does to a mission. Nothing here waits: messages go into the outbox. */
import type { ReadCommand } from "../domain/command-guards.js";
import type { AdjustBudget, CommandReply, Pause } from "../domain/commands.js";
import { isFirstTime } from "../domain/dedupe.js";
import type { Actor } from "../domain/mission.js";
import { hoursToMs, microUsdFromUsd } from "../domain/money.js";
import { moveDeadline } from "./mission-deadline.js";
import { decide } from "./mission-gates.js";
import { holdForReplan, releaseHold } from "./mission-hold.js";
import type { Mission } from "./mission-work.js";
import * as messages from "./messages.js";
import { statusOf } from "./mission-state.js";

const applied = (message: string): CommandReply => ({ applied: true, message });
const refused = (message: string): CommandReply => ({ applied: false, message });
const UNKNOWN: Actor = { who: "someone", from: "signal" };

export function applyCommand(mission: Mission, command: ReadCommand): CommandReply {
  const { state } = mission;
  const { payload } = command;
  if (state.endedAt !== undefined) return refused(`The mission has ended as ${statusOf(state)}.`);
  if (!isFirstTime(state.seen, payload.commandId)) return applied("This was applied before.");
  const by = payload.by ?? UNKNOWN;
  const reply = dispatch(mission, command, by);
  const { name } = command;
  // What was refused decided nothing; it is told all the same, because a signal has no other answer.
  mission.story(reply.applied ? "decision" : "progress", `${name}: ${reply.message}`, by);
  mission.touch();
  return reply;
}

function dispatch(mission: Mission, command: ReadCommand, by: Actor): CommandReply {
  const { state } = mission;
  switch (command.name) {
    case "approvePlan":
      if (!state.gates.some(({ kind }) => kind === "plan"))
        return refused("No plan waits for approval.");
      return decide(mission, { ...command.payload, gate: "plan", choice: "approve", by });
    case "decide":
      return decide(mission, { ...command.payload, by });
    case "pause":
      return pause(mission, command.payload);
    case "resume":
      return resume(mission);
    case "adjustBudget":
      return adjust(mission, command.payload);
    case "steer": {
      const { note, feature } = command.payload;
      const kept = feature === undefined ? { note } : { note, feature };
      state.notes = [...state.notes, kept].slice(-50);
      mission.toMilestone(messages.milestoneSteerSignal, kept);
      return applied(`The note reaches ${feature ?? "every agent"} at its next call: ${note}`);
    }
    case "retryFeature": {
      const { feature } = command.payload;
      if (!state.isMilestoneOpen) return refused("No milestone is running.");
      mission.toMilestone(messages.milestoneRetrySignal, { feature });
      return applied(`Feature ${feature} goes on if it is blocked or waits.`);
    }
    case "skipFeature": {
      const { feature, reason } = command.payload;
      if (!state.isMilestoneOpen) return refused("No milestone is running.");
      const why = reason ?? "no reason given";
      mission.toMilestone(messages.milestoneSkipSignal, { feature, reason: why, by });
      return applied(`Feature ${feature} is skipped if it has not finished: ${why}`);
    }
    case "replan": {
      const { planHash, hold, reason } = command.payload;
      if (planHash !== undefined) {
        mission.replan(planHash);
        const why = reason === undefined ? "." : `: ${reason}`;
        return applied(`The plan becomes ${planHash.slice(0, 12)} when it has been read${why}`);
      }
      if (hold === true) return applied(holdForReplan(mission));
      return releaseHold(mission)
        ? applied("Features that have not begun start again; the plan stays.")
        : refused("Nothing is held for a new plan.");
    }
    case "cancel":
      mission.cancel(by, command.payload.reason);
      return applied("The mission ends after the calls in flight; everything is settled first.");
  }
}

function pause(mission: Mission, { drain = false, reason }: Pause): CommandReply {
  const { state } = mission;
  if (state.paused) return refused("The mission is paused already.");
  state.paused = true;
  mission.toGuard(messages.holdSignal, { reason: "pause", held: true, drain });
  mission.toMilestone(messages.milestonePauseSignal, { paused: true, drain });
  mission.commitFolder("paused");
  const what = drain
    ? "Nothing new starts; running slices finish"
    : "Nothing new starts; running attempts end after their call in flight";
  return applied(reason === undefined ? `${what}.` : `${what}: ${reason}`);
}

/** Its turn in the queue has come. Repeated calls change nothing. */
export function begin({ state, story }: Mission): void {
  if (state.queued !== true || state.endedAt !== undefined) return;
  state.queued = false;
  story("progress", "It is this mission's turn in the queue.");
}

function resume(mission: Mission): CommandReply {
  const { state } = mission;
  if (!state.paused && state.queued === true) {
    state.queued = false;
    return applied("The mission starts now, ahead of the queue.");
  }
  const asking = askingGate(mission);
  if (!state.paused) return refused(asking ?? "The mission is not paused.");
  state.paused = false;
  mission.toGuard(messages.holdSignal, { reason: "pause", held: false });
  mission.toMilestone(messages.milestonePauseSignal, { paused: false, drain: false });
  return applied(
    state.queued === true
      ? "The mission waits in the queue again; resume it once more to start it now."
      : (asking ?? "The mission goes on."),
  );
}

/** It is not a command that it waits for. */
function askingGate({ input, state }: Mission): string | undefined {
  const gate = state.gates.find(({ pauses }) => pauses === true);
  if (gate === undefined) return undefined;
  const choices = gate.options.map(({ choice }) => choice).join("|");
  return `The mission waits for a decision; answer its gate: npx missions decide ${input.missionId} ${gate.id} ${choices}`;
}

/** The guard applies it; the view shows the new caps at once. Lowering below what is spent is legal and stops the work. */
function adjust(mission: Mission, change: AdjustBudget): CommandReply {
  const { budget } = mission.state;
  const { usd, hours, tokens, alertThresholdPct, onAlert } = change;
  const deadline = moveDeadline(mission, change);
  if ("refused" in deadline) return refused(deadline.refused);
  const caps = {
    microUsd: usd === undefined ? budget.caps.microUsd : microUsdFromUsd(usd),
    tokens: tokens ?? budget.caps.tokens,
    activeMs: hours === undefined ? budget.caps.activeMs : hoursToMs(hours),
  };
  mission.state.budget = {
    ...budget,
    caps,
    alertThresholdPct: alertThresholdPct ?? budget.alertThresholdPct,
    onAlert: onAlert ?? budget.onAlert,
  };
  mission.toGuard(messages.adjustSignal, { ...change, ...deadline.forGuard });
  const isBelow =
    caps.microUsd < budget.spent.microUsd ||
    caps.tokens < budget.spent.tokens ||
    caps.activeMs < budget.activeMs;
  if (isBelow) mission.toMilestone(messages.milestoneStopAttemptsSignal, { why: "cap lowered" });
  const parts = [
    ...(usd === undefined ? [] : [`${usd} USD`]),
    ...(hours === undefined ? [] : [`${hours} h`]),
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(alertThresholdPct === undefined ? [] : [`alert at ${alertThresholdPct} %`]),
    ...(onAlert === undefined ? [] : [`on alert: ${onAlert}`]),
  ];
  const sentences = [
    ...(parts.length === 0 ? [] : [`The budget is now ${parts.join(", ")}.`]),
    ...(deadline.says === "" ? [] : [deadline.says]),
    ...(isBelow ? ["This is below what is spent: work stops now."] : []),
  ];
  return applied(sentences.join(" "));
}
