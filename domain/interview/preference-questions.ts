/** Questions about lasting preferences: what was remembered is offered, kept, changed for good, or for this mission only. Pure. */
import { PREFERENCE_NAMES, type PreferenceName, type RepositoryFacts } from "../scope.js";
import { placeOf } from "./goal-questions.js";
import type { Interview } from "./interview.js";
import { NONE, type Question } from "./question.js";
import { isNone } from "./read-answer.js";

const TEXTS: Record<PreferenceName, string> = {
  stack: "Which stack?",
  deploy_target: "Where do you deploy?",
  test_framework: "Which test framework or command?",
  coding_style: "Which coding style?",
  tone: "In which tone are texts and mails written?",
  vendors_preferred: "Which vendors do you prefer?",
  vendors_avoided: "Which vendors are to be avoided?",
};

const preferenceId = (name: PreferenceName) => `preference.${name}`;

export function preferenceQuestions(interview: Interview): Question[] {
  const { answers } = interview;
  const way = answers["preferences"];
  const goesThrough = way === "change" || way === "once";
  return [
    wayQuestion(interview),
    ...(goesThrough ? PREFERENCE_NAMES.map((name) => one(interview, name)) : []),
  ];
}

function wayQuestion({ preferences }: Interview): Question {
  const remembered = PREFERENCE_NAMES.filter((name) => (preferences[name] ?? "") !== "");
  const shown = remembered.map((name) => `${name}: ${preferences[name] ?? ""}`).join("; ");
  const keep = { value: "keep", label: "Keep them", means: shown };
  return {
    id: "preferences",
    text: "Your preferences: stack, deploy target, tests, style, tone, vendors?",
    help: "They are remembered, and offered as defaults next time.",
    kind: "choice",
    options: [
      ...(remembered.length === 0 ? [] : [keep]),
      {
        value: "change",
        label: "Go through them",
        means: "and remember them for the next missions",
      },
      {
        value: "once",
        label: "For this mission only",
        means: "go through them; what is remembered stays",
      },
      {
        value: "none",
        label: "None this time",
        means: "the plan decides; what is remembered stays",
      },
    ],
    recommended: remembered.length === 0 ? "change" : "keep",
    because: remembered.length === 0 ? "nothing is remembered yet" : "you gave them before",
    optional: false,
  };
}

function one(interview: Interview, name: PreferenceName): Question {
  const remembered = interview.preferences[name];
  const found = foundIn(interview, name);
  return {
    id: preferenceId(name),
    text: TEXTS[name],
    kind: "text",
    recommended: remembered ?? found ?? NONE,
    because:
      remembered !== undefined
        ? "your preferences"
        : found !== undefined
          ? "the repository"
          : "the plan can decide it",
    optional: true,
  };
}

/** What the repository in which the mission works says of it. */
function foundIn(interview: Interview, name: PreferenceName): string | undefined {
  const { facts } = interview;
  return facts === undefined || placeOf(interview).kind !== "repository"
    ? undefined
    : fromFacts(name, facts);
}

function fromFacts(name: PreferenceName, facts: RepositoryFacts): string | undefined {
  if (name === "test_framework") return facts.testCommand;
  if (name !== "stack") return undefined;
  const stack = [
    ...facts.languages.slice(0, 2).map((language) => language.name),
    facts.packageManager,
  ];
  const known = stack.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.join(", ");
}

/** Those of this mission; what has no value is left out. */
export function preferencesOf(interview: Interview): Record<string, string> {
  const { answers, preferences } = interview;
  const way = answers["preferences"];
  if (way === "none") return {};
  const pairs = PREFERENCE_NAMES.map((name) => {
    const answer = way === "change" || way === "once" ? answers[preferenceId(name)] : undefined;
    return [name, answer ?? preferences[name] ?? ""] as const;
  });
  return Object.fromEntries(pairs.filter(([, value]) => !isNone(value)));
}

/**
 * What to remember for later missions: a value, or undefined to forget one; nothing where a person said so. What only
 * repeats the repository is true of it, not of the person.
 */
export function preferencesToRemember(
  interview: Interview,
): Partial<Record<PreferenceName, string | undefined>> {
  const { answers } = interview;
  if (answers["preferences"] !== "change") return {};
  const given = PREFERENCE_NAMES.filter((name) => {
    const answer = answers[preferenceId(name)];
    const isRemembered = interview.preferences[name] !== undefined;
    return answer !== undefined && (isRemembered || answer !== foundIn(interview, name));
  });
  return Object.fromEntries(
    given.map((name) => {
      const answer = answers[preferenceId(name)] ?? "";
      return [name, isNone(answer) ? undefined : answer];
    }),
  );
}
