/** Text from plans, models and repositories is shown as text: it may not move the cursor, recolour or reorder a terminal. */
import { withoutEscapes } from "../../domain/clean-text.js";

// C0 without tab and newline, DEL, C1, zero-width and direction marks, byte order mark.
const CONTROLS =
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Keeps newlines and tabs, for transcripts and diffs. */
export const cleanText = (text: string) =>
  withoutEscapes(text.replace(/\r\n/g, "\n")).replace(CONTROLS, "");

/** One line: every run of white space becomes one space. */
export const cleanLine = (text: string) => cleanText(text).replace(/\s+/g, " ").trim();
