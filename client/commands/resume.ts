import type { Context } from "../context.js";
import { sendFrom } from "../send.js";

export const runResume = (context: Context, typed: string[]) =>
  sendFrom(context, typed, "resume", [], () => ({}));
