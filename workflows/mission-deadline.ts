/** The deadline of a mission: counted from the approval where it was given as a span, moved by command, heard of from the guard. */
import { echoDeadline } from "../domain/deadline-echo.js";
import type { AtDeadline, Deadline } from "../domain/mission.js";
import type { AdjustBudget } from "../domain/commands.js";
import type { GuardAlert } from "./messages.js";
import { adjustSignal, milestoneStopAttemptsSignal } from "./messages.js";
import { countedFrom, deadlineOf } from "./mission-state.js";
import type { Mission } from "./mission-work.js";

const EXAMPLE = `--deadline "in 3 days"`;

const CLOCKS_DIFFER_MS = 5_000;

const now = () => new Date();
export const hasPassed = (deadline: Deadline | undefined): boolean =>
  deadline !== undefined && Date.parse(deadline.at) <= Date.now();

/** The guard spoke before it knew that the deadline was moved or taken away. A few seconds are for clocks that differ. */
export function isOutdated({ input, state }: Mission, { atDeadline }: GuardAlert): boolean {
  if (atDeadline === undefined) return false;
  const deadline = deadlineOf(input, state);
  return deadline === undefined || Date.parse(deadline.at) > Date.now() + CLOCKS_DIFFER_MS;
}

/** As a person types it to go on after a deadline. */
export const extendCommand = (missionId: string) =>
  `npx missions adjust-budget ${missionId} ${EXAMPLE}`;

/** "In 9 days" begins to count, unless a person has moved the deadline or taken it away before. */
export function countDeadline(mission: Mission): void {
  if (mission.state.deadline !== undefined) return;
  const { deadline } = countedFrom(mission.input, Date.now());
  if (deadline === undefined) return;
  mission.state.deadline = deadline;
  const { at, atDeadline } = deadline;
  mission.toGuard(adjustSignal, { deadline: at, atDeadline });
  mission.story("progress", `The deadline is ${echoDeadline(deadline, now())}.`);
}

export interface MovedDeadline {
  /** To answer with; empty when nothing of the deadline changes. */
  says: string;
  /** What the guard has to know beside the command. */
  forGuard: { atDeadline?: AtDeadline };
}

/** @returns or why it is refused. */
export function moveDeadline(
  mission: Mission,
  { deadline: at, deadlineZone, atDeadline }: AdjustBudget,
): MovedDeadline | { refused: string } {
  const { input, state } = mission;
  const before = deadlineOf(input, state);
  if (at === undefined && atDeadline === undefined) return { says: "", forGuard: {} };
  if (at === null) {
    state.deadline = null;
    closeDeadlineGates(mission, "there is no deadline any more");
    return { says: "There is no deadline any more.", forGuard: {} };
  }
  if (at === undefined && before === undefined)
    return { refused: "There is no deadline: give deadline with atDeadline." };
  const deadline: Deadline = {
    at: at ?? before?.at ?? "",
    zone: deadlineZone ?? before?.zone ?? input.deadlineZone ?? "UTC",
    atDeadline: atDeadline ?? before?.atDeadline ?? input.atDeadline ?? "finish",
  };
  state.deadline = deadline;
  // One that has passed already is told again by the guard, with what is to happen now.
  closeDeadlineGates(mission, at === undefined ? "it is decided" : "the deadline was moved");
  const says = `The deadline is now ${echoDeadline(deadline, now())}; then: ${deadline.atDeadline}.`;
  return { says, forGuard: { atDeadline: deadline.atDeadline } };
}

/** The guard grants nothing any more. */
export function hearDeadline(mission: Mission, alert: GuardAlert): void {
  const { missionId } = mission.input;
  const atDeadline = alert.atDeadline ?? "stop";
  const drain = atDeadline !== "stop";
  mission.toMilestone(milestoneStopAttemptsSignal, {
    why: alert.text,
    ...(drain ? { drain } : {}),
    ...(alert.atDeadline === undefined ? {} : { lapse: true }),
  });
  if (atDeadline === "ask") openDeadlineGate(mission, alert.text);
  else mission.announce(alert.key, alert.text, extendCommand(missionId));
}

function openDeadlineGate(mission: Mission, text: string): void {
  closeDeadlineGates(mission, "asked again");
  mission.state.gateCount += 1;
  mission.openGate({
    id: `deadline-${mission.state.gateCount}`,
    kind: "deadline",
    question: `${text} Move the deadline (${extendCommand(mission.input.missionId)}), or decide:`,
    options: [
      { choice: "finish", means: "what runs uses up its slice; nothing new starts" },
      { choice: "stop", means: "cancel the mission and keep what is integrated" },
    ],
    openedAt: new Date().toISOString(),
  });
}

/** Decided at the gate: what runs finishes. What then waits is asked about at a budget gate. */
export function finishAtDeadline(mission: Mission): void {
  const { input, state } = mission;
  const deadline = deadlineOf(input, state);
  const atDeadline: AtDeadline = "finish";
  if (deadline !== undefined) state.deadline = { ...deadline, atDeadline };
  mission.toGuard(adjustSignal, { atDeadline });
}

function closeDeadlineGates(mission: Mission, why: string): void {
  for (const { id, kind } of mission.state.gates) {
    if (kind === "deadline") mission.closeGate(id, why);
  }
}
