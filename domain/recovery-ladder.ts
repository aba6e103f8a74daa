/** Which rung of the recovery ladder comes next after a safety stop: from the stop, what was tried, and what is there. */
import type { Rung, SafetyStop } from "./recovery.js";
import { RUNGS } from "./recovery.js";
import { conditionOf, notAgainOf, routeOf, type RouteFacts } from "./recovery-words.js";

/** What a feature that was stopped could do next. */
export interface RecoveryFacts extends RouteFacts {
  /** Its agent can be told something: it is neither a script nor a person. */
  thinks: boolean;
  /** Checks of its own; two or more can be divided. */
  checks: number;
  /** It came out of a split: no part is split again. */
  isPart: boolean;
  /** Other features of its milestone run beside it, or would. */
  hasCompany: boolean;
  /** Other hosts live and may have it. */
  canMove: boolean;
  /** It may go on without anybody's doing, later or tried again: false where only a person can mend it. */
  mayPass: boolean;
}

export interface Climb {
  rung: Rung;
  notAgain: string;
  next: string;
}

/** A climb of the same feature before. */
export interface TriedRung {
  stop: SafetyStop;
  rung: Rung;
}

/** The rungs that can help against each stop, in the order in which they are tried; each ends in `blocked`. */
const LADDERS: Record<SafetyStop, readonly Rung[]> = {
  resources: ["narrow", "serialise", "split", "reuse", "move", "later", "blocked"],
  "no-progress": ["narrow", "split", "reuse", "blocked"],
  checks: ["narrow", "split", "reuse", "blocked"],
  integration: ["serialise", "narrow", "split", "blocked"],
  model: ["narrow", "split", "reuse", "blocked"],
  agent: ["narrow", "move", "later", "blocked"],
  host: ["move", "later", "blocked"],
  outside: ["later", "blocked"],
};

const FITS: Record<Rung, (facts: RecoveryFacts) => boolean> = {
  // A script does the same again, and an agent that cannot begin takes no smaller step.
  narrow: ({ thinks, mayPass }) => thinks && mayPass,
  serialise: ({ hasCompany }) => hasCompany,
  split: ({ thinks, checks, isPart }) => thinks && checks >= 2 && !isPart,
  reuse: ({ thinks, verified }) => thinks && verified !== undefined,
  move: ({ canMove }) => canMove,
  later: ({ mayPass }) => mayPass,
  blocked: () => true,
};

/** A feature climbs this often by itself, whatever stops it; then a person is asked. */
const MOST_CLIMBS = RUNGS.length - 1;

/**
 * Never a rung that was tried for the same stop before, but for `blocked`, with which every ladder ends.
 * @param tried all climbs of this feature so far.
 */
export function nextRung({
  stop,
  tried,
  facts,
}: {
  stop: SafetyStop;
  tried: readonly TriedRung[];
  facts: RecoveryFacts;
}): Climb {
  const rung = rungsLeft(stop, tried).find((each) => FITS[each](facts)) ?? "blocked";
  return {
    rung,
    notAgain: notAgainOf(stop, facts),
    next: rung === "blocked" ? conditionOf(stop, facts) : routeOf(rung, facts),
  };
}

/** True when it has to be known whether another host could have it: asking costs a call. */
export const mayMove = (stop: SafetyStop, tried: readonly TriedRung[]): boolean =>
  rungsLeft(stop, tried).includes("move");

function rungsLeft(stop: SafetyStop, tried: readonly TriedRung[]): readonly Rung[] {
  if (tried.filter(({ rung }) => rung !== "blocked").length >= MOST_CLIMBS) return ["blocked"];
  const done = new Set(tried.filter((each) => each.stop === stop).map(({ rung }) => rung));
  return LADDERS[stop].filter((rung) => rung === "blocked" || !done.has(rung));
}
