/** One question of the interview, the same for a terminal and for a caller that speaks JSON. */

/** `choice` takes one of the options; `text` any line; `list` one line (or one part before a semicolon) for each entry; the rest are read by domain/interview. */
export type QuestionKind = "choice" | "text" | "list" | "money" | "hours" | "tokens" | "deadline";

export interface QuestionOption {
  value: string;
  label: string;
  means?: string | undefined;
}

export interface Question {
  /** Stable, as `type`, `budget.money` or `probe.pre-mortem`. */
  id: string;
  text: string;
  /** Why it is asked, in one sentence. */
  help?: string | undefined;
  /** Lines to show above it, as the table of outcome levels. */
  lines?: string[] | undefined;
  kind: QuestionKind;
  options?: QuestionOption[] | undefined;
  /** Taken when the person just presses Enter; as they would type it. Never empty. */
  recommended: string;
  /** Where the recommendation is from, as "your preferences" or "the goal says prototype". */
  because?: string | undefined;
  /** True: `none` is an answer. */
  optional: boolean;
}

/** Typed in place of an answer: asks the question before this one again. */
export const GO_BACK = "<";
/** Answer that leaves an optional question open. */
export const NONE = "none";
