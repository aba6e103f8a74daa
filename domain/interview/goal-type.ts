/** What sort of goal a sentence names, and how careful it asks to be: by signal words, never by a model. Pure. */
import { GOAL_TYPES, type GoalType, type MissionMode } from "../mission.js";
import { COURTESY, POC_WORDS, SIGNAL_WORDS } from "./signal-words.js";

/** A goal says what it is at its beginning; what follows are details. */
const WORDS_READ = 120;
const CHARACTERS_READ = 2_000;
const POINTS = { firstVerb: 4, verb: 1, strong: 2, weak: 1 } as const;

/**
 * The sort with the most points, and the words that gave them; undefined when no word matches or two sorts have as many.
 * Never throws: the goal is text of a person, of any length and language.
 */
export function detectGoalType(goal: string): { type: GoalType | undefined; words: string[] } {
  const words = wordsOf(goal);
  const first = words.findIndex((word) => !COURTESY.test(word));
  const scores = GOAL_TYPES.map((type) => ({ type, ...scoreOf(type, words, first) }));
  const most = Math.max(...scores.map(({ points }) => points));
  const best = scores.filter(({ points }) => points === most);
  if (most === 0) return { type: undefined, words: [] };
  const [only] = best;
  const seen = [...new Set(best.flatMap((score) => score.words))];
  return { type: best.length === 1 ? only?.type : undefined, words: seen };
}

/** Full, unless the goal says poc, prototype, spike or research. Never throws. */
export const detectMode = (goal: string): MissionMode =>
  modeWord(goal) === undefined ? "full" : "poc";

/** The word that asks for a proof of concept, as it was typed. */
export const modeWord = (goal: string): string | undefined =>
  POC_WORDS.exec(goal.slice(0, CHARACTERS_READ))?.[0];

function wordsOf(goal: string): string[] {
  const text = goal.slice(0, CHARACTERS_READ).toLowerCase().replaceAll("ci/cd", "ci-cd");
  return (text.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []).slice(0, WORDS_READ);
}

/** Each word counts once, so that a long text does not drown its first sentence. */
function scoreOf(type: GoalType, words: readonly string[], first: number) {
  const { verbs, strong, weak } = SIGNAL_WORDS[type];
  const found = new Map<string, number>();
  for (const [at, word] of words.entries()) {
    const points = Math.max(
      verbs.test(word) ? (at === first ? POINTS.firstVerb : POINTS.verb) : 0,
      strong.test(word) ? POINTS.strong : 0,
      weak.test(word) ? POINTS.weak : 0,
    );
    if (points > (found.get(word) ?? 0)) found.set(word, points);
  }
  const points = [...found.values()].reduce((sum, each) => sum + each, 0);
  return { points, words: [...found.keys()] };
}
