import { formatTokens, formatUsd } from "../../domain/money.js";
import { EXIT } from "../../domain/problem.js";
import { withClient, type Context } from "../context.js";
import { findOnServer } from "../find-mission.js";
import { sendCommand } from "../missions.js";
import { abandonPlanning, isOnlyPlanned } from "../planning/abandon.js";
import { sayAnswer } from "../send.js";
import { confirm } from "../terminal/ask.js";

/** Final, so a terminal is asked first unless `--yes`; without a terminal the command itself is the answer. */
export const runCancel = (
  context: Context,
  typed: string[],
  options: { reason?: string | undefined; yes?: boolean | undefined },
) =>
  withClient(context, async (client) => {
    const { missionId } = await findOnServer(context, client, typed);
    const planned = await isOnlyPlanned(client, missionId);
    if (context.output.interactive && options.yes !== true) {
      const sure = await confirm(
        planned
          ? `Drop the planning of ${missionId} for good?`
          : `Cancel ${missionId} for good? What was made so far is kept.`,
      );
      if (!sure) {
        context.output.note("Nothing was changed.");
        return EXIT.interrupted;
      }
    }
    if (planned) {
      const spent = await abandonPlanning(client, missionId);
      context.output.answer({ missionId, dropped: true, spent }, [
        `${missionId}: the planning is dropped; it cost ${formatUsd(spent.microUsd)} and ${formatTokens(spent.tokens)} tokens.`,
      ]);
      return EXIT.ok;
    }
    const payload = options.reason === undefined ? {} : { reason: options.reason };
    const answer = await sendCommand(client, missionId, "cancel", payload, { by: context.by });
    return sayAnswer(context, missionId, answer);
  });
