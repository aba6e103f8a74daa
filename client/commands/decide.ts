import type { ExitCode } from "../../domain/problem.js";
import { withClient, type Context } from "../context.js";
import { sendFrom } from "../send.js";

export async function runDecide(
  context: Context,
  typed: string[],
  options: { note?: string | undefined },
): Promise<ExitCode> {
  const code = await sendFrom(
    context,
    typed,
    "decide",
    ["gate", "choice"],
    ({ others: [gate = "", choice = ""] }) => ({
      gate,
      choice,
      ...(options.note === undefined ? {} : { note: options.note }),
    }),
  );
  const [gate, choice] = typed.slice(-2);
  // A plan that was queued at its gate needs someone to start it.
  if (gate === "plan" && choice === "queue") {
    const { ensurePulse } = await import("../queue/pulse-schedule.js");
    await withClient(context, (client) => ensurePulse(client));
  }
  return code;
}
