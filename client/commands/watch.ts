import { readMissionRecord } from "../../store/mission-record.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { closingLines, readClosing } from "../start/closing.js";
import { codeOf, followMission, wayBack } from "../live-view.js";

export const runWatch = (context: Context, typed: string[]) =>
  withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const { state } = context.paths;
    const record = await readMissionRecord(state, missionId);
    const ending = await followMission(context, client, missionId, { demo: record?.demo === true });
    if (ending.how === "left") for (const line of wayBack(missionId)) context.output.note(line);
    else if (!context.output.json) {
      const last = (await readMissionRecord(state, missionId)) ?? record;
      const lines =
        last === undefined
          ? [`Mission ${missionId} has ended: ${ending.last?.status ?? "see npx missions list"}.`]
          : closingLines(await readClosing(context, last, ending.last));
      for (const line of lines) context.output.line(line);
    }
    return codeOf(ending);
  });
