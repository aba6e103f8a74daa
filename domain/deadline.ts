/** Reads deadlines as people type them. Pure: the time now and the zone are given. */
import parseDuration from "parse-duration";
import { Temporal } from "temporal-polyfill";
import { echoInstant, zoneNamed } from "./deadline-echo.js";
import { EXIT, Problem } from "./problem.js";

export { echoDeadline, echoInstant } from "./deadline-echo.js";

const LONGEST_MS = 10 * 366 * 86_400_000;
const REMEDY =
  'Use a date or time ("2026-12-04", "2026-12-04 18:00", "fri 18:00", "tomorrow 9am") or a span ("in 9 days", "1 week", "9d 4h").';
/** A date alone means its end; to the minute, so that it reads back as it is shown. */
const END_OF_DAY: ClockTime = { hour: 23, minute: 59, second: 0, offset: undefined };

const DAYS =
  "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?";
const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const CLOCK = String.raw`\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)? ?(?:am|pm)?(?: ?(?:z|[+-]\d{2}:?\d{2}))?`;
const ON_DATE = new RegExp(
  String.raw`^(?:(${DAYS}),? )?(\d{4}-\d{2}-\d{2})(?:(?:t|,? at |,? )(${CLOCK}))?$`,
  "i",
);
const ON_DAY = new RegExp(`^(${DAYS}|today|tomorrow)(?:,? (?:at )?(${CLOCK}))?$`, "i");
const ZONE_LAST = /^(.*\S) ([A-Za-z][\w+-]*(?:\/[\w+-]+)+|utc|gmt)$/i;
const COUNTED = String.raw`(?:\d+(?:\.\d+)?|an?|one) ?(?:w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?)(?![a-z])`;
const SPAN = new RegExp(String.raw`^(?:in )?(${COUNTED}(?:(?:,? and |, ?| ?)${COUNTED})*)$`, "i");

interface ClockTime {
  hour: number;
  minute: number;
  second: number;
  /** As `+02:00`. */
  offset: string | undefined;
}

/**
 * A date alone means the end of that day in the zone; a weekday the next one that is not over. Where the clock is set back, a
 * time that comes twice means the first; one that is skipped is moved on by as much as the clock.
 * @param zone IANA name, for what is typed without one.
 * @returns the instant in UTC, and the zone in which to show it.
 * @throws Problem (badInput) that says what is accepted.
 */
export function readDeadline(typed: string, now: Date, zone: string): { at: string; zone: string } {
  const text = cleaned(typed);
  const spanMs = deadlineSpanMs(text);
  const shown = needZone(zone);
  if (spanMs !== undefined) return checked(now.getTime() + spanMs, now, shown);
  const [, dated = text, named] = ZONE_LAST.exec(text) ?? [];
  const inZone = named === undefined ? shown : needZone(named);
  return checked(instantOf(dated, text, now, inZone), now, inZone);
}

/** True for a span such as "in 9 days", which counts from the approval of the plan. */
export const isRelative = (typed: string): boolean => deadlineSpanMs(typed) !== undefined;

/** Ms of a span, days taken as 24 h; undefined for what is no span. */
export function deadlineSpanMs(typed: string): number | undefined {
  const counted = SPAN.exec(cleaned(typed))?.[1];
  if (counted === undefined) return undefined;
  const digits = counted.replace(/\b(?:an?|one)\b/gi, "1").replace(/,|\band\b/gi, " ");
  const ms = parseDuration(digits, "ms");
  return ms === null || ms <= 0 ? undefined : Math.round(ms);
}

/** The end of a day in a zone, in UTC. @throws RangeError for what is no date. */
export function endOfDay(date: string, zone: string): string {
  const day = Temporal.PlainDate.from(date);
  return new Date(inZoneMs(day, END_OF_DAY, needZone(zone))).toISOString();
}

const cleaned = (typed: string) => typed.trim().replace(/\s+/g, " ").slice(0, 100);

function instantOf(dated: string, text: string, now: Date, zone: string): number {
  const onDate = ON_DATE.exec(dated);
  if (onDate !== null) {
    const [, weekday, date = "", clock] = onDate;
    const day = dateOf(date, text);
    if (weekday !== undefined && dayNumber(weekday) !== day.dayOfWeek) {
      const really = DAY_NAMES[day.dayOfWeek - 1] ?? "";
      throw notADeadline(`${date} is a ${really}, not a ${weekday}.`);
    }
    return inZoneMs(day, clockOf(clock, text), zone);
  }
  const [, name, clock] = ON_DAY.exec(dated) ?? [];
  if (name === undefined) throw unreadable(text);
  const at = clockOf(clock, text);
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  if (/^today$/i.test(name)) return inZoneMs(today, at, zone);
  if (/^tomorrow$/i.test(name)) return inZoneMs(today.add({ days: 1 }), at, zone);
  const next = today.add({ days: (dayNumber(name) - today.dayOfWeek + 7) % 7 });
  const atMs = inZoneMs(next, at, zone);
  return atMs > now.getTime() ? atMs : inZoneMs(next.add({ days: 7 }), at, zone);
}

function dateOf(date: string, text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(date);
  } catch {
    throw unreadable(text);
  }
}

/** 1 is Monday. */
const dayNumber = (name: string) =>
  DAY_NAMES.findIndex((day) => day.toLowerCase().startsWith(name.slice(0, 3).toLowerCase())) + 1;

function clockOf(clock: string | undefined, text: string): ClockTime {
  if (clock === undefined) return END_OF_DAY;
  const read = /^(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)? ?(am|pm)? ?(z|[+-]\d{2}:?\d{2})?$/i;
  const [, hours = "", minutes, seconds, half, offset] = read.exec(clock) ?? [];
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + afternoon(half);
  const isBare = minutes === undefined && half === undefined;
  const isOff = half !== undefined && (Number(hours) < 1 || Number(hours) > 12);
  const minute = Number(minutes ?? 0);
  const second = Number(seconds ?? 0);
  if (isBare || isOff || hour > 23 || minute > 59 || second > 59) throw unreadable(text);
  return { hour, minute, second, offset };
}

const afternoon = (half: string) => (half.toLowerCase() === "pm" ? 12 : 0);

function inZoneMs(day: Temporal.PlainDate, time: ClockTime, zone: string): number {
  const { offset, ...wall } = time;
  const local = day.toPlainDateTime(wall);
  if (offset === undefined) {
    return local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
  }
  return Date.parse(`${local.toString()}${offset.toUpperCase()}`);
}

function checked(atMs: number, now: Date, zone: string): { at: string; zone: string } {
  // An offset of more than a day is no number at all.
  if (!Number.isFinite(atMs) || atMs - now.getTime() > LONGEST_MS) {
    throw notADeadline("The deadline is not within the next ten years.");
  }
  const deadline = { at: new Date(atMs).toISOString(), zone };
  if (atMs > now.getTime()) return deadline;
  throw new Problem(
    EXIT.badInput,
    `The deadline ${echoInstant(deadline)} has passed.`,
    "Give a later one.",
  );
}

/** @returns the zone as it is shown. @throws Problem (badInput) for what is no time zone. */
export function needZone(zone: string): string {
  const known = zoneNamed(zone);
  if (known !== undefined) return known;
  throw new Problem(
    EXIT.badInput,
    `${JSON.stringify(zone.slice(0, 60))} is not a time zone.`,
    "Use an IANA name such as Europe/Berlin or UTC.",
  );
}

const notADeadline = (message: string) => new Problem(EXIT.badInput, message, REMEDY);
const unreadable = (text: string) =>
  notADeadline(`${JSON.stringify(text.slice(0, 60))} is not a time that we can read.`);
