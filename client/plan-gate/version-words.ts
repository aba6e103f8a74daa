/** Words of `plan show|diff|restore`: a mission, which may be left out, and versions counted from 1. Pure. */
import { EXIT, Problem } from "../../domain/problem.js";
import type { PlanVersion } from "../../store/plan-history.js";

/** At most four digits: an id of a mission is longer. */
const VERSION = /^[1-9]\d{0,3}$/;

/** @param most versions that may be named. @throws Problem badInput for more words than there may be. */
export function versionWords(
  typed: readonly string[],
  most: number,
): { mission: string[]; versions: number[] } {
  const mission = [...typed];
  const versions: number[] = [];
  while (versions.length < most && VERSION.test(mission.at(-1) ?? "")) {
    versions.unshift(Number(mission.pop()));
  }
  if (mission.length <= 1) return { mission, versions };
  throw new Problem(
    EXIT.badInput,
    `${JSON.stringify(mission.at(-1)?.slice(0, 60))} is no version of a plan.`,
    "Name the mission, then versions as numbers; npx missions plan show lists them.",
  );
}

/** @throws Problem notFound. */
export function versionOf(versions: readonly PlanVersion[], n: number): PlanVersion {
  const found = versions.find((version) => version.n === n);
  if (found !== undefined) return found;
  throw new Problem(
    EXIT.notFound,
    `There is no version ${n} of the plan.`,
    versions.length === 1 ? "There is only version 1." : `There are 1 to ${versions.length}.`,
  );
}
