/** Tells texts that show a fault from texts that speak about one. Pure. */

type TextFault = "error-text" | "broken-value" | "unrendered-template" | "garbled-text";

/** Texts that servers, runtimes and frameworks write and people do not. */
const MACHINE_ERRORS = [
  /^(?:\d{3}\s*[-–:]?\s*)?(?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)\.?$/i,
  /^Cannot (?:GET|POST|PUT|PATCH|DELETE) \//,
  /^Traceback \(most recent call last\)/,
  /\bat (?:async )?[\w.$<>[\] ]*\(?(?:\w+:\/\/|\/|[A-Z]:\\|webpack|node:)[^\s()]*:\d+:\d+\)?/,
  /^(?:Uncaught )?(?:Type|Reference|Syntax|Range|Eval|URI)Error: /,
  /^(?:Unhandled (?:Runtime|Promise) (?:Error|Rejection)|Application error: a (?:client|server)-side exception)/i,
  /^(?:Fatal error|Parse error|Warning|Notice|Deprecated): .* on line \d+/is,
  /\bSQLSTATE\[|\bORA-\d{5}\b/,
  /^(?:Error: )?E(?:CONNREFUSED|NOENT|TIMEDOUT|ADDRINUSE)\b/,
  /^Failed to (?:fetch|compile)\.?$/i,
  /^NetworkError when attempting to fetch resource/,
  /^Unexpected token .* (?:in|is not valid) JSON/,
];
/** What people are told instead, alone in its place. */
const TOLD_ERRORS =
  /^(?:(?:oops|sorry|uh[- ]oh|error)[,!:. -]+)?(?:something went wrong|an? (?:unexpected |unknown |internal )?error (?:has )?occurred|(?:failed|unable) to (?:load|fetch)(?: \w+){0,4}|could not load(?: \w+){0,4})\b[^?]{0,60}$/i;

const LOST = "(?:undefined|NaN|\\[object Object\\]|Invalid Date)";
/** Nothing but lost values, with a unit or a sign about them. */
const LOST_ALONE = new RegExp(
  `^[^\\p{L}\\p{N}]*(?:${LOST}|null)(?:[^\\p{L}\\p{N}]+(?:${LOST}|null))*(?:[^\\p{L}\\p{N}]*|\\s*\\p{L}{1,3}\\.?)$`,
  "u",
);
/** A label, a greeting or a currency, and the value lost. */
const LOST_AFTER = new RegExp(
  `(?:[:,#$€£=(/@-]\\s*|\\b(?:[Hh]ello|[Hh]i|[Dd]ear|[Ww]elcome|[Bb]y|USD|EUR|GBP)\\s+)${LOST}(?![\\w-])[^\\p{L}]{0,5}$`,
  "u",
);
const LOST_BEFORE = new RegExp(
  `^${LOST}(?:\\s*%|\\s+(?:${LOST}|items?|results?|of|€|\\$|USD|EUR|px|kg|km|h|min)\\b)`,
);

const TEMPLATES = [
  /\{\{\s*[A-Za-z_$][\w$.[\]()'"| :-]*\s*\}\}/,
  /\$\{\s*[A-Za-z_$][\w$.()[\]'"]*\s*\}/,
  /<%[=-]?\s*[\w@][^%]*%>/,
  /\{%-?\s*\w[^%]*%\}/,
];
const GARBLED = /\uFFFD|Ã[\u0080-\u00BF¤©¶¼]|â€[™œ“”¦“]/;

/** The rule that a text breaks where it stands alone, or none. */
export function faultIn(text: string): TextFault | undefined {
  const line = text.trim();
  if (TEMPLATES.some((template) => template.test(line))) return "unrendered-template";
  if (/\[object Object\]/.test(line) || isLost(line.replace(/\s+/g, " "))) return "broken-value";
  if (MACHINE_ERRORS.some((error) => error.test(line))) return "error-text";
  if (line.length <= 160 && TOLD_ERRORS.test(line)) return "error-text";
  return GARBLED.test(line) ? "garbled-text" : undefined;
}

/** Short texts only: a sentence may be about the word. */
function isLost(line: string): boolean {
  if (line.length > 80) return false;
  return LOST_ALONE.test(line) || LOST_AFTER.test(line) || LOST_BEFORE.test(line);
}
