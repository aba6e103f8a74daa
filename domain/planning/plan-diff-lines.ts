/** A difference of plans as lines: `+` comes, `-` goes, `~` changes, `=` stays. */
import type { FieldChange, PlanDiff } from "./plan-diff.js";

const SHOWN = 60;
const IDS_SHOWN = 20;

/** Texts of the plan are in it as they are: who prints the lines cleans them. */
export function diffLines(diff: PlanDiff): string[] {
  const { milestones, features } = diff;
  const lines = [
    ...diff.plan.map((change) => `~ ${changeText(change)}`),
    ...milestones.added.map(({ id, title }) => `+ milestone ${id} ${title}`),
    ...milestones.dropped.map(({ id, title }) => `- milestone ${id} ${title}`),
    ...milestones.changed.map(
      ({ id, title, changes }) => `~ milestone ${id} ${title}: ${changesText(changes)}`,
    ),
    ...features.added.map(
      ({ id, title, milestone }) => `+ feature ${id} ${title} (milestone ${milestone})`,
    ),
    ...features.dropped.map(
      ({ id, title, milestone }) => `- feature ${id} ${title} (milestone ${milestone})`,
    ),
    ...features.changed.map(
      ({ id, title, changes }) => `~ feature ${id} ${title}: ${changesText(changes)}`,
    ),
  ];
  if (lines.length === 0) return ["Nothing changes."];
  return [...lines, keptLine(features.kept.map(({ id }) => id))];
}

function keptLine(ids: readonly string[]): string {
  if (ids.length === 0) return "= no feature stays as it is";
  const more = ids.length > IDS_SHOWN ? ` and ${ids.length - IDS_SHOWN} more` : "";
  const noun = ids.length === 1 ? "feature stays" : "features stay";
  return `= ${ids.length} ${noun} as before: ${ids.slice(0, IDS_SHOWN).join(", ")}${more}`;
}

const changesText = (changes: readonly FieldChange[]) => changes.map(changeText).join("; ");

/** Long texts are said to change, not shown. */
function changeText({ field, before, after }: FieldChange): string {
  const isShort = [before, after].every((text) => text.length <= SHOWN && !text.includes("\n"));
  if (before === "") return isShort ? `${field} ${after}` : `${field}: new, ${start(after)}`;
  if (after === "")
    return isShort ? `${field} ${before} -> none` : `${field}: gone, ${start(before)}`;
  return isShort ? `${field} ${before} -> ${after}` : `${field}: now ${start(after)}`;
}

function start(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length === text.length && line.length <= SHOWN
    ? line
    : `${line.slice(0, SHOWN).trimEnd()}...`;
}
