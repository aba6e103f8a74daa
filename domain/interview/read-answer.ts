/** Reads what was typed as the answer to one question. A refusal says what is accepted, and nothing is changed by it. */
import { readHours, readMoney, readTokens } from "../budget-words.js";
import { cleanLine, cleanText } from "../clean-text.js";
import { isRelative, readDeadline } from "../deadline.js";
import { nearestName } from "../nearest-name.js";
import { EXIT, Problem } from "../problem.js";
import { NONE, type Question } from "./question.js";

/** Longest answer, and longest single entry of it: each may become one sentence of a plan. */
const MOST = { characters: 10_000, entry: 1_500, entries: 30 } as const;

export interface ReadAnswer {
  /** As it is kept: cleaned, and a choice by its value. */
  text: string;
  deadline?: ReadDeadline | undefined;
}

export interface ReadDeadline {
  at: string;
  zone: string;
  /** Counts from approval. */
  relative: boolean;
}

export interface AnswerMoment {
  now: Date;
  /** IANA zone. */
  zone: string;
}

/** @throws Problem (badInput) that says what is accepted. */
export function readAnswer(question: Question, typed: string, moment: AnswerMoment): ReadAnswer {
  if (typed.length > MOST.characters) {
    throw bad(
      `The answer has ${typed.length} characters; ${MOST.characters} fit.`,
      "Say it shorter, and keep details in a file of the repository.",
    );
  }
  const text = cleanText(typed, MOST.characters);
  if (question.kind === "choice") return { text: readChoice(question, text) };
  if (question.optional && isNone(text)) return { text: NONE };
  switch (question.kind) {
    case "text":
    case "list":
      return { text: readEntries(question, text) };
    case "money":
      readMoney(text);
      return { text };
    case "hours":
      readHours(text);
      return { text };
    case "tokens":
      readTokens(text);
      return { text };
    case "deadline":
      return { text, deadline: readMomentOf(text, moment) };
  }
}

/** True for `none`, `-` and the like. */
export const isNone = (text: string) =>
  /^(?:none|no|nothing|nope|-+|n\/a)?[.!]?$/i.test(text.trim());

/** Entries of a list: one for each line; of a single line, what semicolons part. Nothing for `none`. */
export function entriesOf(text: string): string[] {
  if (isNone(text)) return [];
  const lines = text.includes("\n") ? text.split("\n") : text.split(/;\s/);
  return lines
    .map((line) =>
      line
        .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, "")
        .replace(/;$/, "")
        .trim(),
    )
    .filter((line) => line !== "" && !isNone(line));
}

/** A relative deadline as it stands now; what cannot be read any more stays as it was. */
export function sameDeadlineLater(
  typed: string,
  now: Date,
  zone: string,
  earlier: ReadDeadline,
): ReadDeadline {
  try {
    return readMomentOf(typed, { now, zone });
  } catch {
    return earlier;
  }
}

function readMomentOf(text: string, { now, zone }: AnswerMoment): ReadDeadline {
  return { ...readDeadline(text, now, zone), relative: isRelative(text) };
}

/** By value, label or number, as shown. */
function readChoice({ options = [] }: Question, text: string): string {
  const wanted = text.toLowerCase();
  const byWord = options.find(
    ({ value, label }) => value.toLowerCase() === wanted || label.toLowerCase() === wanted,
  );
  const chosen = byWord ?? (/^\d{1,2}$/.test(text) ? options[Number(text) - 1] : undefined);
  if (chosen !== undefined) return chosen.value;
  const values = options.map(({ value }) => value);
  const nearest = nearestName(text, values);
  const hint = nearest === undefined ? "." : `; did you mean ${nearest}?`;
  throw bad(
    `${JSON.stringify(cleanLine(text, 60))} is none of the answers${hint}`,
    `Answer with one of: ${values.join(", ")}.`,
  );
}

function readEntries({ kind }: Question, text: string): string {
  const kept = kind === "text" ? text.replace(/\s*\n\s*/g, " ") : text;
  const entries = kind === "text" ? [kept] : entriesOf(kept);
  const longest = Math.max(0, ...entries.map((entry) => entry.length));
  if (longest > MOST.entry) {
    throw bad(
      `One entry of the answer has ${longest} characters; ${MOST.entry} fit.`,
      "Say it shorter, or as several entries.",
    );
  }
  if (entries.length > MOST.entries) {
    throw bad(
      `The answer has ${entries.length} entries; ${MOST.entries} fit.`,
      "Keep those that matter most.",
    );
  }
  if (entries.length === 0 || kept === "")
    throw bad("The answer holds no words.", "Say it in a few words.");
  return kept;
}

const bad = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
