/** What becomes of a failed validation: a fix feature, and after some rounds a person's decision. */
import { cutAtWord } from "../domain/cut-words.js";
import type { Gate } from "../domain/mission.js";
import type { FailedValidation, ValidationOutcome } from "../domain/validation-work.js";
import { reads } from "./effects.js";
import { extendMilestone } from "./milestone-extend.js";
import { reportProgress } from "./milestone-progress.js";
import { resetRounds } from "./milestone-rounds.js";
import type { Milestone } from "./milestone-work.js";
import { isOvertaken } from "./validation-slice.js";

/** Failed in so many rounds, a milestone asks. */
const ROUNDS = 3;
const ROUNDS_KEPT = 6;
const NOTE = 300;

export function noteFailed(
  milestone: Milestone,
  { summary, report, worst = [] }: ValidationOutcome,
  round: number,
): void {
  const { input, state } = milestone;
  const failed = { round, summary: summary.slice(0, 600), ...(report && { report }) };
  state.failedRounds = [...(state.failedRounds ?? []), failed].slice(-ROUNDS_KEPT);
  state.failures = (state.failures ?? 0) + 1;
  const what = worst.length === 0 ? summary : worst.join("; ");
  state.blockedBy = cutAtWord(`round ${round} failed: ${what}`, NOTE);
  const text = `Milestone ${input.milestoneId} did not pass in round ${round}: ${summary}`;
  milestone.story("progress", text);
}

/** After `noteFailed`: the next fix feature, or a question. */
export async function mendOrAsk(milestone: Milestone): Promise<void> {
  const { state } = milestone;
  const last = state.failedRounds?.at(-1);
  if (last?.report === undefined) await ask(milestone, "the validation could not be done");
  else if ((state.failures ?? 0) >= ROUNDS) await ask(milestone);
  else await mend(milestone, last);
}

/** What a person decided at the gate. @returns `mending` when the plan has a new feature, or asks again. */
export async function actOnDecision(milestone: Milestone): Promise<"look" | "mending"> {
  const { input, state } = milestone;
  const { decision } = state;
  if (decision === undefined) return "look";
  delete state.decision;
  const last = state.failedRounds?.at(-1);
  const { choice, by, note } = decision;
  resetRounds(milestone);
  if (choice === "accept" && last?.report !== undefined) {
    const who = `${by.who}, ${by.from}`;
    state.accepted = [...(state.accepted ?? []), { report: last.report, by: who }];
    const why = note === undefined ? "" : `: ${note}`;
    const text = `What blocks milestone ${input.milestoneId} in round ${last.round} is accepted${why}`;
    milestone.story("decision", text, by);
  }
  if (choice !== "fix" || last === undefined) return "look";
  state.failedRounds = [last];
  await mend(milestone, last, note);
  return "mending";
}

async function mend(milestone: Milestone, last: FailedValidation, note?: string): Promise<void> {
  const { state } = milestone;
  const { round, report } = last;
  if (report === undefined) return;
  const extended = await extendMilestone(
    milestone,
    { kind: "fix", round, report },
    (added) => `${added.join(", ")} is added to mend what validation found in round ${round}`,
  );
  switch (extended.kind) {
    case "extended": {
      const [id] = extended.added;
      if (id === undefined) return;
      state.failedRounds = (state.failedRounds ?? []).map((each) =>
        each.round === round ? { ...each, fix: { id, status: "pending" } } : each,
      );
      if (note !== undefined) state.notes = [...state.notes, { note, feature: id }].slice(-50);
      return;
    }
    case "impossible":
      await ask(milestone, extended.why);
      return;
    case "overtaken":
      return;
  }
}

/** The mission is paused until a person has decided. @param why nothing is tried by itself; left out: the rounds are used up. */
async function ask(milestone: Milestone, why?: string): Promise<void> {
  const { state, input } = milestone;
  const question = await diagnosis(milestone, why);
  if (isOvertaken(milestone)) return;
  const hasReport = state.failedRounds?.at(-1)?.report !== undefined;
  // Asked again without a validation in between, it needs a name of its own, or nobody is told.
  state.validations += 1;
  state.milestoneGate = `milestone-${input.milestoneId}-${state.validations}`;
  milestone.openGate({
    id: state.milestoneGate,
    kind: "milestone",
    question,
    options: optionsOf(input.missionId, hasReport, why === undefined),
    openedAt: new Date().toISOString(),
    milestoneId: input.milestoneId,
    pauses: true,
  });
  for (const action of milestone.takeOutbox()) await action();
  await reportProgress(milestone, "blocked");
}

const optionsOf = (missionId: string, hasReport: boolean, mayMend: boolean): Gate["options"] => [
  {
    choice: "retry",
    means: `validate again, as after something was installed, or mended by a commit on the mission's branch (of a repository of yours: mission/${missionId})`,
  },
  ...(hasReport && mayMend
    ? [{ choice: "fix", means: "another round of mending; --note tells the agent what to do" }]
    : []),
  ...(hasReport
    ? [{ choice: "accept", means: "go on with these findings; they stay listed as accepted" }]
    : []),
  { choice: "stop", means: "cancel the mission and keep what is integrated" },
];

async function diagnosis(milestone: Milestone, why?: string): Promise<string> {
  const { missionId, milestoneId, homeQueue } = milestone.input;
  const rounds = (milestone.state.failedRounds ?? []).map((round) => {
    if (round.fix === undefined) return round;
    const { id } = round.fix;
    const { status, note } = milestone.entry(id);
    return { ...round, fix: { id, status, ...(note === undefined ? {} : { note }) } };
  });
  const { diagnoseMilestone } = reads(homeQueue, `milestone ${milestoneId}: diagnosis`);
  try {
    const asked = { missionId, milestoneId, rounds, ...(why === undefined ? {} : { why }) };
    return (await diagnoseMilestone(asked)).question;
  } catch {
    const last = rounds.at(-1);
    return `Milestone ${milestoneId} did not pass in round ${last?.round ?? 0}: ${last?.summary ?? ""}`;
  }
}
