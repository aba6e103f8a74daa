/** What a judge is told: what was asked for and what the engine captured. All of it is quoted, and nothing of what agents said is in it. */
import { cutToBytes } from "../domain/cut-to-bytes.js";
import type { Finding } from "../domain/findings.js";
import type { Check, Plan, PlanMilestone } from "../domain/plan.js";
import type { QaVisit } from "../domain/qa.js";
import type { RunEvidence, ValidationReport } from "../domain/validation-work.js";
import { quoted } from "../domain/quoted.js";

const TEXT_BYTES = 4_000;
const FEATURES_BYTES = 12_000;
const RUNS = { bytes: 24_000, most: 4_000, least: 300 };
const PAGES = { bytes: 16_000, most: 4_000, least: 300 };
/** Titles, ids and fences around the parts. */
const FRAME_BYTES = 16_000;
/** No message is longer; what a judge may cost is known before there is one. */
export const LONGEST_JUDGE_BYTES =
  5 * TEXT_BYTES + FEATURES_BYTES + RUNS.bytes + PAGES.bytes + FRAME_BYTES;

/** One piece of evidence, under the id by which a judge names it. */
export interface PieceOfEvidence {
  id: string;
  text: string;
}

/** What the browser saw, each page at each size. */
export const pageEvidence = (visits: readonly QaVisit[]): PieceOfEvidence[] =>
  visits.map((visit) => ({
    id: `browser/${visit.name}/${visit.viewport}`,
    text: [
      `${visit.url}${visit.status === undefined ? "" : `, HTTP ${visit.status}`}, titled ${JSON.stringify(visit.title)}`,
      ...(visit.failedStep === undefined
        ? []
        : [`Step ${visit.failedStep.step} of the flow failed: ${visit.failedStep.why}`]),
      ...(visit.aria === undefined ? [] : [visit.aria]),
    ].join("\n"),
  }));

/** The first line is a fixed form. */
export function judgeMessage(order: {
  plan: Plan;
  milestone: PlanMilestone;
  report: ValidationReport;
  pages: readonly PieceOfEvidence[];
}): string {
  const { plan, milestone, report, pages } = order;
  const said: [string, string, number?][] = [
    ["The milestone", milestone.title],
    ["The mission that it is part of", plan.goal],
    ["It is reached when", milestone.checks.map(checkLine).join("\n")],
    ["Its features, each with what must hold", featuresOf(milestone), FEATURES_BYTES],
    ["Constraints of the mission", plan.scope.constraints.join("\n")],
    ["Not wanted", plan.scope.non_goals.join("\n")],
    ["What the engine itself found", report.findings.map(findingLine).join("\n")],
  ];
  const message = [
    `Judge ${report.round} of milestone ${milestone.id}:`,
    ...said
      .filter(([, text]) => text.trim() !== "")
      .map(([title, text, most = TEXT_BYTES]) => `${title}:\n${quoted(cutToBytes(text, most))}`),
    ...evidence(report.runs.map(runEvidence), RUNS),
    ...evidence(pages, PAGES),
  ].join("\n\n");
  return cutToBytes(message, LONGEST_JUDGE_BYTES);
}

/** Each gets an even part of the room; of what is too long its middle goes, because failures are told of at the end. */
function evidence(
  pieces: readonly PieceOfEvidence[],
  { bytes, most, least }: typeof RUNS,
): string[] {
  const shown = pieces.slice(0, Math.floor(bytes / least));
  const each = Math.min(most, Math.floor(bytes / Math.max(1, shown.length)));
  const left = pieces.length - shown.length;
  return [
    ...shown.map(({ id, text }) => `Evidence ${id}:\n${quoted(withoutMiddle(text, each))}`),
    ...(left === 0 ? [] : [`${left} more pieces of evidence are not shown.`]),
  ];
}

function withoutMiddle(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const end = bytes.subarray(bytes.length - Math.floor((most * 3) / 4)).toString("utf8");
  return `${cutToBytes(text, Math.floor(most / 4) - 12)}\n[...]\n${end.replace(/^\uFFFD+/, "")}`;
}

const runEvidence = ({
  id,
  sentence,
  how,
  verdict,
  ended,
  tests,
  onBase,
  output,
}: RunEvidence): PieceOfEvidence => ({
  id,
  text: [
    `${verdict}: ${sentence}`,
    `${how} (${ended}${tests === undefined ? "" : `, ${tests} tests`})`,
    ...(onBase === undefined ? [] : [`On the commit before the milestone: ${onBase}`]),
    output,
  ]
    .filter((part) => part !== "")
    .join("\n"),
});

const checkLine = ({ id, sentence }: Check) => `${id}: ${sentence}`;

const featuresOf = ({ features }: PlanMilestone) =>
  features
    .map(({ id, title, checks }) =>
      [`${id} ${title}`, ...checks.map(({ sentence }) => `  ${sentence}`)].join("\n"),
    )
    .join("\n");

const findingLine = ({ severity, source, what }: Finding) => `${severity} (${source}): ${what}`;
