/** Exit reports in a mission.md: made once a milestone was validated, made anew with every validation, left alone in between. */
import type { BlobRef } from "../domain/mission.js";
import type { ValidationReport } from "../domain/validation-work.js";
import { exitReportText } from "./exit-report.js";
import { escapeInline, markerValue } from "./markdown-text.js";
import type { MissionSlots } from "./mission-slots.js";
import { planDigest as digestOf } from "./plan-block.js";
import { type Edit, withEndings } from "./text-edits.js";

export interface ExitSection {
  id: string;
  title: string;
  sha256: string;
  report: ValidationReport;
}

interface Fields {
  before: ReadonlyMap<string, string>;
  after: Map<string, string>;
}

const PREFIX = "exit ";
const fieldOf = (milestoneId: string) => `${PREFIX}${milestoneId}`;

/** True when the file was written with this report. */
export const isExitShown = (
  projected: Record<string, string>,
  milestoneId: string,
  { sha256 }: BlobRef,
): boolean => projected[fieldOf(milestoneId)]?.startsWith(`${sha256} `) === true;

/** What a person edited or deleted stays so; it is said. */
export function settleExits(
  text: string,
  slots: MissionSlots,
  { before, after }: Fields,
  exits: readonly ExitSection[],
): { edits: Edit[]; edited: { field: string; found: string }[] } {
  const edits: Edit[] = [];
  const kept = new Set<string>();
  const edited = [...before].flatMap(([field, value]) => {
    if (!field.startsWith(PREFIX)) return [];
    const id = field.slice(PREFIX.length);
    const found = slots.exitReports.get(id);
    const digest = found && digestOf(text.slice(found.start, found.end));
    if (digest === value.split(" ")[1]) return [];
    kept.add(id);
    const what = found === undefined ? "(deleted)" : "(edited)";
    return [{ field: `exit report of milestone ${id}`, found: what }];
  });
  for (const exit of exits) {
    if (kept.has(exit.id)) continue;
    const block = blockOf(exit);
    const found = slots.exitReports.get(exit.id);
    const at = placeOf(slots, exit.id);
    if (found !== undefined)
      edits.push({ start: found.start, end: found.end, text: withEndings(text, block) });
    else if (at !== undefined)
      edits.push({ start: at, end: at, text: withEndings(text, `\n\n${block}`) });
    else continue;
    after.set(fieldOf(exit.id), `${exit.sha256} ${digestOf(block)}`);
  }
  return { edits, edited };
}

const blockOf = ({ id, title, report }: ExitSection): string =>
  [
    `### Exit report of milestone ${id}: ${escapeInline(title)}`,
    exitReportText(report),
    `<!-- end of exit report ${markerValue(id)} -->`,
  ].join("\n\n");

/** Below the milestone's features; undefined where a person took the milestone out. */
function placeOf({ milestones }: MissionSlots, id: string): number | undefined {
  const milestone = milestones.get(id);
  return milestone?.table?.end ?? milestone?.heading.end;
}
