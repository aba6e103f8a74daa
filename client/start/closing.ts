/** What was made and where, once a mission has ended. */
import { join } from "node:path";
import type { MissionSnapshot } from "../../domain/mission.js";
import { formatDuration, formatTokens, formatUsd } from "../../domain/money.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { cleanLine } from "../terminal/clean.js";

const FILES_SHOWN = 20;

export interface Closing {
  missionId: string;
  status: string;
  result: string | undefined;
  repository: string | undefined;
  branch: string | undefined;
  commits: { feature: string; commit: string }[];
  missionFile: string;
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
    missionFile: join(record.folder, "mission.md"),
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

export function closingLines(closing: Closing): string[] {
  const { missionId, commits, files, spent, repository, branch } = closing;
  const shown = files.slice(0, FILES_SHOWN);
  return [
    "",
    `Mission ${missionId} ended: ${cleanLine(closing.result ?? closing.status)}.`,
    ...(repository === undefined
      ? []
      : [`Repository  ${repository}${branch === undefined ? "" : `, branch ${branch}`}`]),
    ...(commits.length === 0 ? [] : [`Commits     ${commits.length} from features`]),
    `Report      ${closing.missionFile}`,
    ...shown.map(
      ({ path, feature }, at) =>
        `${at === 0 ? "Files       " : "            "}${cleanLine(path)} (${feature})`,
    ),
    ...(files.length > shown.length ? [`            and ${files.length - shown.length} more`] : []),
    `Spent       ${formatUsd(spent.microUsd)}, ${formatTokens(spent.tokens)} tokens, ${formatDuration(spent.activeMs)} of active time`,
    ...(closing.demo
      ? ["            The model's replies were canned: nothing was really paid."]
      : []),
    ...(closing.webUi === undefined ? [] : [`Web UI      ${closing.webUi}`]),
    `More        npx missions log ${missionId}`,
  ];
}
