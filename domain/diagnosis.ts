/** Why a milestone does not pass, for the person who is asked what to do: a few short lines. Pure. */
import { cleanLine } from "./clean-text.js";
import { isNotSeen } from "./finding-evidence.js";
import { worstFirst, type Finding } from "./findings.js";
import type { FeatureStatus } from "./mission.js";
import { blockingFindings } from "./validation-outcome.js";
import type { ValidationReport } from "./validation-work.js";

/** One failed validation, and what was done about it. */
export interface FailedRound {
  round: number;
  /** Left out where the validation itself could not be done. */
  report?: ValidationReport | undefined;
  summary: string;
  /** The feature that was to mend it. */
  fix?: { id: string; status: FeatureStatus; note?: string } | undefined;
}

export interface DiagnosisInput {
  milestoneId: string;
  /** Oldest first, since a person last decided or changed the plan. */
  rounds: readonly FailedRound[];
  /** Why nothing more is tried by itself; left out: the rounds are used up. */
  why?: string | undefined;
}

const MOST = { named: 3, sentence: 160, why: 500, summary: 300, inAll: 1_800 };

export function diagnose({ milestoneId, rounds, why }: DiagnosisInput): string {
  const lines = [
    headLine(milestoneId, rounds, why),
    ...remedyLines(rounds.at(-1)),
    ...rounds.map((round, at) => roundLine(round, rounds[at - 1])),
    ...persistLines(rounds),
    ...flakyLines(rounds.at(-1)),
    `The evidence is in mission.md, below "Exit report of milestone ${milestoneId}".`,
  ];
  return lines.join("\n").slice(0, MOST.inAll);
}

function headLine(
  milestoneId: string,
  rounds: readonly FailedRound[],
  why: string | undefined,
): string {
  const times = rounds.length === 1 ? "did not pass" : `failed ${rounds.length} rounds in a row`;
  const reason = why === undefined ? "" : ` Nothing is mended by itself: ${cut(why, MOST.why)}`;
  return `Milestone ${milestoneId} ${times}.${reason}`;
}

/** What a person can install or mend at once comes first. */
function remedyLines(last: FailedRound | undefined): string[] {
  const report = last?.report;
  if (report === undefined) return [];
  const unseen = blockingFindings(report).filter((finding) => isNotSeen(report, finding));
  if (unseen.length === 0) return [];
  return [`Not seen, to be mended first: ${named(unseen)}`];
}

function roundLine({ round, report, summary, fix }: FailedRound, before?: FailedRound): string {
  const tried = fix === undefined ? "" : ` Then ${fix.id}: ${fixText(fix)}.`;
  if (report === undefined) return `Round ${round}: ${cut(summary, MOST.summary)}${tried}`;
  const now = blockingFindings(report);
  const known = idsOf(before?.report);
  const news = now.filter(({ id }) => !known.has(id));
  const again = now.length - news.length;
  if (before?.report === undefined) return `Round ${round}: ${count(now)}: ${named(now)}${tried}`;
  const parts = [
    ...(again === 0 ? [] : [`${again === known.size ? "the same " : ""}${again} again`]),
    ...(news.length === 0 ? [] : [`${news.length} new: ${named(news)}`]),
  ];
  const gone = [...known].filter((id) => !now.some((finding) => finding.id === id)).length;
  const mended = gone === 0 ? "" : `, ${gone} mended`;
  return `Round ${round}: ${parts.join(", ").replace(/\.$/, "")}${mended}.${tried}`;
}

/** What no fix has touched is where a person looks. */
function persistLines(rounds: readonly FailedRound[]): string[] {
  const [first, ...rest] = rounds.map(({ report }) => report);
  if (first === undefined || rest.length === 0) return [];
  const persisting = blockingFindings(first).filter(({ id }) =>
    rest.every((report) => idsOf(report).has(id)),
  );
  return persisting.length === 0 ? [] : [`In every round: ${named(persisting)}`];
}

function flakyLines(last: FailedRound | undefined): string[] {
  const flaky = (last?.report?.runs ?? []).filter(({ verdict }) => verdict === "flaky");
  if (flaky.length === 0) return [];
  const ids = flaky.slice(0, MOST.named).map(({ id }) => cut(id, 60));
  return [`Flaky, failing only now and then: ${ids.join(", ")}.`];
}

const idsOf = (report: ValidationReport | undefined): ReadonlySet<string> =>
  new Set(report === undefined ? [] : blockingFindings(report).map(({ id }) => id));

const fixText = ({ status, note }: NonNullable<FailedRound["fix"]>) =>
  status === "done" || note === undefined ? status : `${status}, ${cut(note, MOST.sentence)}`;

const count = (findings: readonly Finding[]) =>
  findings.length === 1 ? "1 finding blocks" : `${findings.length} findings block`;

/** The worst few in a row of sentences. */
function named(findings: readonly Finding[]): string {
  const shown = worstFirst(findings)
    .slice(0, MOST.named)
    .map(({ severity, what }) => sentence(`${severity}, ${cut(what, MOST.sentence)}`));
  const more = findings.length - shown.length;
  return [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].join(" ");
}

const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);

const cut = (text: string, characters: number) => cleanLine(text, characters);
