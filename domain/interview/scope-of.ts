/** From answers to the scope that planning stands on. Total: what is not answered counts as recommended. Pure. */
import { checkedOf } from "../constraint-words.js";
import type { Scope } from "../scope.js";
import { atDeadlineOf, budgetOf } from "./budget-questions.js";
import { levelOf, modeOf, placeOf, takenType, typeOf } from "./goal-questions.js";
import type { Interview } from "./interview.js";
import { preferencesOf } from "./preference-questions.js";
import { probeYield } from "./probes.js";
import { questionsOf } from "./questions.js";
import { isNone } from "./read-answer.js";

/** @returns the scope as things stand; whole as soon as `nextQuestion` has nothing more to ask. */
export function scopeOf(interview: Interview): Scope {
  const { goal, facts, answers, deadline, preferences, routing = {} } = interview;
  const inRepository = placeOf(interview).kind === "repository";
  const dependencies = answers["dependencies"] ?? "";
  const found = probeYield(interview);
  const wishes = preferencesOf(interview);
  return {
    goal,
    type: typeOf(interview),
    mode: modeOf(interview),
    level: levelOf(interview),
    budget: budgetOf(interview),
    ...(deadline === undefined ? {} : { deadline: deadlineOf(interview, deadline) }),
    infrastructure: answers["infrastructure"] ?? preferences["deploy_target"] ?? "local",
    dependencies: isNone(dependencies) ? "none" : dependencies,
    ...found,
    ...checkedOf([goal, ...found.constraints], wishes),
    preferences: wishes,
    routing,
    ...(inRepository && facts !== undefined ? { repository: facts } : {}),
    answers: answersOf(interview),
  };
}

function deadlineOf(interview: Interview, deadline: NonNullable<Interview["deadline"]>) {
  const { at, zone, relative } = deadline;
  return {
    at,
    zone,
    atDeadline: atDeadlineOf(interview),
    ...(relative ? { relative: interview.answers["deadline"] ?? "" } : {}),
  };
}

/** Those of questions that still apply, in their order, and what was taken without asking. */
function answersOf(interview: Interview): Scope["answers"] {
  const taken = takenType(interview);
  const first =
    taken === undefined
      ? []
      : [
          {
            question: "What sort of goal is this?",
            answer: `${taken.type} (not asked: ${taken.because})`,
          },
        ];
  const given = questionsOf(interview).flatMap(({ id, text, options }) => {
    const answer = interview.answers[id];
    if (answer === undefined) return [];
    const label = options?.find(({ value }) => value === answer)?.label;
    return [{ question: text, answer: label ?? answer }];
  });
  return [...first, ...given];
}
