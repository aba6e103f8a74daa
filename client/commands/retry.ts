import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runRetry = (context: Context, typed: string[]) =>
  sendFrom(context, typed, "retryFeature", ["feature"], ({ others: [feature = ""] }) => ({
    feature,
  }));
