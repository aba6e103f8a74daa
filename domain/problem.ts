/** What a person did or met that stops a command: one sentence, the remedy, and the exit code of its kind. */

/** Documented exit codes; docs/operations.md lists the same table. */
export const EXIT = {
  ok: 0,
  /** Something of ours broke; `--verbose` prints the stack. */
  unexpected: 1,
  /** The command line, the plan or a file given was not usable. */
  badInput: 2,
  /** No mission (or feature, or gate) of that name, or more than one fits. */
  notFound: 3,
  /** No Temporal server or no worker answers, or none could be started. */
  noServer: 4,
  /** A model, key or price is missing. */
  noModel: 5,
  /** The command is not legal now (mission ended, gate already answered). */
  notNow: 6,
  /** The mission ended as failed, cancelled or blocked (start without --detach, watch). */
  missionNotDone: 7,
  /** The environment is at fault: disk full, port taken, repository unusable. */
  environment: 8,
  /** Ended by Ctrl-C before the work was done; nothing was started or the mission goes on, as printed. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Thrown for everything a person can mend; the command line prints `message`, then `remedy`, never a stack. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly exitCode: ExitCode;
  readonly remedy: string;

  constructor(exitCode: ExitCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}
