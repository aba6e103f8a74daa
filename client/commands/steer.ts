import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runSteer = (
  context: Context,
  typed: string[],
  options: { feature?: string | undefined },
) =>
  sendFrom(context, typed, "steer", ["note"], ({ others: [note = ""] }) => ({
    note,
    ...(options.feature === undefined ? {} : { feature: options.feature }),
  }));
