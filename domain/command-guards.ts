/**
 * Reads commands that anyone may have sent, by hand or broken. Each reader returns the command with nothing but its known fields,
 * or one sentence on what is wrong with it, and never throws. No schema library: this runs in workflow code.
 */
import type * as commands from "./commands.js";
import type { CommandName, Commands } from "./commands.js";
import { PART_ID } from "./ids.js";
import { cleanLine, cleanText } from "./clean-text.js";
import type { Actor } from "./mission.js";
import { isHours, isTokens, isUsd, MAXIMA } from "./money.js";

/** A command with its name, for one function that applies them all. */
export type ReadCommand = { [N in CommandName]: { name: N; payload: Commands[N] } }[CommandName];

const NOTE_CHARACTERS = 4_000;
const LINE_CHARACTERS = 200;
const ON_ALERT = ["ask", "cheaper", "continue"] as const;
const AT_DEADLINE = ["finish", "stop", "ask"] as const;
const PLAN_HASH = /^[0-9a-f]{64}$/;
/** With an offset: what time it means must not depend on who reads it. */
const INSTANT = /^2[01]\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** By its form alone: which zones are known differs between hosts, and a replay must not. */
const ZONE = /^(?=.{1,64}$)[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

/** Fields by name; or a sentence. */
type Fields = Record<string, unknown>;

export const readApprovePlan = (x: unknown): commands.ApprovePlan | string =>
  read(x, "optional", (fields, meta) => withNote(fields, "note", meta));

export const readDecide = (x: unknown): commands.Decide | string =>
  read(x, "required", (fields, meta) => {
    const gate = line(fields["gate"]);
    if (gate === undefined) return `gate ${mustBe(fields["gate"], "the id of an open gate")}`;
    const choice = line(fields["choice"]);
    if (choice === undefined) {
      return `choice ${mustBe(fields["choice"], "one of the gate's choices")}`;
    }
    return withNote(fields, "note", { ...meta, gate, choice });
  });

export const readPause = (x: unknown): commands.Pause | string =>
  read(x, "optional", (fields, meta) => {
    const { drain } = fields;
    if (isAbsent(drain)) return withNote(fields, "reason", meta);
    if (typeof drain !== "boolean") return `drain ${mustBe(drain, "true or false")}`;
    return withNote(fields, "reason", { ...meta, drain });
  });

export const readResume = (x: unknown): commands.Resume | string =>
  read(x, "optional", (_, meta) => meta);

export const readAdjustBudget = (x: unknown): commands.AdjustBudget | string =>
  read(x, "required", (fields, meta) => {
    const adjust: commands.AdjustBudget = {};
    const { usd, hours, tokens, alertThresholdPct, onAlert } = fields;
    if (!isAbsent(usd)) {
      if (!isUsd(usd)) return `usd ${mustBe(usd, `a number from 0 to ${MAXIMA.usd}`)}`;
      adjust.usd = usd;
    }
    if (!isAbsent(hours)) {
      if (!isHours(hours)) return `hours ${mustBe(hours, `a number from 0 to ${MAXIMA.hours}`)}`;
      adjust.hours = hours;
    }
    if (!isAbsent(tokens)) {
      const range = `a whole number from 0 to ${MAXIMA.tokens}`;
      if (!isTokens(tokens)) return `tokens ${mustBe(tokens, range)}`;
      adjust.tokens = tokens;
    }
    if (!isAbsent(alertThresholdPct)) {
      if (!isPercent(alertThresholdPct)) {
        return `alertThresholdPct ${mustBe(alertThresholdPct, "a number from 1 to 100")}`;
      }
      adjust.alertThresholdPct = alertThresholdPct;
    }
    if (!isAbsent(onAlert)) {
      const known = ON_ALERT.find((choice) => choice === onAlert);
      if (known === undefined) return `onAlert ${mustBe(onAlert, "ask, cheaper or continue")}`;
      adjust.onAlert = known;
    }
    const wrong = readDeadlineOf(fields, adjust);
    if (wrong !== undefined) return wrong;
    if (Object.keys(adjust).length === 0) {
      return "nothing to adjust: give usd, hours, tokens, alertThresholdPct, onAlert, deadline or atDeadline";
    }
    return { ...meta, ...adjust };
  });

/** Adds what is said of the deadline; null, unlike for other fields, is a value. @returns what is wrong. */
function readDeadlineOf(fields: Fields, adjust: commands.AdjustBudget): string | undefined {
  const { deadline, deadlineZone, atDeadline } = fields;
  if (deadline === null) adjust.deadline = null;
  else if (deadline !== undefined) {
    const isInstant = typeof deadline === "string" && INSTANT.test(deadline);
    const atMs = isInstant ? Date.parse(deadline) : Number.NaN;
    if (Number.isNaN(atMs)) {
      return 'deadline must be null, or a time with its offset such as "2026-12-04T18:00:00+01:00"';
    }
    adjust.deadline = new Date(atMs).toISOString();
    if (!isAbsent(deadlineZone)) {
      if (typeof deadlineZone !== "string" || !ZONE.test(deadlineZone))
        return 'deadlineZone must be an IANA zone such as "Europe/Berlin"';
      adjust.deadlineZone = deadlineZone;
    }
  }
  if (!isAbsent(atDeadline)) {
    const known = AT_DEADLINE.find((choice) => choice === atDeadline);
    if (known === undefined) return "atDeadline must be finish, stop or ask";
    adjust.atDeadline = known;
  }
  return undefined;
}

export const readSteer = (x: unknown): commands.Steer | string =>
  read(x, "required", (fields, meta) => {
    const note = text(fields["note"]);
    if (note === undefined) return `note ${mustBe(fields["note"], "a text for the agents")}`;
    const { feature } = fields;
    if (isAbsent(feature)) return { ...meta, note };
    return isPartId(feature)
      ? { ...meta, note, feature }
      : `feature ${mustBe(feature, FEATURE_ID)}`;
  });

export const readRetryFeature = (x: unknown): commands.RetryFeature | string =>
  read(x, "required", ({ feature }, meta) =>
    isPartId(feature) ? { ...meta, feature } : `feature ${mustBe(feature, FEATURE_ID)}`,
  );

export const readSkipFeature = (x: unknown): commands.SkipFeature | string =>
  read(x, "required", (fields, meta) => {
    const { feature } = fields;
    if (!isPartId(feature)) return `feature ${mustBe(feature, FEATURE_ID)}`;
    return withNote(fields, "reason", { ...meta, feature });
  });

export const readReplan = (x: unknown): commands.Replan | string =>
  read(x, "required", (fields, meta) => {
    const { planHash, hold } = fields;
    if (!isAbsent(hold)) {
      if (typeof hold !== "boolean") return "hold must be true or false";
      if (isAbsent(planHash)) return withNote(fields, "reason", { ...meta, hold });
      if (hold) return "hold and planHash are two steps: hold first, then send the plan";
    }
    if (typeof planHash !== "string" || !PLAN_HASH.test(planHash)) {
      return `planHash ${mustBe(planHash, "the 64 hexadecimal digits of a stored plan")}`;
    }
    return withNote(fields, "reason", { ...meta, planHash });
  });

export const readCancel = (x: unknown): commands.Cancel | string =>
  read(x, "optional", (fields, meta) => withNote(fields, "reason", meta));

const READERS: { [N in CommandName]: (x: unknown) => Commands[N] | string } = {
  approvePlan: readApprovePlan,
  decide: readDecide,
  pause: readPause,
  resume: readResume,
  adjustBudget: readAdjustBudget,
  steer: readSteer,
  retryFeature: readRetryFeature,
  skipFeature: readSkipFeature,
  replan: readReplan,
  cancel: readCancel,
};

/** @returns the command by name, or what is wrong with what was sent. */
export function readCommand(name: CommandName, x: unknown): ReadCommand | string {
  const payload = READERS[name](x);
  // The table above pairs each name with its payload; the compiler cannot follow that through a union.
  return typeof payload === "string" ? payload : ({ name, payload } as ReadCommand);
}

const FEATURE_ID = 'the id of a feature such as "2.3"';
const isAbsent = (value: unknown) => value === undefined || value === null;
const isPartId = (value: unknown): value is string =>
  typeof value === "string" && PART_ID.test(value);
const isPercent = (value: unknown): value is number =>
  typeof value === "number" && value >= 1 && value <= 100;

function mustBe(found: unknown, wanted: string): string {
  return isAbsent(found) ? `is missing: it must be ${wanted}` : `must be ${wanted}`;
}

/** One non-empty line; undefined for anything else. */
function line(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return cleanLine(value, LINE_CHARACTERS) || undefined;
}

/** A non-empty text of several lines; undefined for anything else. */
function text(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return cleanText(value, NOTE_CHARACTERS) || undefined;
}

function withNote<Field extends "note" | "reason", Rest extends object>(
  fields: Fields,
  field: Field,
  rest: Rest,
): (Rest & Partial<Record<Field, string>>) | string {
  const value = fields[field];
  if (!isAbsent(value) && typeof value !== "string") return `${field} must be a text`;
  const note = text(value);
  if (note === undefined) return rest;
  return { ...rest, [field]: note };
}

function read<Command>(
  x: unknown,
  payload: "required" | "optional",
  readFields: (fields: Fields, meta: commands.CommandMeta) => Command | string,
): Command | string {
  if (isAbsent(x)) {
    return payload === "optional" ? readFields({}, {}) : "no data came with it: send a JSON object";
  }
  if (typeof x !== "object" || Array.isArray(x)) return "the data must be one JSON object";
  const fields = x as Fields;
  if (fields["undecodable"] === true) return "the data could not be decoded: send it as JSON";
  const meta = readMeta(fields);
  return typeof meta === "string" ? meta : readFields(fields, meta);
}

function readMeta({ commandId, by }: Fields): commands.CommandMeta | string {
  const meta: commands.CommandMeta = {};
  if (!isAbsent(commandId) && commandId !== "") {
    if (typeof commandId !== "string" || commandId.length > LINE_CHARACTERS) {
      return `commandId must be a text of at most ${LINE_CHARACTERS} characters`;
    }
    meta.commandId = commandId;
  }
  const actor = readActor(by);
  if (actor !== undefined) meta.by = actor;
  return meta;
}

/** Who sent it is shown, never relied on, so a malformed actor is only left out. */
function readActor(by: unknown): Actor | undefined {
  if (typeof by !== "object" || by === null) return undefined;
  const who = line((by as Fields)["who"]);
  const from = line((by as Fields)["from"]);
  return who === undefined || from === undefined ? undefined : { who, from };
}
