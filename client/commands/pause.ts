import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runPause = (
  context: Context,
  typed: string[],
  options: { drain?: boolean | undefined; reason?: string | undefined },
) =>
  sendFrom(context, typed, "pause", [], () => ({
    drain: options.drain === true,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }));
