import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runApprove = (
  context: Context,
  typed: string[],
  options: { note?: string | undefined },
) =>
  sendFrom(context, typed, "approvePlan", [], () =>
    options.note === undefined ? {} : { note: options.note },
  );
