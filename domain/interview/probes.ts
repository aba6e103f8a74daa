/** Three probing questions for each sort of goal, and where in the scope their answers land. Pure. */
import type { GoalType } from "../mission.js";
import { budgetOf } from "./budget-questions.js";
import { typeOf } from "./goal-questions.js";
import type { Interview } from "./interview.js";
import type { Question, QuestionOption } from "./question.js";
import { entriesOf, isNone } from "./read-answer.js";

export const PROBE_NAMES = [
  "pre-mortem",
  "first-journey",
  "must-work",
  "rollback",
  "data-integrity",
  "switch",
  "criteria",
  "deliverable",
  "time-box",
] as const;
export type ProbeName = (typeof PROBE_NAMES)[number];

/** The three that a sort of goal is asked. */
export const PROBES_BY_TYPE: Record<GoalType, readonly [ProbeName, ProbeName, ProbeName]> = {
  greenfield: ["pre-mortem", "first-journey", "must-work"],
  migration: ["rollback", "data-integrity", "switch"],
  research: ["criteria", "deliverable", "time-box"],
  enhancement: ["first-journey", "must-work", "rollback"],
  infrastructure: ["pre-mortem", "must-work", "rollback"],
};

/** What an answer adds to the scope. Non-goals also come from entries that begin with `not:`, of any list. */
export interface ProbeYield {
  nonGoals: string[];
  constraints: string[];
  /** Sentences that checks of the plan must cover. */
  mustHold: string[];
}

interface Probe {
  text: string;
  help: string;
  kind: "list" | "text" | "choice";
  options?: QuestionOption[];
  recommended: (interview: Interview) => string;
  because: string;
  /** @param entries without those that are non-goals. */
  feeds: (entries: string[]) => Partial<ProbeYield>;
}

const COMMON = "a common answer for such goals; yours is better";
const each = (before: string) => (entries: string[]) => entries.map((entry) => `${before}${entry}`);

const PROBES: Record<ProbeName, Probe> = {
  "pre-mortem": {
    text: "It is three months later and this has failed. Why?",
    help: "Each reason becomes a constraint that the plan works against.",
    kind: "list",
    recommended: () =>
      "it did too much before anybody used it; nobody could tell whether it worked",
    because: COMMON,
    feeds: (entries) => ({ constraints: each("Do not let this happen: ")(entries) }),
  },
  "first-journey": {
    text: "What is the first thing that somebody does with it, from start to end?",
    help: "It becomes a check: the plan must show it working.",
    kind: "text",
    recommended: () =>
      "open it, do the one thing that the goal names, and find the result again later",
    because: COMMON,
    feeds: (entries) => ({ mustHold: each("The first journey works: ")(entries) }),
  },
  "must-work": {
    text: "What must work perfectly, even if all else is rough?",
    help: "Each entry becomes a check of the plan; one that begins with `not:` becomes a non-goal.",
    kind: "list",
    recommended: (interview) =>
      ["enhancement", "infrastructure"].includes(typeOf(interview))
        ? "what works today still works"
        : "nothing that a person entered is lost",
    because: COMMON,
    feeds: (entries) => ({ mustHold: each("It works without fault: ")(entries) }),
  },
  rollback: {
    text: "How does one get back when it goes wrong?",
    help: "It becomes a constraint and a check: the way back is tried, not assumed.",
    kind: "text",
    recommended: () => "go back to the last released commit; data stays readable by it",
    because: COMMON,
    feeds: (entries) => ({
      constraints: each("There is a way back at every step: ")(entries),
      mustHold: each("The way back was tried: ")(entries),
    }),
  },
  "data-integrity": {
    text: "Which data may not be lost or changed, and how does one see that?",
    help: "Each entry becomes a check that compares before and after.",
    kind: "list",
    recommended: () => "all of it: counts and checksums are the same before and after",
    because: COMMON,
    feeds: (entries) => ({ mustHold: each("No data is lost or changed: ")(entries) }),
  },
  switch: {
    text: "Step by step, or all at once?",
    help: "It decides how the milestones are cut; the other way becomes a non-goal.",
    kind: "choice",
    options: [
      {
        value: "incremental",
        label: "Step by step",
        means: "old and new live side by side; every milestone leaves something that works",
      },
      {
        value: "big-bang",
        label: "All at once",
        means: "one switch at the end; less to keep in step, more at risk",
      },
    ],
    recommended: () => "incremental",
    because: "every milestone can then be validated, and undone, by itself",
    feeds: ([entry]) =>
      entry === "big-bang"
        ? {
            constraints: ["Switch over once, at the end"],
            nonGoals: ["Keeping old and new running side by side"],
          }
        : {
            constraints: ["Migrate step by step: everything works after every milestone"],
            nonGoals: ["One big switch at the end"],
          },
  },
  criteria: {
    text: "By what will you decide?",
    help: "Each criterion becomes a check: the result must judge every option by it.",
    kind: "list",
    recommended: () => "cost; effort to adopt; fit with what is there; licence",
    because: COMMON,
    feeds: (entries) => ({ mustHold: each("Every option is judged by: ")(entries) }),
  },
  deliverable: {
    text: "What do you want to hold in your hands at the end?",
    help: "It becomes a check; an entry that begins with `not:` becomes a non-goal.",
    kind: "list",
    recommended: ({ goal }) =>
      /prototyp/i.test(goal)
        ? "a recommendation with sources; a prototype that runs"
        : "a recommendation with sources",
    because: "the goal",
    feeds: (entries) => ({ mustHold: each("It is delivered: ")(entries) }),
  },
  "time-box": {
    text: "When is it enough, even if questions stay open?",
    help: "It becomes a constraint: open questions are then listed, not followed.",
    kind: "text",
    recommended: (interview) =>
      `after ${Math.max(1, Math.floor(budgetOf(interview).time_hours / 2))} hours of work`,
    because: "half of the hours, so that the other half is left for the result",
    feeds: (entries) => ({ constraints: each("Research ends ")(entries) }),
  },
};

export const probeId = (name: ProbeName) => `probe.${name}`;

export function probeQuestions(interview: Interview): Question[] {
  return PROBES_BY_TYPE[typeOf(interview)].map((name) => {
    const { text, help, kind, options, recommended, because } = PROBES[name];
    return {
      id: probeId(name),
      text,
      help,
      kind,
      ...(options === undefined ? {} : { options }),
      recommended: recommended(interview),
      because,
      optional: kind !== "choice",
    };
  });
}

const NON_GOAL = /^not:\s*/i;

/** What the three probes of the interview's sort found; probes of another sort, answered before it changed, do not count. */
export function probeYield(interview: Interview): ProbeYield {
  const sum: ProbeYield = { nonGoals: [], constraints: [], mustHold: [] };
  for (const name of PROBES_BY_TYPE[typeOf(interview)]) {
    const answer = interview.answers[probeId(name)];
    if (answer === undefined || isNone(answer)) continue;
    const { kind, feeds } = PROBES[name];
    const entries = kind === "list" ? entriesOf(answer) : [answer];
    const wanted = entries.filter((entry) => !NON_GOAL.test(entry));
    const left = entries.filter((entry) => NON_GOAL.test(entry));
    const fed = wanted.length === 0 ? {} : feeds(wanted);
    sum.nonGoals.push(...left.map((entry) => entry.replace(NON_GOAL, "")), ...(fed.nonGoals ?? []));
    sum.constraints.push(...(fed.constraints ?? []));
    sum.mustHold.push(...(fed.mustHold ?? []));
  }
  return { ...sum, nonGoals: sum.nonGoals.filter((entry) => entry !== "") };
}
