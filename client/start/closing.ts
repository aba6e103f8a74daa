/** What was made and where, once a mission has ended. */
import { join } from "node:path";
import type { MissionSnapshot } from "../../domain/mission.js";
import { formatDuration, formatTokens, formatUsd } from "../../domain/money.js";
import type { ValidationReport } from "../../domain/validation-work.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { webUiLink, type Context } from "../context.js";
import { exitLine, exitSummary, readExitReports, type ExitSummary } from "../exit-reports.js";
import { cleanLine } from "../terminal/clean.js";
import { labelled } from "../terminal/labelled.js";

const FILES_SHOWN = 20;

export interface Closing {
  missionId: string;
  status: string;
  result: string | undefined;
  repository: string | undefined;
  branch: string | undefined;
  commits: { feature: string; commit: string }[];
  /** Address of each feature's pull request, or its review file. */
  pullRequests: { feature: string; where: string }[];
  missionFile: string;
  /** What mission.md's Exit reports say, one for each milestone that was validated. */
  exits: ExitSummary[];
  /** Files in the mission folder, each with the feature that made it. */
  files: { path: string; feature: string }[];
  spent: { microUsd: number; tokens: number; activeMs: number };
  demo: boolean;
  webUi: string | undefined;
}

export function closingOf(
  record: MissionRecord,
  seen: MissionSnapshot | undefined,
  webUi: string | undefined,
  reports: readonly ValidationReport[],
): Closing {
  const features = seen?.features ?? [];
  const budget = seen?.budget ?? record.totals;
  return {
    missionId: record.missionId,
    status: seen?.status ?? record.status,
    result: seen?.result,
    repository: record.repo,
    branch: record.branch,
    commits: features.flatMap(({ id, commit }) =>
      commit === undefined || commit === "" ? [] : [{ feature: id, commit }],
    ),
    pullRequests: features.flatMap(({ id, pullRequest }) =>
      pullRequest === undefined
        ? []
        : [{ feature: id, where: whereIs(record.folder, pullRequest) }],
    ),
    missionFile: join(record.folder, "mission.md"),
    exits: reports.map((report) => exitSummary(report, record.folder)),
    files: features.flatMap(({ id, files = [] }) =>
      files.map((path) => ({ path: join(record.folder, path), feature: id })),
    ),
    spent: {
      microUsd: budget?.spent.microUsd ?? 0,
      tokens: budget?.spent.tokens ?? 0,
      activeMs: budget?.activeMs ?? 0,
    },
    demo: record.demo === true,
    webUi,
  };
}

/** With its Exit reports, from the files of this host. */
export async function readClosing(
  context: Context,
  record: MissionRecord,
  seen: MissionSnapshot | undefined,
): Promise<Closing> {
  const reports = await readExitReports(context.paths, record);
  return closingOf(record, seen, await webUiLink(context, record.missionId), reports);
}

export function closingLines(closing: Closing): string[] {
  const { missionId, commits, spent, repository, branch } = closing;
  const files = closing.files.map(({ path, feature }) => `${cleanLine(path)} (${feature})`);
  const reviews = closing.pullRequests.map(
    ({ where, feature }) => `${cleanLine(where)} (${feature})`,
  );
  return [
    "",
    `Mission ${missionId} ended: ${cleanLine(closing.result ?? closing.status)}.`,
    ...(repository === undefined
      ? []
      : [`Repository  ${repository}${branch === undefined ? "" : `, branch ${branch}`}`]),
    ...(commits.length === 0 ? [] : [`Commits     ${commits.length} from features`]),
    `Report      ${closing.missionFile}`,
    ...listed(
      "Validated",
      closing.exits.map((exit) => `milestone ${exitLine(exit)}`),
    ),
    ...listed("Pages", closing.exits.flatMap(({ pages }) => pages ?? []).map(cleanLine)),
    ...listed("Reviews", reviews),
    ...listed("Files", files),
    `Spent       ${formatUsd(spent.microUsd)}, ${formatTokens(spent.tokens)} tokens, ${formatDuration(spent.activeMs)} of active time`,
    ...(closing.demo
      ? ["            The model's replies were canned: nothing was really paid."]
      : []),
    ...(closing.webUi === undefined ? [] : [`Web UI      ${closing.webUi}`]),
    `More        npx missions log ${missionId}`,
  ];
}

/** A review file lies in the mission folder; everything else is an address. */
const whereIs = (folder: string, where: string) =>
  /^https?:\/\//.test(where) ? where : join(folder, where);

function listed(label: string, lines: string[]): string[] {
  const more = lines.length - FILES_SHOWN;
  return labelled(label, lines.slice(0, FILES_SHOWN).concat(more > 0 ? [`and ${more} more`] : []));
}
