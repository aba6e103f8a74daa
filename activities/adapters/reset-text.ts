/** When a limit is reset, from what providers and subscription agents say in words or in the body of an error. */
import parseDuration from "parse-duration";
import { readDeadline } from "../../domain/deadline.js";
import { Problem } from "../../domain/problem.js";
import { retryBounds } from "./retry-after.js";

/** Looked at; what comes later in a long text is not about the limit. */
const LONGEST_TEXT = 20_000;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const CUE = String.raw`(?:resets?|again|retry|available|wait|until|retryDelay)`;
const UNIT = String.raw`(?:w(?:ee)?ks?|d(?:ays?)?|h(?:ou)?rs?|h|m(?:in(?:ute)?s?)?|ms|milliseconds?|s(?:ec(?:ond)?s?)?)(?![a-z])`;
/** "try again in 5 days 22 hours 11 minutes", "reset after 2h13m7s", `"retryDelay": "34s"`. */
const SPAN = new RegExp(
  String.raw`${CUE}["':\s]*(?:in|after|for)?\s*((?:\d+(?:\.\d+)?\s*${UNIT}[\s,]*(?:and\s+)?)+)`,
  "i",
);
const SECONDS_LEFT = /\bresets?_(?:in|after)_seconds["']?\s*[:=]\s*(\d+(?:\.\d+)?)/i;
/** `resets_at` in a body, and "limit reached|1749924000" as the first of these agents says it. */
const EPOCH = /(?:\bresets?_at["']?\s*[:=]\s*|limit reached\s*\|\s*)(\d{10}(?:\d{3})?)\b/i;
const ISO_TIME = new RegExp(
  String.raw`${CUE}[^\n]{0,40}?(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))`,
  "i",
);
const DAY = String.raw`(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|today|tomorrow`;
const DATE = String.raw`(${MONTHS.join("|")})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?`;
const CLOCK = String.raw`(\d{1,2}:\d{2}(?: ?[ap]\.?m\b)?|\d{1,2} ?[ap]\.?m\b)`;
const ZONE = String.raw`(?: \(?([a-z][\w+-]*(?:/[\w+-]+)+|utc|gmt)\)?)?`;
/** "resets 8:30pm (Asia/Tokyo)", "try again at Jul 5th, 2026 8:19 PM", "resets 6am tomorrow", "resets Mon 3pm". */
const ON_CLOCK = new RegExp(
  String.raw`${CUE}(?: (?:at|on))? (?:(?:(${DAY})|${DATE})(?:,? (?:at )?|, ))?${CLOCK}(?: (today|tomorrow))?${ZONE}`,
  "i",
);

/**
 * @param zone IANA name of this host's zone, in which a clock time without a zone is meant.
 * @returns ms since the epoch, never in the past and never later than eight days; undefined where the text does not say.
 */
export function resetAtMs(text: string, nowMs: number, zone: string): number | undefined {
  const said = text.slice(0, LONGEST_TEXT).replaceAll(/[ \t\u00a0\u202f]+/g, " ");
  const found =
    secondsLeft(said, nowMs) ??
    epoch(said) ??
    isoTime(said) ??
    onClock(said.replaceAll("\n", " "), nowMs, zone) ??
    span(said.replaceAll("\n", " "), nowMs);
  return found === undefined ? undefined : retryBounds(found, nowMs);
}

/** True for what agents say when a limit of theirs is reached, so that other words about time are not taken for it. */
export const speaksOfLimit = (text: string): boolean =>
  /(?:usage|session|rate|weekly|hour|quota|request|token)[- _]?(?:limit|s? exceeded)|quota|hit your [\w\s-]{0,30}limit|limit (?:has been )?reached|too many requests|resource_exhausted/i.test(
    text.slice(0, LONGEST_TEXT),
  );

const LONGEST_NOTICE = 400;

/** True for a text that is such a message from beginning to end. */
export const isLimitNotice = (text: string): boolean =>
  text.trim().length <= LONGEST_NOTICE &&
  /^[^a-z0-9]*(?:you(?:['’]ve| have) (?:hit|reached) your|claude(?: \w+)? usage limit|(?:5[- ]hour|weekly|daily|session|usage|rate|opus)[\w -]{0,20} limit reached)/i.test(
    text,
  );

function secondsLeft(said: string, nowMs: number): number | undefined {
  const [, seconds] = SECONDS_LEFT.exec(said) ?? [];
  return seconds === undefined ? undefined : nowMs + Number(seconds) * 1_000;
}

function epoch(said: string): number | undefined {
  const [, digits] = EPOCH.exec(said) ?? [];
  if (digits === undefined) return undefined;
  return digits.length > 10 ? Number(digits) : Number(digits) * 1_000;
}

function isoTime(said: string): number | undefined {
  const [, time] = ISO_TIME.exec(said) ?? [];
  const ms = time === undefined ? Number.NaN : Date.parse(time.replace(" ", "T"));
  return Number.isNaN(ms) ? undefined : ms;
}

function span(said: string, nowMs: number): number | undefined {
  const [, counted] = SPAN.exec(said) ?? [];
  const ms = counted === undefined ? null : parseDuration(counted.replaceAll(/,|\band\b/gi, " "));
  return ms === null ? undefined : nowMs + ms;
}

function onClock(said: string, nowMs: number, zone: string): number | undefined {
  const [, weekday, month, date, year, clock = "", after, named = zone] = ON_CLOCK.exec(said) ?? [];
  if (clock === "") return undefined;
  const at = clock.replaceAll(".", "");
  const days =
    month === undefined || date === undefined
      ? [weekday ?? after ?? "today", "tomorrow"]
      : datesOf(MONTHS.indexOf(month.toLowerCase()) + 1, Number(date), year, nowMs);
  for (const day of days) {
    const ms = read(`${day} ${at}`, nowMs, named);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

/** Without a year, the next time that the date comes. */
function datesOf(month: number, day: number, year: string | undefined, nowMs: number): string[] {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const years = year === undefined ? [thisYear, thisYear + 1] : [Number(year)];
  const two = (n: number) => String(n).padStart(2, "0");
  return years.map((each) => `${each}-${two(month)}-${two(day)}`);
}

/** @returns undefined for a time that has passed, or that is none. */
function read(typed: string, nowMs: number, zone: string): number | undefined {
  try {
    return Date.parse(readDeadline(typed, new Date(nowMs), zone).at);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
