import { EXIT, type ExitCode } from "../../domain/problem.js";
import { withClient, type Context } from "../context.js";
import { listMissions } from "../mission-list.js";
import { ensurePulse, readPulse } from "../queue/pulse-schedule.js";
import { queueView } from "../queue/queue-view.js";
import { cleanLine } from "../terminal/clean.js";

/** What waits, in order and why; or how many missions may run, which is kept in the schedule on the server. */
export const runQueue = (
  context: Context,
  _: string[],
  { max }: { max?: number | undefined },
): Promise<ExitCode> =>
  withClient(context, async (client) => {
    const pulse =
      max === undefined ? await readPulse(client) : await ensurePulse(client, { maxRunning: max });
    const view = queueView(await listMissions(context.paths.state, client), pulse);
    const { queued, running, maxRunning } = view;
    const hint = "Queue one with: npx missions start --plan FILE --queue";
    context.output.answer(view, [
      `${running.length} of at most ${maxRunning} missions run${running.length === 0 ? "." : `: ${running.join(", ")}`}`,
      ...(queued.length === 0 ? [`Nothing waits. ${hint}`] : []),
      ...queued.flatMap(({ missionId, title, why }, at) => [
        `${at + 1}. ${missionId}  ${cleanLine(title)}`,
        `   ${why} Start it now: npx missions resume ${missionId}`,
      ]),
    ]);
    return EXIT.ok;
  });
