/** Questions about the goal itself: its sort, its mode, where it is worked on, and how far it shall go. */
import {
  GOAL_TYPES,
  type GoalType,
  type MissionMode,
  OUTCOME_LEVELS,
  type OutcomeLevel,
} from "../mission.js";
import { detectGoalType, detectMode, modeWord } from "./goal-type.js";
import type { Interview, InterviewHints } from "./interview.js";
import type { Question, QuestionOption } from "./question.js";

export const PLACE_KINDS = ["repository", "dedicated", "homeless"] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** A repository with fewer files is about to become what the goal says, not something else. */
const SMALL_REPOSITORY_FILES = 20;

const TYPE_MEANS: Record<GoalType, string> = {
  greenfield: "something new, from nothing",
  migration: "what is there moves to another technology, version or place",
  research: "find out, compare, recommend; perhaps a prototype",
  enhancement: "add to, change or mend what is there",
  infrastructure: "deployment, hosting, pipelines, monitoring",
};

/** Signal words and opinion disagree, or no word matches; and always when a person went back to it or answered it. */
export function isTypeAsked(interview: Interview, hints: InterviewHints): boolean {
  if (interview.answers["type"] !== undefined || interview.reopened.includes("type")) return true;
  const { type } = detectGoalType(interview.goal);
  const opinion = hints.opinion ?? interview.opinion;
  return type === undefined || (opinion !== undefined && opinion.type !== type);
}

/** The sort that the mission has as things stand. */
export function typeOf(interview: Interview): GoalType {
  const answered = GOAL_TYPES.find((type) => type === interview.answers["type"]);
  return answered ?? detectGoalType(interview.goal).type ?? "greenfield";
}

export function goalTypeQuestion(interview: Interview, hints: InterviewHints): Question {
  const { type, words } = detectGoalType(interview.goal);
  const opinion = hints.opinion ?? interview.opinion;
  const said = words.slice(0, 4).join(", ");
  const fromWords = type === undefined ? undefined : `the goal says ${said}`;
  const because =
    opinion === undefined
      ? (fromWords ??
        (said === "" ? "nothing in the goal says otherwise" : `${said} could mean several`))
      : `the model says: ${opinion.why}${fromWords === undefined || type === opinion.type ? "" : `; but ${fromWords}, as in ${String(type)}`}`;
  return {
    id: "type",
    text: "What sort of goal is this?",
    help: "It chooses the next questions and the shape of the plan.",
    kind: "choice",
    options: GOAL_TYPES.map((value) => ({ value, label: value, means: TYPE_MEANS[value] })),
    recommended: opinion?.type ?? type ?? "greenfield",
    because,
    optional: false,
  };
}

/** Why a sort was taken without asking, for a person to see; undefined where it is asked. */
export function takenType(
  interview: Interview,
  hints: InterviewHints = {},
): { type: GoalType; because: string } | undefined {
  const { type, words } = detectGoalType(interview.goal);
  if (type === undefined || isTypeAsked(interview, hints)) return undefined;
  const agrees = hints.opinion ?? interview.opinion;
  const because = `the goal says ${words.slice(0, 4).join(", ")}${agrees === undefined ? "" : ", and the model agrees"}`;
  return { type, because };
}

export function modeOf({ answers, goal }: Interview): MissionMode {
  const { mode } = answers;
  return mode === "poc" || mode === "full" ? mode : detectMode(goal);
}

export function modeQuestion({ goal, place }: Interview): Question {
  const existing = place.repository !== undefined;
  const onto = existing
    ? "onto one branch mission/<id> of the repository you are in, or onto main of a new one"
    : "onto main of a repository of its own";
  const word = modeWord(goal);
  return {
    id: "mode",
    text: "How careful shall it be?",
    help: "Checks and the validation of each milestone stay in both.",
    kind: "choice",
    options: [
      {
        value: "poc",
        label: "Proof of concept",
        means: `straight ${onto}, in one workspace, one piece of code after the other`,
      },
      {
        value: "full",
        label: "Full",
        means: `a workspace and a branch for each feature, side by side; only what passes its tests is merged${existing ? " onto the mission's branch, never onto yours" : ""}`,
      },
    ],
    recommended: detectMode(goal),
    because: word === undefined ? "the goal asks for no prototype" : `the goal says ${word}`,
    optional: false,
  };
}

export function placeQuestion(interview: Interview): Question {
  const { place, facts } = interview;
  const options: QuestionOption[] = [];
  if (place.repository !== undefined) {
    options.push({
      value: "repository",
      label: "This repository",
      means: `${place.repository}; the mission's folder goes to todo/missions there`,
    });
  }
  options.push(
    {
      value: "dedicated",
      label: "A new repository",
      means: `made at ${place.proposed}, with the mission's folder in it`,
    },
    {
      value: "homeless",
      label: "Homeless",
      means: `the mission's folder stays in ${place.home}; a repository is made only where the plan has code`,
    },
  );
  const { kind, because } = recommendedPlace(interview, facts?.files);
  return {
    id: "place",
    text: "Where shall it work?",
    help:
      place.repository === undefined
        ? "You are not in a repository; to work in one, name it with --repo PATH."
        : "Nothing outside of this place is changed.",
    kind: "choice",
    options,
    recommended: kind,
    because,
    optional: false,
  };
}

function recommendedPlace(
  interview: Interview,
  files: number | undefined,
): { kind: PlaceKind; because: string } {
  const type = typeOf(interview);
  if (interview.place.repository === undefined) {
    return type === "research"
      ? { kind: "homeless", because: "research leaves documents, and you are in no repository" }
      : { kind: "dedicated", because: "you are in no repository" };
  }
  if (type === "greenfield" && (files ?? 0) > SMALL_REPOSITORY_FILES) {
    return {
      kind: "dedicated",
      because: `it is something new, and the repository you are in has ${files ?? 0} files of something else`,
    };
  }
  return { kind: "repository", because: "you are in it" };
}

/** Where the mission is to work, as things stand. */
export function placeOf(interview: Interview): { kind: PlaceKind; path: string } {
  const { place, answers } = interview;
  const answered = PLACE_KINDS.find((known) => known === answers["place"]);
  const kind = answered ?? recommendedPlace(interview, interview.facts?.files).kind;
  if (kind === "repository" && place.repository !== undefined)
    return { kind, path: place.repository };
  return kind === "homeless"
    ? { kind, path: place.home }
    : { kind: "dedicated", path: place.proposed };
}

const LEVEL_LABELS: Record<OutcomeLevel, { label: string; means: string }> = {
  mvp: { label: "MVP", means: "the smallest thing that somebody can use" },
  production: {
    label: "Production-ready",
    means: "errors handled, tested, documented, deployable",
  },
  polished: { label: "Polished", means: "also fast, accessible and pleasant" },
};

/** Without a table of levels: a proof of concept needs the smallest, everything else should last. */
export const levelFor = (mode: MissionMode): OutcomeLevel =>
  mode === "poc" ? "mvp" : "production";

export function levelOf(interview: Interview): OutcomeLevel {
  const { level } = interview.answers;
  return OUTCOME_LEVELS.find((known) => known === level) ?? levelFor(modeOf(interview));
}

export function levelQuestion(interview: Interview, { level }: InterviewHints): Question {
  const mode = modeOf(interview);
  return {
    id: "level",
    text: "How far shall it go?",
    help: "The level decides what is in the plan and what is left out.",
    ...(level === undefined ? {} : { lines: level.lines }),
    kind: "choice",
    options: OUTCOME_LEVELS.map((value) => ({ value, ...LEVEL_LABELS[value] })),
    recommended: level?.recommended ?? levelFor(mode),
    because:
      level?.because ??
      (mode === "poc" ? "a proof of concept needs no more" : "it is what others can rely on"),
    optional: false,
  };
}
