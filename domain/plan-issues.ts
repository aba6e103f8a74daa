/** Says what the schema found in the words of the person who wrote the plan: which feature, which field, what to write. */
import { stepFlaw } from "./flow-issues.js";
import { checkId, featureId, milestoneId } from "./plan-defaults.js";
import type { SchemaIssue } from "./schemas.js";
import { valueAt } from "./value-at.js";

/** One sentence that says where and what, and one that says what to do. */
export interface Violation {
  sentence: string;
  remedy: string;
}

export function violationOf(issue: SchemaIssue, raw: unknown): Violation {
  const { place, field } = placeOf(issue.path, raw);
  const found = valueAt(raw, issue.path);
  const step = stepPath(issue.path);
  const { says, remedy } =
    step === undefined ? describe(issue, found) : stepFlaw(valueAt(raw, step));
  const subject = [place, field].filter((part) => part !== "").join(": ") || "The plan";
  return { sentence: `${subject} ${says}.`, remedy };
}

/** Where the step of a flow is, for whatever is wrong in it. */
function stepPath(path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  const at = path.indexOf("steps");
  return at < 0 || at + 1 >= path.length ? undefined : path.slice(0, at + 2);
}

function describe(issue: SchemaIssue, found: unknown): { says: string; remedy: string } {
  const seeFormat = "`npx missions schema plan` prints the format.";
  switch (issue.code) {
    case "unrecognized_keys":
      return { says: `has an ${issue.message}`, remedy: "Correct or remove the key." };
    case "invalid_type":
      return found === undefined
        ? { says: "is missing", remedy: MISSING[String(issue.path.at(-1))] ?? "Add it." }
        : {
            says: `must be ${A_VALUE[issue.expected] ?? issue.expected}, found ${shown(found)}`,
            remedy: `Write ${A_VALUE[issue.expected] ?? issue.expected}.`,
          };
    case "invalid_value": {
      const known = issue.values.map(String).join(", ");
      return { says: `is ${shown(found)}, which is unknown`, remedy: `Known: ${known}.` };
    }
    case "too_big":
      return {
        says: `is longer or larger than ${issue.maximum}`,
        remedy: "Shorten it, or split the feature.",
      };
    case "too_small":
      return { says: `is shorter or smaller than ${issue.minimum}`, remedy: seeFormat };
    case "invalid_union":
      return issue.path.at(-1) === "deadline"
        ? { says: `is ${shown(found)}, not a date`, remedy: "Write it as 2030-01-31T12:00:00Z." }
        : {
            says: `is ${shown(found)}, which is unknown`,
            remedy: "Write bash with run, codebase with pattern, browser with flow, or person.",
          };
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
      return { says: `is not usable: ${issue.message}`, remedy: seeFormat };
  }
}

const A_VALUE: Record<string, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
  record: "keys with values",
};

const MISSING: Record<string, string> = {
  budget: "Write it with money_usd, time_hours and token_limit.",
  milestones: "Write a list of milestones with features.",
  verify:
    "Write it with a method: bash with run, codebase with pattern, browser with flow, or person.",
  run: "Write the command.",
  url: "Write a path of the app, as /notes.",
  name: "Name it, so that milestones and checks can mean it.",
  money_usd: "Write it, or give --budget.",
  time_hours: "Write it, or give --hours.",
  token_limit: "Write it, or give --tokens.",
};

/** A value as it may stand in a sentence: short, on one line, without control characters. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "keys with values";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value).replaceAll(/[\p{Cc}\p{Cs}]/gu, "?");
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

/** `milestones[1].features[2].title` is the title of feature 2.3: ids as given, or as they would be filled in. */
function placeOf(path: readonly PropertyKey[], raw: unknown): { place: string; field: string } {
  let place = "";
  let owner = "";
  let at = 0;
  const enter = (list: string, idOf: (given: string | undefined, index: number) => string) => {
    const index = path[at + 1];
    if (path[at] !== list || typeof index !== "number") return false;
    const given = valueAt(raw, [...path.slice(0, at + 2), "id"]);
    owner = idOf(typeof given === "string" ? given.slice(0, 60) : undefined, index);
    at += 2;
    return true;
  };
  const [first, index] = path;
  if (first === "flows" && typeof index === "number") {
    const name = valueAt(raw, ["flows", index, "name"]);
    place = typeof name === "string" ? `Flow ${shown(name)}` : `Flow number ${index + 1}`;
    at = 2;
    const step = path[3];
    if (path[2] === "steps" && typeof step === "number") {
      place += `, step ${step + 1}`;
      at = path.length;
    }
  } else if (enter("milestones", milestoneId)) {
    place = `Milestone ${owner}`;
    if (enter("features", (given, i) => featureId(given, owner, i))) place = `Feature ${owner}`;
    if (enter("checks", (given, i) => checkId(given, owner, i))) place += `, check ${owner}`;
  }
  const field = path.slice(at).reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
  return { place, field };
}
