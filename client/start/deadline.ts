/** The deadline of a start: a time goes into the plan; a span stays beside it, because it counts from the approval. */
import { deadlineSpanMs, echoDeadline, needZone, readDeadline } from "../../domain/deadline.js";
import type { AtDeadline } from "../../domain/mission.js";
import { formatDuration } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import type { Scope } from "../../domain/scope.js";
import { namingOption } from "../naming-option.js";

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
  const known = readTypedZone(zone) ?? machineZone();
  return namingOption("--deadline", () => readDeadline(typed, now, known));
}

/** @throws Problem that names the option. */
export const readTypedZone = (zone: string | undefined): string | undefined =>
  zone === undefined ? undefined : namingOption("--zone", () => needZone(zone));

/** @returns the plan with what was typed, and the ms of a span that the mission counts from its approval. */
export function withDeadline(
  plan: Plan,
  { deadline: typed, zone, atDeadline }: DeadlineOptions,
  now: Date,
): { plan: Plan; deadlineSpanMs?: number } {
  const known = readTypedZone(zone);
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

/** A span ends at the same instant for a while, so that a planning that is asked for again is found and not paid twice. */
export function steadyScope(scope: Scope, now: Date): Scope {
  const { deadline } = scope;
  const spanMs = spanOf(scope);
  if (deadline === undefined || spanMs === undefined) return scope;
  const grainMs = Math.max(1, Math.round(spanMs / 10));
  const at = Math.ceil(now.getTime() / grainMs) * grainMs + spanMs;
  return { ...scope, deadline: { ...deadline, at: new Date(at).toISOString() } };
}

/** ms of a deadline that was given as a span. */
export const spanOf = ({ deadline }: Pick<Scope, "deadline">): number | undefined =>
  deadline?.relative === undefined ? undefined : deadlineSpanMs(deadline.relative);

/** A span stays beside the plan, because it counts from the approval; a deadline that a person wrote into the plan stays in it. */
export function withoutSpan(plan: Plan, scope: Pick<Scope, "deadline">): Plan {
  const { deadline, ...rest } = plan;
  const isSpan = spanOf(scope) !== undefined && deadline !== undefined;
  return isSpan && Date.parse(deadline) === Date.parse(scope.deadline?.at ?? "") ? rest : plan;
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
