/** A person's edits of values that we own: kept as they are, and answered with the command that would do what they ask. */
import { isHours, isTokens, isUsd } from "../domain/money.js";
import { shorten, oneLine } from "./markdown-text.js";

export interface HandEdit {
  field: string;
  found: string;
  command: string;
}

/** Longest text of a person that we repeat. */
const FOUND_LENGTH = 120;

export function handEdit(missionId: string, field: string, found: string): HandEdit {
  return {
    field,
    found: shorten(oneLine(found), FOUND_LENGTH),
    command: commandFor(missionId, field, found),
  };
}

const STATUS_COMMANDS: Record<string, string> = {
  paused: "pause",
  active: "resume",
  cancelled: "cancel",
};

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Nothing of `found` gets into the command but a number or a time that we have read. */
function commandFor(missionId: string, field: string, found: string): string {
  const status = `npx missions status ${missionId}`;
  const number = found.trim() === "" ? Number.NaN : Number(found.replace(/^\$|[,_ ]/g, ""));
  switch (field) {
    case "status": {
      const command = STATUS_COMMANDS[found.toLowerCase()];
      return command === undefined ? status : `npx missions ${command} ${missionId}`;
    }
    case "budget.money_usd":
    case "budget table money cap":
      return isUsd(number) ? `npx missions adjust-budget ${missionId} --usd ${number}` : status;
    case "budget.time_hours":
      return isHours(number) ? `npx missions adjust-budget ${missionId} --hours ${number}` : status;
    case "budget.token_limit":
    case "budget table tokens cap":
      return isTokens(number)
        ? `npx missions adjust-budget ${missionId} --tokens ${number}`
        : status;
    case "deadline":
      return INSTANT.test(found) && !Number.isNaN(Date.parse(found))
        ? `npx missions adjust-budget ${missionId} --deadline ${new Date(found).toISOString()}`
        : status;
    case "budget.alert_threshold_pct":
      return number > 0 && number <= 100
        ? `npx missions adjust-budget ${missionId} --alert-at ${number}`
        : status;
    default:
      return featureCommand(missionId, field, found) ?? status;
  }
}

function featureCommand(missionId: string, field: string, found: string): string | undefined {
  const id = /^feature ([A-Za-z0-9._-]+) status$/.exec(field)?.[1];
  if (id === undefined) return undefined;
  if (found === "skipped") return `npx missions skip ${missionId} ${id}`;
  if (found === "pending" || found === "retry") return `npx missions retry ${missionId} ${id}`;
  return undefined;
}

/** The edits that fit an answer of at most `bytes` as JSON, at most `count`. */
export function fewEdits(edits: HandEdit[], count: number, bytes: number): HandEdit[] {
  const few: HandEdit[] = [];
  let size = 2;
  for (const edit of edits.slice(0, count)) {
    size += Buffer.byteLength(JSON.stringify(edit)) + 1;
    if (size > bytes) break;
    few.push(edit);
  }
  return few;
}
