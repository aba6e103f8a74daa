/** Gates of a mission: opened by itself, its guard or a milestone; each announced, each answered once. */
import type { CommandReply } from "../domain/commands.js";
import type { Actor, Gate } from "../domain/mission.js";
import type { GuardAlert } from "./messages.js";
import {
  adjustSignal,
  holdSignal,
  milestoneGateSignal,
  milestoneStopAttemptsSignal,
} from "./messages.js";
import {
  countDeadline,
  extendCommand,
  finishAtDeadline,
  hasPassed,
  hearDeadline,
  isOutdated,
} from "./mission-deadline.js";
import { isOfEarlierHold } from "./mission-hold.js";
import { deadlineOf, noteTotals } from "./mission-state.js";
import type { Mission } from "./mission-work.js";

export function openPlanGate(mission: Mission): void {
  mission.openGate({
    id: "plan",
    kind: "plan",
    question: `Approve the plan of "${mission.input.title}"?`,
    options: [
      { choice: "approve", means: "start the work" },
      { choice: "queue", means: "approve it; the work starts when its turn comes" },
      { choice: "stop", means: "end the mission; nothing was started" },
    ],
    openedAt: new Date().toISOString(),
  });
}

/** The guard's word: warnings are told, the rest holds work and asks. */
export function hearGuard(mission: Mission, alert: GuardAlert): void {
  const { state } = mission;
  noteTotals(state, alert.totals);
  if (isOutdated(mission, alert) || isOfEarlierHold(mission, alert)) return;
  if (alert.kind !== "cleared") mission.story("progress", alert.text);
  switch (alert.kind) {
    case "warn":
    case "overrun":
      mission.announce(alert.key, alert.text, `npx missions status ${mission.input.missionId}`);
      break;
    case "alert":
      if (state.budget.onAlert === "ask") openAlertGate(mission, alert.text);
      else
        mission.announce(alert.key, alert.text, `npx missions status ${mission.input.missionId}`);
      break;
    case "deadline":
      hearDeadline(mission, alert);
      break;
    case "released":
      state.replanHeld = false;
      break;
    case "time":
    case "exhausted":
      mission.toMilestone(milestoneStopAttemptsSignal, {
        why: alert.text,
        ...(alert.kind === "exhausted" ? { money: true } : {}),
      });
      mission.announce(alert.key, alert.text, raiseCommand(mission));
      break;
    case "stalled":
      openBudgetGate(mission, alert.text);
      break;
    case "cleared":
      closeBudgetGates(mission);
      break;
  }
  mission.touch();
}

const raiseCommand = ({ input, state }: Mission) =>
  hasPassed(deadlineOf(input, state))
    ? extendCommand(input.missionId)
    : `npx missions adjust-budget ${input.missionId} --usd N --hours N --tokens N`;

function openAlertGate(mission: Mission, text: string): void {
  for (const { id, kind } of mission.state.gates) {
    if (kind === "alert") mission.closeGate(id, "asked again");
  }
  mission.state.gateCount += 1;
  mission.openGate({
    id: `alert-${mission.state.gateCount}`,
    kind: "alert",
    question: `${text} New work is held. Raise the budget (${raiseCommand(mission)}), cut features (npx missions skip), or decide:`,
    options: [
      { choice: "continue", means: "go on as planned up to the cap" },
      { choice: "cheaper", means: "go on with cheaper models where features allow it" },
      { choice: "stop", means: "cancel the mission and keep what is integrated" },
    ],
    openedAt: new Date().toISOString(),
  });
}

function openBudgetGate(mission: Mission, text: string): void {
  const { input, state } = mission;
  // The open question about the deadline says the same.
  if (state.gates.some(({ kind }) => kind === "deadline")) return;
  for (const { id, kind } of state.gates) {
    if (kind === "budget") mission.closeGate(id, "asked again");
  }
  const raise = hasPassed(deadlineOf(input, state)) ? "Move the deadline" : "Raise the budget";
  mission.state.gateCount += 1;
  mission.openGate({
    id: `budget-${mission.state.gateCount}`,
    kind: "budget",
    question: `${text} ${raise} (${raiseCommand(mission)}), cut features (npx missions skip), or stop.`,
    options: [{ choice: "stop", means: "cancel the mission and keep what is integrated" }],
    openedAt: new Date().toISOString(),
  });
}

function closeBudgetGates(mission: Mission): void {
  for (const { id, kind } of mission.state.gates) {
    if (kind === "budget" || kind === "alert") mission.closeGate(id, "the budget was changed");
  }
}

/** Answers an open gate. */
export function decide(
  mission: Mission,
  { gate: id, choice, by, note }: { gate: string; choice: string; by: Actor; note?: string },
): CommandReply {
  const gate = mission.state.gates.find((open) => open.id === id);
  if (gate === undefined) return { applied: false, message: `No open gate is called ${id}.` };
  const option = gate.options.find((known) => known.choice === choice);
  if (option === undefined) {
    const known = gate.options.map((each) => each.choice).join(", ");
    return { applied: false, message: `Gate ${id} takes ${known}; not "${choice}".` };
  }
  // The command itself is told as the decision.
  mission.closeGate(id);
  if (choice === "stop") mission.cancel(by, `decided at gate ${id}`);
  else act(mission, gate, { choice, by, ...(note === undefined ? {} : { note }) });
  const said = note === undefined ? "." : `: ${note}`;
  return { applied: true, message: `${id}: ${choice} (${option.means})${said}` };
}

function act(
  mission: Mission,
  gate: Gate,
  decision: { choice: string; by: Actor; note?: string },
): void {
  switch (gate.kind) {
    case "plan":
      mission.state.approved = true;
      if (decision.choice === "queue") mission.state.queued = true;
      countDeadline(mission);
      return;
    case "deadline":
      finishAtDeadline(mission);
      return;
    case "alert":
      if (decision.choice === "cheaper") mission.toGuard(adjustSignal, { onAlert: "cheaper" });
      mission.toGuard(holdSignal, { reason: "alert", held: false });
      return;
    case "feature":
    case "milestone":
      mission.toMilestone(milestoneGateSignal, { gate: gate.id, ...decision });
      return;
    case "budget":
      return;
  }
}
