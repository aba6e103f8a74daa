/** How a deadline is said. Intl alone and no clock of its own, so that workflows may say it too. */
import { formatDuration } from "./money.js";

const MINUTE_MS = 60_000;
/** No zone changes its clock twice within this. */
const NEAR_MS = 4 * 60 * MINUTE_MS;

/** @returns the zone with its letters as the IANA list has them, but never by another name; undefined for what is no zone. */
export function zoneNamed(text: string): string | undefined {
  if (!/^[A-Za-z]/.test(text)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions();
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return undefined;
  }
}

/** `Fri 2026-12-04 18:00 Europe/Berlin, in 9 d 4 h`, or `..., passed 2 h ago`. Never throws; an unknown zone counts as UTC. */
export function echoDeadline(deadline: { at: string; zone: string }, now: Date): string {
  const atMs = Date.parse(deadline.at);
  if (Number.isNaN(atMs)) return echoInstant(deadline);
  const leftMs = atMs - now.getTime();
  const unitOf = (ms: number) => (ms < MINUTE_MS ? 1_000 : MINUTE_MS);
  const far = (ms: number) => formatDuration(Math.round(ms / unitOf(ms)) * unitOf(ms));
  const when =
    leftMs >= 1_000 ? `in ${far(leftMs)}` : leftMs > -1_000 ? "now" : `passed ${far(-leftMs)} ago`;
  return `${echoInstant(deadline)}, ${when}`;
}

/** `Fri 2026-12-04 18:00 Europe/Berlin`; the second of an hour that comes twice also says its offset. */
export function echoInstant({ at, zone }: { at: string; zone: string }): string {
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) return `${at.slice(0, 40)} (not a time)`;
  const known = zoneNamed(zone) ?? "UTC";
  const { weekday, date, time } = wallTime(atMs, known);
  const offset = isSecondOfTwo(atMs, known) ? offsetText(offsetMs(atMs, known)) : "";
  return `${weekday} ${date} ${time}${offset} ${known}`;
}

interface WallTime {
  weekday: string;
  date: string;
  time: string;
  /** The same wall time, taken for UTC. */
  asUtcMs: number;
}

/** To the minute. */
function wallTime(atMs: number, zone: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((each) => each.type === type)?.value ?? "";
  const date = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
  const time = `${part("hour")}:${part("minute")}`;
  return { weekday: part("weekday"), date, time, asUtcMs: Date.parse(`${date}T${time}:00Z`) };
}

/** How far the zone's clock is ahead of UTC then; whole minutes, as all zones are since 1972. */
const offsetMs = (atMs: number, zone: string) =>
  wallTime(atMs, zone).asUtcMs - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;

/** The clock was set back shortly before, and showed the same already. */
function isSecondOfTwo(atMs: number, zone: string): boolean {
  const before = offsetMs(atMs - NEAR_MS, zone);
  const back = before - offsetMs(atMs, zone);
  return back > 0 && offsetMs(atMs - back, zone) === before;
}

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / MINUTE_MS;
  const two = (count: number) => String(Math.floor(count)).padStart(2, "0");
  return `${ms < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
