import { readMissionRecord } from "../../store/mission-record.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { codeOf, followMission, wayBack } from "../live-view.js";

export const runWatch = (context: Context, typed: string[]) =>
  withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const record = await readMissionRecord(context.paths.state, missionId);
    const ending = await followMission(context, client, missionId, { demo: record?.demo === true });
    if (ending.how === "left") for (const line of wayBack(missionId)) context.output.note(line);
    else if (!context.output.json)
      context.output.line(
        `Mission ${missionId} has ended: ${ending.last?.status ?? "see npx missions list"}.`,
      );
    return codeOf(ending);
  });
