import { formatUsd } from "../../domain/money.js";
import { EXIT } from "../../domain/problem.js";
import { withClientIfThere, type Context } from "../context.js";
import { listMissions, type MissionEntry } from "../mission-list.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

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
      mission.mode,
      mission.featuresTotal === undefined
        ? ""
        : `${mission.featuresDone ?? 0}/${mission.featuresTotal}`,
      mission.spentUsd === undefined ? "" : formatUsd(Math.round(mission.spentUsd * 1_000_000)),
      mission.startedAt.slice(0, 16).replace("T", " "),
      [mission.title, WHERE[mission.onServer]].filter((part) => part !== "").join(" · "),
    ]);
    const head = ["MISSION", "STATUS", "MODE", "FEATURES", "SPENT", "STARTED (UTC)", "TITLE"];
    output.answer(missions, table(head, rows, { width: tableColumns(output), right: [3, 4] }));
    return EXIT.ok;
  });
