/** Which mission a person means: an id may be shortened, or left out where only one fits. And the id of a new one. */
import { randomInt } from "node:crypto";
import { missionIdFrom } from "../domain/ids.js";
import { EXIT, Problem } from "../domain/problem.js";

/** The date of today (UTC) and six letters or digits drawn at random. */
export const newMissionId = (): string =>
  missionIdFrom(new Date(), Array.from({ length: 6 }, () => randomInt(36).toString(36)).join(""));

export interface Known {
  missionId: string;
  title: string;
  status: string;
}

const ENDED = new Set(["completed", "cancelled", "failed"]);
export const hasEnded = (status: string) => ENDED.has(status);

/** Every mission that `typed` could stand for: the whole id, its start, or the start of its date or random part. */
export function fitting<T extends Known>(typed: string, known: readonly T[]): T[] {
  const wanted = typed.toLowerCase().replace(/^mission\//, "");
  const exact = known.filter(({ missionId }) => missionId === wanted);
  if (exact.length > 0) return exact;
  if (wanted === "") return [];
  return known.filter(({ missionId }) => {
    const [, date = "", random = ""] = missionId.split("-");
    return (
      missionId.startsWith(wanted) ||
      random.startsWith(wanted) ||
      `${date}-${random}`.startsWith(wanted)
    );
  });
}

/** Missions that are meant when none is named: the open one, else the only one. */
function unnamed<T extends Known>(known: readonly T[]): T[] {
  const open = known.filter(({ status }) => !hasEnded(status));
  return open.length > 0 ? open : [...known];
}

/** @throws Problem notFound that lists the candidates when none or several fit. */
export function chooseMission<T extends Known>(typed: string | undefined, known: readonly T[]): T {
  const candidates = typed === undefined ? unnamed(known) : fitting(typed, known);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (known.length === 0) {
    throw new Problem(
      EXIT.notFound,
      "There is no mission yet.",
      "Start one with: npx missions start --demo",
    );
  }
  if (candidates.length === 0) {
    throw new Problem(
      EXIT.notFound,
      `No mission fits ${JSON.stringify(typed?.slice(0, 80))}.`,
      "See the missions there are with: npx missions list",
    );
  }
  const named = candidates.slice(0, 5).map(({ missionId }) => missionId);
  const more =
    candidates.length > named.length ? ` and ${candidates.length - named.length} more` : "";
  throw new Problem(
    EXIT.notFound,
    typed === undefined
      ? `${candidates.length} missions fit: ${named.join(", ")}${more}.`
      : `${JSON.stringify(typed.slice(0, 80))} fits ${candidates.length} missions: ${named.join(", ")}${more}.`,
    "Name one, e.g. by the last part of its id.",
  );
}

export interface Arguments<T> {
  mission: T;
  others: string[];
}

/**
 * Shares out what was typed between the mission, which may be left out, and `count` further arguments (the last ones).
 * With `optional` the further argument may be missing: a single word is a mission where one fits.
 */
export function splitArguments<T extends Known>(
  typed: readonly string[],
  known: readonly T[],
  others: { names: readonly string[]; optional?: boolean },
): Arguments<T> {
  const { names, optional = false } = others;
  if (typed.length > names.length + 1) throw usage(names, "too many arguments");
  if (typed.length === names.length + 1) {
    return { mission: chooseMission(typed[0], known), others: typed.slice(1) };
  }
  if (optional && typed.length === names.length && typed[0] !== undefined) {
    const named = fitting(typed[0], known);
    if (named.length > 0) return { mission: chooseMission(typed[0], known), others: [] };
  }
  if (typed.length === names.length)
    return { mission: chooseMission(undefined, known), others: [...typed] };
  if (optional) return { mission: chooseMission(typed[0], known), others: [] };
  throw usage(names, "an argument is missing");
}

const usage = (names: readonly string[], what: string) =>
  new Problem(
    EXIT.badInput,
    `For this command ${what}.`,
    `It takes: [mission] ${names.map((name) => `<${name}>`).join(" ")}. The mission may be left out where only one fits.`,
  );
