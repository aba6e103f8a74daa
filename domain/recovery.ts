/** After a safety stop the objective stays open: what stopped it is not repeated, and the next route is chosen and recorded. */

/** What ended a feature's route. */
export const SAFETY_STOPS = [
  /** The sandbox ended it: memory, processes, CPU time, output. */
  "resources",
  /** Turns without progress, or the same failing call again and again. */
  "no-progress",
  /** Its checks or tests still fail after the bounded repairs. */
  "checks",
  /** It came back from integration too often: conflicts, red merges. */
  "integration",
  /** The model refused, or its context is full although it was compacted. */
  "model",
  /** Its agent cannot be started or breaks. */
  "agent",
  /** Its host is gone or cannot do it: disk, tools. */
  "host",
  /** A provider or forge does not answer for long. */
  "outside",
] as const;
export type SafetyStop = (typeof SAFETY_STOPS)[number];

/** The ladder, in the order in which it is climbed where a rung fits the stop. */
export const RUNGS = ["narrow", "serialise", "split", "reuse", "move", "later", "blocked"] as const;
export type Rung = (typeof RUNGS)[number];

/** One line of the Recovery Log. */
export interface RecoveryStep {
  featureId: string;
  stop: SafetyStop;
  /** One sentence: what stopped it. */
  why: string;
  rung: Rung;
  /** What is not done again, one sentence. */
  notAgain: string;
  /** What is done next; for `blocked` the condition under which it goes on. */
  next: string;
}
