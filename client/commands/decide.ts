import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runDecide = (
  context: Context,
  typed: string[],
  options: { note?: string | undefined },
) =>
  sendFrom(
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
