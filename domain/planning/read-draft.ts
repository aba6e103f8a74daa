/** From what a model said to a draft, or to what is wrong with it in words that the model can act on. */
import type { Verify } from "../plan.js";
import type { Violation } from "../plan-issues.js";
import { shown } from "../plan-issues.js";
import {
  readWrittenDraft,
  type DraftIssue,
  type WrittenDraft,
  type WrittenDraftCheck,
} from "../schemas/draft.js";
import { valueAt } from "../value-at.js";
import type { Draft, DraftCheck } from "./draft.js";
import { PLANNER_LIMITS } from "./planner-limits.js";

export type ReadDraft = { draft: Draft } | { violations: Violation[] };

/** @param text the whole reply. Never throws. */
export function readDraft(text: string): ReadDraft {
  const value = objectIn(text);
  if (value === undefined) return { violations: [NOT_JSON] };
  const tooLarge = sizeViolations(value);
  if (tooLarge.length > 0) return { violations: tooLarge };
  const read = readWrittenDraft(value);
  if ("issues" in read)
    return { violations: read.issues.map((issue) => issueViolation(issue, value)) };
  const late = orderViolations(value);
  return late.length > 0 ? { violations: late } : { draft: draftOf(read.draft) };
}

/** The JSON object in a reply, also when words or a fence stand around it. @returns undefined when there is none. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  for (const part of [text, text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)]) {
    try {
      const value: unknown = JSON.parse(part);
      if (isRecord(value)) return value;
    } catch {
      continue;
    }
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const NOT_JSON: Violation = {
  sentence: "The answer is not one whole JSON object.",
  remedy: "Answer with the JSON object alone, complete, without words around it.",
};

const listOf = (value: unknown, key: string): unknown[] => {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
};

/** Counted before anything is built from it. */
function sizeViolations(value: unknown): Violation[] {
  const { milestones: most, featuresPerMilestone } = PLANNER_LIMITS;
  const milestones = listOf(value, "milestones");
  const remedy = "Plan less, or larger features; what does not fit is a later mission.";
  const violations: Violation[] = [];
  if (milestones.length > most) {
    const sentence = `The plan has ${milestones.length} milestones; ${most} are the most.`;
    violations.push({ sentence, remedy });
  }
  milestones.forEach((milestone, index) => {
    const { length } = listOf(milestone, "features");
    if (length <= featuresPerMilestone) return;
    const sentence = `Milestone ${index + 1} has ${length} features; ${featuresPerMilestone} are the most.`;
    violations.push({ sentence, remedy });
  });
  return violations;
}

/** What is to hold is thought of first: a check made up for a feature that is there already proves nothing. */
function orderViolations(value: unknown): Violation[] {
  return listOf(value, "milestones").flatMap((milestone, index) => {
    const keys = isRecord(milestone) ? Object.keys(milestone) : [];
    if (keys.indexOf("checks") < keys.indexOf("features")) return [];
    return [
      {
        sentence: `Milestone ${index + 1} has its features written before its checks.`,
        remedy: "Write checks first, then the features that serve them.",
      },
    ];
  });
}

function issueViolation(issue: DraftIssue, value: unknown): Violation {
  const where = placeOf(issue.path, value);
  const found = valueAt(value, issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const keys = issue.keys.map((key) => shown(key)).join(", ");
      const remedy = "Leave it out: money, time, models and commands are not the plan's to set.";
      return { sentence: `${where} has unknown keys: ${keys}.`, remedy };
    }
    case "invalid_value":
      return {
        sentence: `${where} is ${shown(found)}, which is unknown.`,
        remedy: `Known: ${issue.values.map(String).join(", ")}.`,
      };
    case "invalid_type":
      return {
        sentence:
          found === undefined
            ? `${where} is missing.`
            : `${where} must be of type ${issue.expected}, found ${shown(found)}.`,
        remedy: "Follow the schema.",
      };
    case "too_big":
      return {
        sentence: `${where} is longer or larger than ${issue.maximum}.`,
        remedy: "Shorten.",
      };
    case "too_small":
      return { sentence: `${where} is empty or too small.`, remedy: "Say what is meant." };
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
      return {
        sentence: `${where} is not usable: ${issue.message}.`,
        remedy: "Follow the schema.",
      };
  }
}

/** `milestones[0].features[2].size` is "Feature 1.3: size"; ids as the model gave them. */
function placeOf(path: readonly PropertyKey[], value: unknown): string {
  const [top, milestone, list, item, ...rest] = path;
  if (top !== "milestones" || typeof milestone !== "number") return path.join(".") || "The plan";
  if (typeof item !== "number" || (list !== "features" && list !== "checks")) {
    return [`Milestone ${milestone + 1}`, ...path.slice(2).map(String)].join(": ");
  }
  const id = valueAt(value, [...path.slice(0, 4), "id"]);
  const name = typeof id === "string" ? shown(id) : `number ${item + 1}`;
  const noun = list === "features" ? "feature" : "check";
  const field = rest.map(String).join(".");
  return `Milestone ${milestone + 1}, ${noun} ${name}${field === "" ? "" : `: ${field}`}`;
}

function draftOf(written: WrittenDraft): Draft {
  return {
    ...written,
    milestones: written.milestones.map((milestone) => ({
      ...milestone,
      checks: milestone.checks.map(checkOf),
      features: milestone.features.map((feature) => ({
        ...feature,
        checks: feature.checks.map(checkOf),
      })),
    })),
  };
}

/** A method whose own field is missing keeps an empty one: the rules of plans say so with the check's name. */
function checkOf({ verify, ...check }: WrittenDraftCheck): DraftCheck {
  return { ...check, verify: verifyOf(verify) };
}

function verifyOf({ method, run, pattern, path, flow }: WrittenDraftCheck["verify"]): Verify {
  switch (method) {
    case "bash":
      return { method, run: run ?? "" };
    case "codebase":
      return { method, pattern: pattern ?? "", ...(path === undefined ? {} : { path }) };
    case "browser":
      return { method, flow: flow ?? "" };
    case "person":
      return { method };
  }
}
