/** While a plan is changed nothing new starts; whatever comes of it, the hold does not stay. */
import type { Client } from "@temporalio/client";
import type { MissionSnapshot } from "../../domain/mission.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { sendCommand } from "../missions.js";
import { missionsCommand } from "../shell-words.js";
import { cleanLine } from "../terminal/clean.js";

/**
 * A plan that arrives releases the hold by itself; else it is released here, also on Ctrl-C. A mission whose work has not
 * begun has nothing to hold.
 * @param work `sent`: the mission got a new plan.
 */
export async function whileHeld(
  context: Context,
  client: Client,
  { missionId, startedAt }: MissionSnapshot,
  work: () => Promise<{ code: ExitCode; sent: boolean }>,
): Promise<ExitCode> {
  if (startedAt === undefined) return (await work()).code;
  const { output, by } = context;
  const held = await sendCommand(client, missionId, "replan", { hold: true }, { by });
  if (held.confirmed && !held.applied) {
    throw new Problem(
      EXIT.notNow,
      cleanLine(held.message),
      `See where it stands with: ${missionsCommand("status", missionId)}`,
    );
  }
  output.note(cleanLine(held.message));
  const release = async () => {
    try {
      const answer = await sendCommand(client, missionId, "replan", { hold: false }, { by });
      output.note(cleanLine(answer.message));
    } catch (error) {
      const why = error instanceof Problem ? error.message : String(error);
      output.note(cleanLine(`The hold could not be released and runs out by itself: ${why}`));
    }
  };
  const onInterrupt = () => {
    output.note("Stopping; the plan stays as it is.");
    void release().then(() => {
      output.note(`What asking cost is in: ${missionsCommand("budget", "show", missionId)}`);
      process.exit(EXIT.interrupted);
    });
  };
  process.once("SIGINT", onInterrupt);
  let sent = false;
  try {
    const done = await work();
    ({ sent } = done);
    return done.code;
  } finally {
    process.off("SIGINT", onInterrupt);
    if (!sent) await release();
  }
}
