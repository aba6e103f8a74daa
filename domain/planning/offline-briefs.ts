/** What a feature of a blueprint says to whoever does it: the goal, wishes of the person, what the repository asks for. */
import { cleanLine } from "../clean-text.js";
import type { PreferenceName, Scope } from "../scope.js";
import type { BlueprintFeature } from "./blueprint.js";
import { isOnCode } from "./offline-places.js";

const GOAL_SHOWN = 160;
const WISH_SHOWN = 300;

/** Which wishes matter to work on which places. */
const WISHES: { of: (touches: readonly string[]) => boolean; names: PreferenceName[] }[] = [
  { of: isOnCode, names: ["stack", "test_framework", "coding_style"] },
  { of: (touches) => begins(touches, ["docs", "README.md"]), names: ["tone"] },
  {
    of: (touches) => begins(touches, ["deploy", "ci"]),
    names: ["deploy_target", "vendors_preferred", "vendors_avoided"],
  },
];

export function briefOf(feature: BlueprintFeature, scope: Scope): string {
  return [
    feature.brief.replaceAll("{goal}", () => `"${goalShown(scope)}"`),
    ...(begins(feature.touches, ["deploy"]) ? placeWish(scope) : []),
    ...wishes(feature.touches, scope),
    ...(isOnCode(feature.touches) ? instructions(scope) : []),
  ].join(" ");
}

const begins = (touches: readonly string[], places: readonly string[]) =>
  touches.some((path) => places.includes(path.split("/")[0] ?? ""));

const goalShown = ({ goal }: Scope) =>
  cleanLine(goal.trim(), GOAL_SHOWN)
    .replaceAll('"', "'")
    .replace(/[.!?\s]+$/, "");

function placeWish({ infrastructure }: Scope): string[] {
  const where = cleanLine(infrastructure, WISH_SHOWN);
  return where === "" ? [] : [`It shall run here: ${where}.`];
}

function wishes(touches: readonly string[], { preferences }: Scope): string[] {
  const said = WISHES.filter(({ of }) => of(touches))
    .flatMap(({ names }) => names)
    .map((name) => ({ name, value: cleanLine(preferences[name] ?? "", WISH_SHOWN) }))
    .filter(({ value }) => value !== "")
    .map(({ name, value }) => `${name.replaceAll("_", " ")}: ${value}`);
  return said.length === 0 ? [] : [`Wishes: ${said.join("; ")}.`];
}

function instructions({ repository }: Scope): string[] {
  const files = (repository?.instructions ?? [])
    .map((file) => cleanLine(file, 100))
    .filter((file) => file !== "");
  return files.length === 0 ? [] : [`Read first: ${files.slice(0, 5).join(", ")}.`];
}
