/** What the outcome of a merge means for its feature: done, or back to be mended, a bounded number of times. */
import { isThinking } from "../domain/mission.js";
import type { IntegrateOutcome } from "../domain/shipping-work.js";
import { recoverOrBlock } from "./milestone-features.js";
import type { Milestone } from "./milestone-work.js";

const CONFLICT_ROUNDS = 2;
/** A script makes the same change again, so only a branch that has moved can help it. */
const RED_ROUNDS = { thinking: 2, other: 1 } as const;
const NAMED = 10;

type Merged = Extract<IntegrateOutcome, { kind: "merged" }>;
type Red = Extract<IntegrateOutcome, { kind: "red" }>;

export function noteMerged(milestone: Milestone, id: string, outcome: Merged): void {
  const { flaky = [], redBefore = [] } = outcome;
  const notes: string[] = [];
  if (flaky.length > 0) {
    const names = list(flaky);
    notes.push(`flaky: ${names}`);
    const text = `${id} is merged; flaky, failed once and passed when run again: ${names}`;
    milestone.story("progress", text);
  }
  if (redBefore.length > 0) {
    notes.push(`not by it, but failing: ${list(redBefore)}`);
    tellRedBefore(milestone, id, redBefore);
  }
  milestone.setStatus(id, "done", noteOf(milestone, id, notes));
}

export function noteUnpublished(milestone: Milestone, id: string, reason: string): void {
  milestone.setStatus(id, "done", noteOf(milestone, id, [reason]));
  milestone.story("progress", `${id} is integrated, but not published: ${reason}`);
}

export function noteConflict(milestone: Milestone, id: string, conflicting: string[]): void {
  const entry = milestone.entry(id);
  const files = list(conflicting);
  entry.conflicts += 1;
  entry.conflict = `Your earlier change conflicts with work merged since, in: ${files}. The files hold both sides; resolve every conflict marker.`;
  delete entry.commit;
  delete entry.checkpoint;
  if (entry.conflicts > CONFLICT_ROUNDS) {
    const why = `Its change conflicts again and again in ${files}.`;
    recoverOrBlock(milestone, id, { stop: "integration", why });
    return;
  }
  milestone.story("recovery", `${id} conflicts in ${files}: done again on the new base`);
  milestone.setStatus(id, "pending", `conflict in ${files}`);
}

/** Others go on: the branch has not moved. */
export function noteRed(milestone: Milestone, id: string, { failed, summary, evidence }: Red) {
  const entry = milestone.entry(id);
  const names = list(failed);
  const rounds = isThinking(milestone.outlineOf(id)?.agent ?? "") ? "thinking" : "other";
  entry.reds = (entry.reds ?? 0) + 1;
  entry.repairs = (entry.repairs ?? 0) + 1;
  entry.repair = { round: entry.repairs, evidence, why: "tests" };
  entry.conflict = `Merged with the work of others, your earlier change fails: ${names}. Mend it.`;
  delete entry.commit;
  if (entry.reds > RED_ROUNDS[rounds]) {
    const why = `Merged with the others' work it fails again and again: ${summary}`.slice(0, 300);
    recoverOrBlock(milestone, id, { stop: "integration", why });
    return;
  }
  milestone.story("recovery", `${id} fails when merged (${names}): it goes back alone`);
  milestone.setStatus(id, "pending", `fails when merged: ${names}`);
}

/** What fails without anybody's change here is said once, not with every merge. */
function tellRedBefore(milestone: Milestone, id: string, names: string[]): void {
  const { state } = milestone;
  const known = state.redBefore ?? [];
  const news = names.filter((name) => !known.includes(name));
  if (news.length === 0) return;
  state.redBefore = [...known, ...news].slice(-50);
  const text = `Tests that fail with and without ${id}, so it is merged: ${list(news)}`;
  milestone.story("progress", text);
}

function noteOf(milestone: Milestone, id: string, notes: string[]): string | undefined {
  const { undeclared = [] } = milestone.entry(id);
  const all = undeclared.length === 0 ? notes : [...notes, `undeclared: ${list(undeclared)}`];
  return all.length === 0 ? undefined : all.join("; ");
}

const list = (names: string[]) => names.slice(0, NAMED).join(", ");
