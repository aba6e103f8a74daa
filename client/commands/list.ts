import { formatUsd } from "../../domain/money.js";
import { EXIT } from "../../domain/problem.js";
import { withClientIfThere, type Context } from "../context.js";
import { hasEnded } from "../mission-id.js";
import { listMissions, type MissionEntry } from "../mission-list.js";
import { cleanLine } from "../terminal/clean.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";
import { fit } from "../terminal/width.js";

const WHERE: Record<MissionEntry["onServer"], string> = {
  open: "",
  ended: "",
  gone: "not on this server",
  unknown: "server not asked",
};

export const runList = (context: Context) =>
  withClientIfThere(context, async (client) => {
    const { output, paths } = context;
    if (client === undefined) output.note("No server answers; this is what the records say.");
    const missions = await listMissions(paths.state, client);
    if (missions.length === 0) {
      output.answer([], ["There is no mission yet. Start one with: npx missions start --demo"]);
      return EXIT.ok;
    }
    const rows = missions.map((mission) => [
      mission.missionId,
      mission.status,
      mission.featuresTotal === undefined
        ? ""
        : `${mission.featuresDone ?? 0}/${mission.featuresTotal}`,
      mission.spentUsd === undefined ? "" : formatUsd(Math.round(mission.spentUsd * 1_000_000)),
      mission.startedAt.slice(0, 16).replace("T", " "),
      [mission.title, WHERE[mission.onServer]].filter((part) => part !== "").join(" · "),
    ]);
    const head = ["MISSION", "STATUS", "FEATURES", "SPENT", "STARTED (UTC)", "TITLE"];
    const width = tableColumns(output);
    output.answer(missions, [
      ...table(head, rows, { width, right: [2, 3] }),
      ...missions.flatMap((mission) => waitLines(mission, width)),
    ]);
    return EXIT.ok;
  });

/** What an open mission waits for, and the command that says more or answers. */
function waitLines({ missionId, status, gates = [] }: MissionEntry, width: number): string[] {
  if (hasEnded(status)) return [];
  const [gate, ...others] = gates;
  if (gate === undefined)
    return status === "paused" ? [`${missionId} is paused; npx missions resume ${missionId}`] : [];
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return [
    fit(`${missionId} waits for you: ${cleanLine(gate.question)}`, width - more.length) + more,
    `  npx missions status ${missionId}`,
  ];
}
