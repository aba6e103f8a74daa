/** The deadline of a start: a time goes into the plan; a span stays beside it, because it counts from the approval. */
import { deadlineSpanMs, echoDeadline, needZone, readDeadline } from "../../domain/deadline.js";
import type { AtDeadline } from "../../domain/mission.js";
import { formatDuration } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { Problem } from "../../domain/problem.js";

export interface DeadlineOptions {
  /** As typed. */
  deadline?: string | undefined;
  /** IANA zone; default: the machine's. */
  zone?: string | undefined;
  atDeadline?: AtDeadline | undefined;
}

export const machineZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @throws Problem that names the option. */
export function readTypedDeadline(
  typed: string,
  zone: string | undefined,
  now: Date,
): { at: string; zone: string } {
  return naming("--deadline", () => readDeadline(typed, now, zone ?? machineZone()));
}

/** @throws Problem with the option's name before it. */
function naming<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.exitCode, `${option}: ${error.message}`, error.remedy, error);
  }
}

/** @returns the plan with what was typed, and the ms of a span that the mission counts from its approval. */
export function withDeadline(
  plan: Plan,
  { deadline: typed, zone, atDeadline }: DeadlineOptions,
  now: Date,
): { plan: Plan; deadlineSpanMs?: number } {
  const known = zone === undefined ? undefined : naming("--zone", () => needZone(zone));
  const then = atDeadline === undefined ? {} : { at_deadline: atDeadline };
  if (typed === undefined) {
    return { plan: { ...plan, ...(known === undefined ? {} : { deadline_zone: known }), ...then } };
  }
  const read = readTypedDeadline(typed, zone, now);
  const { deadline: _, ...rest } = plan;
  const spanMs = deadlineSpanMs(typed);
  return spanMs === undefined
    ? { plan: { ...rest, deadline: read.at, deadline_zone: read.zone, ...then } }
    : { plan: { ...rest, deadline_zone: read.zone, ...then }, deadlineSpanMs: spanMs };
}

/** `Fri 2026-12-04 18:00 Europe/Berlin, in 9 d 4 h; then: finish`; undefined without a deadline. */
export function deadlineText(
  { deadline, deadline_zone: zone = "UTC", at_deadline: then = "finish" }: Plan,
  deadlineSpan: number | undefined,
  now: Date,
): string | undefined {
  if (deadlineSpan !== undefined) {
    const at = new Date(now.getTime() + deadlineSpan).toISOString();
    const counted = `${formatDuration(deadlineSpan)} from the approval`;
    return `${counted} (now: ${echoDeadline({ at, zone }, now)}); then: ${then}`;
  }
  return deadline === undefined
    ? undefined
    : `${echoDeadline({ at: deadline, zone }, now)}; then: ${then}`;
}
