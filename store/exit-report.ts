/** The Exit report of a milestone in mission.md: what the engine saw at its end, from the report of its validation. */
import { formatDuration } from "../domain/money.js";
import { worstFirst, type Finding } from "../domain/findings.js";
import { acceptedFindings } from "../domain/validation-outcome.js";
import type { RunEvidence, ValidationReport } from "../domain/validation-work.js";
import { escapeInline, oneLine, shorten } from "./markdown-text.js";

const MOST = { runs: 100, findings: 50, pictures: 4, more: 20 };
const LONG = { sentence: 300, how: 160, summary: 2_000 };

/** @returns Markdown without a heading; every text in it stays text. */
export function exitReportText(report: ValidationReport): string {
  return [
    verdictLine(report),
    ...runsTable(report.runs),
    ...outputHint(report),
    ...findingLines(report),
    ...browserLines(report.browser),
    ...judgeLines(report.judge),
    ...unseenLines(report.runs),
  ].join("\n\n");
}

function verdictLine(report: ValidationReport) {
  const { passed, round, commit, at, ms, host } = report;
  const verdict = passed ? "Passed" : "Did not pass";
  const on = commit === "" ? "" : ` on commit ${code(commit.slice(0, 10))}`;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(at)?.[0].replace("T", " ") ?? "";
  const accepted = acceptedFindings(report).length;
  const people = accepted === 0 ? "" : ` People accepted ${countOf(accepted, "finding")}.`;
  return `**${verdict}** in round ${round}${on}, ${time} UTC, in ${formatDuration(ms)} on host ${cell(host, 80)}.${people}`;
}

function runsTable(runs: readonly RunEvidence[]): string[] {
  const seen = runs.filter(({ verdict }) => verdict !== "person");
  if (seen.length === 0) return [];
  const rows = seen.slice(0, MOST.runs).map((run) => {
    const { id, sentence, verdict, ms, tests, how, ended } = run;
    const cells = [
      cell(id, 100),
      cell(sentence, LONG.sentence),
      VERDICTS[verdict],
      formatDuration(ms),
      tests === undefined ? "" : testsText(run),
      `${cell(how, LONG.how)}: ${cell(ended, LONG.how)}`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const more = seen.length - rows.length;
  // Not `#`: that column names features.
  const head = [
    "| Seen | What | Verdict | Time | Tests | Evidence |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  return [[...head, ...rows].join("\n"), ...(more > 0 ? [`And ${more} more.`] : [])];
}

/** The outputs themselves are long, and in the store. */
const outputHint = ({ runs, milestoneId }: ValidationReport): string[] =>
  runs.some(({ verdict, output }) => SHOWN_OUTPUT.has(verdict) && output.trim() !== "")
    ? [`What they printed at the end: \`npx missions why ${milestoneId.replace(/[^\w.-]/g, "")}\``]
    : [];

const SHOWN_OUTPUT = new Set<RunEvidence["verdict"]>(["failed", "flaky"]);

const VERDICTS: Record<RunEvidence["verdict"], string> = {
  passed: "passed",
  failed: "**failed**",
  flaky: "**flaky**",
  "not-run": "**not run**",
  person: "",
};

const testsText = ({ tests = 0, skipped = 0 }: RunEvidence) =>
  skipped === 0 ? `${tests}` : `${tests}, ${skipped} skipped`;

function findingLines({ findings, accepted = [] }: ValidationReport): string[] {
  if (findings.length === 0) return ["Nothing was found wrong."];
  const by = new Map(accepted.map(({ id, by: who }) => [id, who]));
  const shown = worstFirst(findings).slice(0, MOST.findings);
  const lines = shown.map((finding) => `- ${findingText(finding, by.get(finding.id))}`);
  const more = findings.length - shown.length;
  return ["Findings:", [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n")];
}

function findingText({ severity, what, where }: Finding, acceptedBy: string | undefined): string {
  const place = where === undefined ? "" : ` (${cell(where, LONG.how)})`;
  const people = acceptedBy === undefined ? "" : ` Accepted by ${cell(acceptedBy, 100)}.`;
  return `**${severity}**: ${cell(what, LONG.sentence)}${place}${people}`;
}

function browserLines(browser: ValidationReport["browser"]): string[] {
  if (browser === undefined) return [];
  const { verdict, why, pages, findings, report, pictures } = browser;
  const name = verdict === "not-run" ? "not run" : verdict;
  const because = why === undefined ? "" : `: ${cell(why, LONG.sentence)}`;
  const link = report === undefined ? "" : ` [Its report](${address(report)}).`;
  const shown = pictures.slice(0, MOST.pictures).map(({ name: page, viewport, path }) => {
    const title = escapeInline(`${shorten(oneLine(page), 80)}, ${shorten(oneLine(viewport), 40)}`);
    return `![${title}](${address(path)})`;
  });
  const links = pictures
    .slice(MOST.pictures, MOST.pictures + MOST.more)
    .map(
      ({ name: page, viewport, path }) =>
        `[${cell(page, 80)}, ${cell(viewport, 40)}](${address(path)})`,
    );
  return [
    `Browser: ${name}, ${countOf(pages, "page")}, ${countOf(findings, "finding")}${because}.${link}`,
    ...(shown.length === 0 ? [] : [shown.join("\n")]),
    ...(links.length === 0 ? [] : [`More pictures: ${links.join(", ")}`]),
  ];
}

function judgeLines(judge: ValidationReport["judge"]): string[] {
  if (judge === undefined) return [];
  if ("notAsked" in judge) return [`Not judged: ${cell(judge.notAsked, LONG.summary)}`];
  return [`Judged by ${cell(judge.model, 100)}: ${cell(judge.summary, LONG.summary)}`];
}

function unseenLines(runs: readonly RunEvidence[]): string[] {
  const unseen = runs.filter(({ verdict }) => verdict === "person");
  if (unseen.length === 0) return [];
  const lines = unseen
    .slice(0, MOST.findings)
    .map(({ id, sentence }) => `- ${cell(id, 100)}: ${cell(sentence, LONG.sentence)}`);
  return ["Not seen by the engine, for a person to look at:", lines.join("\n")];
}

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const code = (text: string) => `\`${text.replace(/[^\w.-]/g, "")}\``;
const cell = (text: string, characters: number) => escapeInline(shorten(oneLine(text), characters));

/** Relative to mission.md; what could end the link is encoded. */
const address = (path: string) =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== "..")
    .map((part) =>
      encodeURIComponent(part).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
    )
    .join("/");
