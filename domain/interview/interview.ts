/** The interview as plain data: what was found, what was answered, and which question comes next. Nothing is asked here. */
import { cleanText } from "../clean-text.js";
import type { GoalType, OutcomeLevel } from "../mission.js";
import type { ModelRouting } from "../plan.js";
import { EXIT, Problem } from "../problem.js";
import type { RepositoryFacts } from "../scope.js";
import { GO_BACK, type Question } from "./question.js";
import { findQuestion, questionsOf } from "./questions.js";
import { readAnswer, sameDeadlineLater } from "./read-answer.js";

export { scopeOf } from "./scope-of.js";

/** Where the mission could work; looked up when the interview was opened. */
export interface InterviewPlace {
  /** Top of the repository that the person stands in or named. */
  repository?: string | undefined;
  /** Where a repository of its own would be made. */
  proposed: string;
  /** The home of missions without a repository. */
  home: string;
}

export interface Interview {
  version: 1;
  /** Of the mission that it will become. */
  id: string;
  /** Word for word, without control characters. */
  goal: string;
  /** ISO 8601. */
  createdAt: string;
  /** IANA zone in which deadlines are typed. */
  zone: string;
  place: InterviewPlace;
  facts?: RepositoryFacts | undefined;
  /** As remembered when it was opened, by PREFERENCE_NAMES. */
  preferences: Record<string, string>;
  routing?: ModelRouting | undefined;
  /** As typed, by question id. */
  answers: Record<string, string>;
  /** Answered before and asked again, because the person went back. */
  reopened: string[];
  /** The deadline's answer as it was read then. `relative`: it counts from approval, as "in 9 days". */
  deadline?: { at: string; zone: string; relative: boolean } | undefined;
  /** A model's opinion of the sort of goal; paid for once. */
  opinion?: GoalOpinion | undefined;
}

export interface GoalOpinion {
  type: GoalType;
  why: string;
}

/** What the interview cannot know by itself; both optional. */
export interface InterviewHints {
  opinion?: GoalOpinion | undefined;
  level?:
    | {
        recommended: OutcomeLevel;
        /** The table of levels. */
        lines: string[];
        because: string;
      }
    | undefined;
}

export type InterviewOpening = Pick<
  Interview,
  "id" | "goal" | "createdAt" | "zone" | "place" | "facts" | "preferences" | "routing"
>;

/** The same limit as a plan's. */
const GOAL_BYTES = 20_000;

/** @throws Problem (badInput) for a goal that is empty or too long. */
export function openInterview(opening: InterviewOpening): Interview {
  return { version: 1, ...opening, goal: readGoal(opening.goal), answers: {}, reopened: [] };
}

/** The goal without control characters, in any language. @throws Problem (badInput) when nothing is left, or too much. */
export function readGoal(typed: string): string {
  const goal = cleanText(typed, typed.length);
  if (goal === "") {
    throw bad("The goal is empty.", 'Say in a sentence what shall be reached, as "Build a CRM".');
  }
  const bytes = new TextEncoder().encode(goal).length;
  if (bytes > GOAL_BYTES) {
    throw bad(
      `The goal takes ${bytes} bytes; ${GOAL_BYTES} fit.`,
      "Say it in a few sentences, and keep the details in a file of the repository that the goal names.",
    );
  }
  return goal;
}

/** @returns undefined when everything is answered. */
export function nextQuestion(
  interview: Interview,
  hints: InterviewHints = {},
): Question | undefined {
  return questionsOf(interview, hints).find(({ id }) => isOpen(interview, id));
}

/**
 * Takes an answer to any question of the interview, also to one that was answered before. An empty one takes what is
 * recommended; `<` goes back one question.
 * @throws Problem (badInput) that says what is accepted; the interview is then as it was.
 */
export function answerQuestion(
  interview: Interview,
  questionId: string,
  typed: string,
  now: Date,
  hints: InterviewHints = {},
): Interview {
  const question = findQuestion(interview, questionId, hints);
  if (question === undefined) {
    const next = nextQuestion(interview, hints);
    throw bad(
      `This interview has no question ${JSON.stringify(questionId.slice(0, 60))}.`,
      next === undefined ? "Everything is answered." : `The next one is ${next.id}.`,
    );
  }
  if (typed.trim() === GO_BACK) return goBack(interview, questionId, hints);
  const answer = readAnswer(question, typed.trim() === "" ? question.recommended : typed, {
    now,
    zone: interview.zone,
  });
  const { deadline: earlier, ...rest } = interview;
  const deadline = question.kind === "deadline" ? answer.deadline : earlier;
  return {
    ...rest,
    answers: { ...interview.answers, [questionId]: answer.text },
    reopened: interview.reopened.filter((id) => id !== questionId),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** Asks the question before `questionId` again; its answer stays until another one is given. */
export function goBack(
  interview: Interview,
  questionId: string,
  hints: InterviewHints = {},
): Interview {
  const ids = questionsOf(interview, hints).map(({ id }) => id);
  const at = ids.indexOf(questionId);
  // Before the first one stands what was taken from the goal without asking.
  const before = at > 0 ? ids[at - 1] : questionId === "type" ? undefined : "type";
  if (before === undefined || interview.reopened.includes(before)) return interview;
  return { ...interview, reopened: [...interview.reopened, before] };
}

/** The same questions once more; what was answered is what is recommended. */
export const askAgain = (interview: Interview): Interview => ({
  ...interview,
  reopened: questionsOf(interview).map(({ id }) => id),
});

/** True when `<` has somewhere to go from here. */
export const canGoBack = (questionId: string): boolean => questionId !== "type";

/** An interview that lay for days: a deadline that has passed is asked again, a relative one counts from now. */
export function refreshDeadline(interview: Interview, now: Date): Interview {
  const { deadline, answers, zone } = interview;
  if (deadline === undefined) return interview;
  if (deadline.relative) {
    return {
      ...interview,
      deadline: sameDeadlineLater(answers["deadline"] ?? "", now, zone, deadline),
    };
  }
  if (Date.parse(deadline.at) > now.getTime() || interview.reopened.includes("deadline"))
    return interview;
  return { ...interview, reopened: [...interview.reopened, "deadline"] };
}

const isOpen = ({ answers, reopened }: Interview, id: string) =>
  answers[id] === undefined || reopened.includes(id);

const bad = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
