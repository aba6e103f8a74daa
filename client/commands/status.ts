import type { Client } from "@temporalio/client";
import type { FeatureView, Gate, MissionSnapshot } from "../../domain/mission.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { webUiLink, withClientIfThere, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { gateAnswers, gateLines, whyCommand } from "../gate-commands.js";
import { features, snapshot } from "../missions.js";
import { hasEnded } from "../mission-id.js";
import { closingLines, readClosing } from "../start/closing.js";
import { budgetLines } from "../terminal/budget-bars.js";
import { cleanLine } from "../terminal/clean.js";
import { ago, renderFrame } from "../terminal/frame.js";

const PAGE = 100;

/** Begins with what waits for the person and since when. */
export const runStatus = (
  context: Context,
  typed: string[],
  options: { features?: boolean | undefined },
): Promise<ExitCode> =>
  withClientIfThere(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const record = await readMissionRecord(context.paths.state, missionId);
    let why = "No server answers";
    if (client !== undefined) {
      try {
        const seen = await snapshot(client, missionId);
        const all = options.features === true ? await allFeatures(client, seen) : undefined;
        return await showSnapshot(context, seen, record, all);
      } catch (error) {
        if (!(error instanceof Problem) || record === undefined) throw error;
        why = error.message.replace(/\.$/, "");
      }
    }
    if (record === undefined) {
      throw new Problem(EXIT.noServer, `${why}.`, "Start server and worker with: npx missions up");
    }
    return await showRecord(context, record, why);
  });

/** The snapshot has 200 features at most; the milestones have all. A milestone that never ran has none to tell yet. */
async function allFeatures(client: Client, seen: MissionSnapshot): Promise<FeatureView[]> {
  const all: FeatureView[] = [];
  for (const milestone of seen.milestones) {
    for (let offset = 0; offset < milestone.featuresTotal; offset += PAGE) {
      const page = await features(client, seen.missionId, milestone.id, offset).catch(() => []);
      all.push(...page);
      if (page.length < PAGE) break;
    }
  }
  return all;
}

async function showSnapshot(
  context: Context,
  seen: MissionSnapshot,
  record: MissionRecord | undefined,
  all: FeatureView[] | undefined,
): Promise<ExitCode> {
  const { output } = context;
  const shown = all === undefined ? seen : { ...seen, features: all };
  const now = new Date();
  const webUi = await webUiLink(context, seen.missionId);
  const gates = seen.gates.map((gate) => ({
    ...gate,
    answers: gateAnswers(seen.missionId, gate),
  }));
  const frame = renderFrame(shown, {
    gatesTold: true,
    width: output.columns(),
    now,
    style: output.style,
    ...(webUi === undefined ? {} : { webUi }),
    demo: record?.demo === true,
  });
  const ended =
    record !== undefined && hasEnded(seen.status)
      ? await readClosing(context, record, seen)
      : undefined;
  const { folder, repo, branch } = record ?? {};
  output.answer(
    {
      ...shown,
      gates,
      folder,
      repo,
      branch,
      ...(ended === undefined ? {} : { exits: ended.exits }),
    },
    [
      ...waitingLines(seen.missionId, gates, now),
      ...(gates.length === 0 ? [] : [""]),
      ...frame,
      ...(record?.handEdits ?? []).map(
        ({ field, found, command }) =>
          `mission.md says ${field}: ${cleanLine(found)}; to apply it: ${cleanLine(command)}`,
      ),
      ...(ended === undefined ? [] : closingLines({ ...ended, webUi: undefined })),
      ...(folder === undefined || ended !== undefined ? [] : [`Folder ${folder}`]),
    ],
  );
  return EXIT.ok;
}

function waitingLines(missionId: string, gates: readonly Gate[], now: Date): string[] {
  return gates.flatMap((gate) => {
    const [question = "", ...answers] = gateLines(missionId, gate);
    const why = whyCommand(missionId, gate);
    return [
      `Waits for you since ${ago(gate.openedAt, now)}: ${question}`,
      ...(why === undefined ? [] : [`  ${why}  (how it came to this)`]),
      ...answers,
    ];
  });
}

/** Last known values, said to be that. */
async function showRecord(context: Context, record: MissionRecord, why: string): Promise<ExitCode> {
  const { output } = context;
  const { missionId, totals, gates = [] } = record;
  const hasItsEnd = hasEnded(record.status);
  output.answer({ ...record, live: false }, [
    `${why}; this is the last that was written down.`,
    ...waitingLines(missionId, gates, new Date()),
    `${missionId}  ${record.status}  ${cleanLine(record.title)}`,
    ...(totals === undefined ? [] : budgetLines(totals, output.columns(), output.style)),
    ...(record.status === "paused" && !gates.some(({ pauses }) => pauses === true)
      ? [`Paused; when the server answers: npx missions resume ${missionId}`]
      : []),
    ...(hasItsEnd
      ? closingLines(await readClosing(context, record, undefined))
      : [`Folder ${record.folder}`, "Start server and worker with: npx missions up"]),
  ]);
  return EXIT.ok;
}
