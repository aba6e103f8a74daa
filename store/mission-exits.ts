/** Exit reports in a mission.md: made once a milestone was validated, made anew with every validation, left alone in between. */
import { acceptedFindings } from "../domain/validation-outcome.js";
import type { ValidationReport } from "../domain/validation-work.js";
import { exitReportText } from "./exit-report.js";
import { escapeInline, markerValue, shorten } from "./markdown-text.js";
import type { MissionSlots } from "./mission-slots.js";
import type { Bullet } from "./mission-story.js";
import { planDigest as digestOf } from "./plan-block.js";
import { type Edit, withEndings } from "./text-edits.js";

export interface ExitSection {
  id: string;
  title: string;
  /** Changes with what is shown; begins with the sha256 of the stored report. */
  key: string;
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
  projected: Readonly<Record<string, string | undefined>>,
  { id, key }: Pick<ExitSection, "id" | "key">,
): boolean => projected[fieldOf(id)]?.startsWith(`${key} `) === true;

/** sha256 of the stored reports that a file shows, by milestone. */
export const shownExits = (projected: Record<string, string>): { id: string; sha256: string }[] =>
  Object.entries(projected).flatMap(([field, value]) =>
    field.startsWith(PREFIX)
      ? [{ id: field.slice(PREFIX.length), sha256: value.slice(0, 64) }]
      : [],
  );

const LISTED = 50;

/** For the retrospective: what blocked, and people let pass; and what nobody but a person can see. */
export function acceptedBullets(generation: number, exits: readonly ExitSection[]): Bullet[] {
  return exits.flatMap(({ id, report }) => {
    const unseen = report.runs.filter(({ verdict }) => verdict === "person").length;
    const accepted = acceptedFindings(report).slice(0, LISTED);
    const lines = accepted.map(({ id: finding, by }): [string, string] => {
      const what = report.findings.find((each) => each.id === finding);
      const said = shorten(`${what?.severity ?? ""}: ${what?.what ?? finding}`, 400);
      return [finding, `Milestone ${id} passed with ${said} (accepted by ${shorten(by, 100)})`];
    });
    if (unseen > 0) {
      const checks = `${unseen} check${unseen === 1 ? "" : "s"}`;
      lines.push(["unseen", `Milestone ${id} leaves ${checks} to you: its Exit report names them`]);
    }
    return lines.map(([about, text]) => {
      const key = `result ${generation}/${markerValue(id)}/${markerValue(about)}`;
      const shown = `- ${escapeInline(text)} <!-- ${key} -->`;
      return { section: "retrospective", key, text: shown };
    });
  });
}

/** What a person edited or deleted stays so; it is said. */
export function settleExits(
  text: string,
  slots: MissionSlots,
  { before, after }: Fields,
  exits: readonly ExitSection[],
): { edits: Edit[]; edited: { field: string; found: string }[] } {
  const edits: Edit[] = [];
  const shown = Object.fromEntries(before);
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
    if (kept.has(exit.id) || isExitShown(shown, exit)) continue;
    const block = blockOf(exit);
    const found = slots.exitReports.get(exit.id);
    const at = placeOf(slots, exit.id);
    if (found !== undefined)
      edits.push({ start: found.start, end: found.end, text: withEndings(text, block) });
    else if (at !== undefined)
      edits.push({ start: at, end: at, text: withEndings(text, `\n\n${block}`) });
    else continue;
    after.set(fieldOf(exit.id), `${exit.key} ${digestOf(block)}`);
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
