/** Why a milestone is as it is: what was seen of it, what is wrong, what mends it, what it waits for. Reads files only. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { worstFirst } from "../../domain/findings.js";
import { formatDuration } from "../../domain/money.js";
import type { PlanMilestone } from "../../domain/plan.js";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import type { ValidationReport } from "../../domain/validation-work.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { readStory } from "../../store/mission-story.js";
import type { Context } from "../context.js";
import { readExitReports } from "../exit-reports.js";
import { gateAnswers, gateLines } from "../gate-commands.js";
import { describeCheck } from "../mission-plan.js";
import { cleanLine, cleanText } from "../terminal/clean.js";
import { labelled } from "../terminal/labelled.js";

const FINDINGS = 30;
const OUTPUT_LINES = 12;

export async function whyMilestone(
  context: Context,
  record: MissionRecord,
  milestone: PlanMilestone,
): Promise<ExitCode> {
  const { output, paths } = context;
  const { missionId, projected = {}, folder } = record;
  const reports = await readExitReports(paths, record);
  const report = reports.find(({ milestoneId }) => milestoneId === milestone.id);
  const status = projected[`milestone ${milestone.id} status`] ?? "pending";
  const features = milestone.features.map(({ id, title }) => ({
    id,
    title,
    status: projected[`feature ${id} status`] ?? "pending",
  }));
  const rounds = await roundsOf(folder, milestone.id);
  const waits = (record.gates ?? [])
    .filter(({ milestoneId }) => milestoneId === milestone.id)
    .map((gate) => ({ ...gate, answers: gateAnswers(missionId, gate) }));
  const missionFile = join(folder, "mission.md");
  const document = { missionId, milestone: { ...milestone, status }, rounds, report, waits };
  output.answer({ ...document, features, missionFile }, [
    output.style.bold(`Milestone ${milestone.id} ${cleanLine(milestone.title)}`),
    "",
    ...labelled("Status", [status]),
    ...labelled(
      "Features",
      features.map(({ id, title, status: now }) => `${id} ${cleanLine(title)}: ${now}`),
    ),
    ...labelled(
      "Checks",
      milestone.checks.map(
        (check) => `${check.id} ${cleanLine(check.sentence)} (${cleanLine(describeCheck(check))})`,
      ),
    ),
    ...labelled("Rounds", rounds.map(cleanLine)),
    ...(report === undefined
      ? labelled("Seen", ["not validated yet"])
      : reportLines(report, folder)),
    ...labelled("Report", report === undefined ? [] : [`${missionFile}, its Exit report`]),
    ...labelled(
      "Waits",
      waits.flatMap((gate) => gateLines(missionId, gate)),
    ),
  ]);
  return EXIT.ok;
}

function reportLines(report: ValidationReport, folder: string): string[] {
  const { passed, round, ms, runs, findings, accepted = [], browser, judge } = report;
  const by = new Map(accepted.map(({ id, by: who }) => [id, who]));
  const wrong = runs.filter(({ verdict }) => verdict !== "passed" && verdict !== "person");
  const unseen = runs.filter(({ verdict }) => verdict === "person");
  const more = findings.length - FINDINGS;
  return [
    ...labelled("Seen", [
      `${passed ? "passed" : "did not pass"} in round ${round}, in ${formatDuration(ms)}`,
      ...wrong.flatMap(({ id, verdict, how, ended, output }) => [
        cleanLine(`${id} ${verdict === "not-run" ? "not run" : verdict}: ${how}: ${ended}`),
        ...endOf(output).map((line) => `  | ${line}`),
      ]),
    ]),
    ...labelled(
      "Findings",
      findings.length === 0
        ? ["nothing was found wrong"]
        : worstFirst(findings)
            .slice(0, FINDINGS)
            .map(({ id, severity, what, where }) => {
              const place = where === undefined ? "" : ` (${where})`;
              const who = by.get(id);
              const agreed = who === undefined ? "" : ` Accepted by ${who}.`;
              return cleanLine(`${severity}: ${what}${place}${agreed}`);
            })
            .concat(more > 0 ? [`and ${more} more`] : []),
    ),
    ...labelled("Pages", browser?.report === undefined ? [] : [join(folder, browser.report)]),
    ...labelled("Judge", judge === undefined ? [] : [cleanLine(judgeLine(judge))]),
    ...labelled(
      "For you",
      unseen.map(({ id, sentence }) => cleanLine(`look at ${id}: ${sentence}`)),
    ),
  ];
}

/** Whoever wants all of it runs the command. */
const endOf = (output: string): string[] =>
  cleanText(output)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-OUTPUT_LINES)
    .map((line) => line.slice(0, 200));

const judgeLine = (judge: NonNullable<ValidationReport["judge"]>) =>
  "notAsked" in judge ? `not judged: ${judge.notAsked}` : `${judge.model}: ${judge.summary}`;

/** Lines of the story that say how each round ended. */
async function roundsOf(folder: string, milestoneId: string): Promise<string[]> {
  const text = await readFile(join(folder, "mission.md"), "utf8").catch(() => "");
  const about = `Milestone ${milestoneId} `;
  return readStory(text)
    .filter(({ kind, text: said }) => kind === "progress" && said.startsWith(about))
    .filter(({ text: said }) => / (?:pass(?:ed)?|judged)\b/.test(said.slice(about.length - 1)))
    .map(({ at, text: said }) => `${at.slice(0, 16).replace("T", " ")} UTC ${said}`);
}
