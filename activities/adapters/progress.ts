/** Whether an agent that works still gets anywhere: the same call that fails again and again, and turns that change nothing. */
import { hashOf, NUDGE } from "./conversation.js";
import type { Conversation, PendingCall } from "./conversation.js";

export interface Progress {
  /** States of the workspace that were there already: going back and forth is no progress. */
  seen: string[];
  changed: boolean;
  /** Turns with tools since the last new state. */
  turns: number;
  warned: boolean;
}

/** The same tool call failing this often in a row is no progress. */
const SAME_FAILURES = 3;
/** Turns without a change: at first there is much to read, later less. After the warning it is the last chance. */
const TURNS = { first: 20, later: 12, warned: 6 };
const SEEN = 100;

export const noProgressYet = (): Progress => ({
  seen: [],
  changed: false,
  turns: 0,
  warned: false,
});

/** @returns why the work ends, when the same call failed too often. */
export function noteResult(
  conversation: Conversation,
  call: PendingCall,
  result: { ok: boolean; text: string },
): string | undefined {
  const same = hashOf(call.name, JSON.stringify(call.input));
  const { failing } = conversation;
  const times = failing.call === same ? failing.times + 1 : 1;
  conversation.failing = result.ok ? { call: "", times: 0 } : { call: same, times };
  if (result.ok || times < SAME_FAILURES) return undefined;
  return `No progress: the same ${call.name} failed ${SAME_FAILURES} times. ${result.text.slice(-300)}`;
}

/**
 * Notes the state that a call left behind.
 * @param tree of the workspace; where it has none, what the call said stands in: the same words are the same state.
 */
export function noteState(
  conversation: Conversation,
  call: PendingCall,
  result: { ok: boolean; text: string; dirty: boolean },
  tree: string | undefined,
): void {
  if (!result.dirty) return;
  const progress = (conversation.progress ??= noProgressYet());
  const isHandover = /^\$\{?MISSION_DIR/.test(
    String((call.input as { path?: unknown } | null)?.path),
  );
  const said = () => hashOf(call.name, JSON.stringify(call.input), result.text);
  // A plain folder has no tree.
  const state = !tree || (isHandover && result.ok) ? said() : tree.slice(0, 16);
  if (progress.seen.includes(state)) return;
  // The first state of a tree is where it began, unless a file was written.
  const isStart = progress.seen.length === 0 && tree && call.name === "run";
  progress.seen = [...progress.seen, state].slice(-SEEN);
  if (isStart) return;
  Object.assign(progress, { changed: true, turns: 0, warned: false });
}

const mostTurns = ({ warned, changed }: Progress) =>
  warned ? TURNS.warned : changed ? TURNS.later : TURNS.first;

/** True when the next judgement depends on what the last call left behind. */
export const isAboutToJudge = ({ progress = noProgressYet() }: Conversation): boolean =>
  progress.turns + 1 >= mostTurns(progress);

/** After the tools of a turn. Warns once, in the conversation. @returns why the work ends, when the warning changed nothing. */
export function judgeProgress(conversation: Conversation): string | undefined {
  const progress = (conversation.progress ??= noProgressYet());
  progress.turns += 1;
  if (progress.turns < mostTurns(progress)) return undefined;
  if (progress.warned)
    return `No progress: nothing was changed in ${TURNS.warned} more turns after a warning.`;
  conversation.messages.push({ role: "user", content: STANDSTILL });
  Object.assign(progress, { turns: 0, warned: true });
  return undefined;
}

const STANDSTILL = `${NUDGE}you have changed nothing for many turns. Make the change now, or call finish and say what stands in the way.`;
