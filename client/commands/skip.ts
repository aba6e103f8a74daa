import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runSkip = (
  context: Context,
  typed: string[],
  options: { reason?: string | undefined },
) =>
  sendFrom(context, typed, "skipFeature", ["feature"], ({ others: [feature = ""] }) => ({
    feature,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }));
