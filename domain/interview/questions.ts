/** All questions of an interview in their order; which of them apply follows from the answers so far. Pure. */
import { budgetQuestions } from "./budget-questions.js";
import {
  goalTypeQuestion,
  isTypeAsked,
  levelQuestion,
  modeQuestion,
  placeQuestion,
} from "./goal-questions.js";
import type { Interview, InterviewHints } from "./interview.js";
import { preferenceQuestions } from "./preference-questions.js";
import { probeQuestions } from "./probes.js";
import type { Question } from "./question.js";

/** Those that apply now, first to last. */
export function questionsOf(interview: Interview, hints: InterviewHints = {}): Question[] {
  return [
    ...(isTypeAsked(interview, hints) ? [goalTypeQuestion(interview, hints)] : []),
    modeQuestion(interview),
    placeQuestion(interview),
    ...budgetQuestions(interview),
    ...probeQuestions(interview),
    ...preferenceQuestions(interview),
    levelQuestion(interview, hints),
  ].map((question) => answeredBefore(interview, question));
}

/** Any question that a person may answer now, the sort of goal also where it was not asked. */
export function findQuestion(
  interview: Interview,
  id: string,
  hints: InterviewHints = {},
): Question | undefined {
  if (id === "type") return answeredBefore(interview, goalTypeQuestion(interview, hints));
  return questionsOf(interview, hints).find((question) => question.id === id);
}

/** What was answered before is what is recommended when a question is asked again. */
function answeredBefore(interview: Interview, question: Question): Question {
  const earlier = interview.answers[question.id];
  if (earlier === undefined || earlier === "") return question;
  const legal = question.options?.some(({ value }) => value === earlier) ?? true;
  return legal ? { ...question, recommended: earlier, because: "your answer before" } : question;
}
