/** Which fields of a request are passed on. What has no rule is left out: unknown to us, it could cost what nobody counts. */
import { isObject } from "./json.js";
import type { JsonObject } from "./json.js";
import { shortenCache } from "./marks.js";
import { refuse } from "./refusal.js";

type Verdict = "pass" | "leave" | "refuse";
export type Rule = (value: unknown) => Verdict;
export type Rules = Record<string, Rule>;

export const pass: Rule = () => "pass";
/** Nothing is lost without it. */
export const leave: Rule = () => "leave";
/** It costs what is not counted, or leaves something at the provider. Switched off, it may stand there. */
export const never: Rule = (value) =>
  value === false || (Array.isArray(value) && value.length === 0) ? "leave" : "refuse";
export const only =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value) ? "pass" : "refuse";
/** As `only`, for values that say what is so anyway. */
export const leaveOnly =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value) ? "leave" : "refuse";

export const rulesOf = (passed: string, others: Rules = {}): Rules => ({
  ...Object.fromEntries(passed.split(/\s+/).map((name) => [name, pass])),
  ...others,
});

/** @returns the fields that are passed on; names of those left out are added to `leftOut`. @throws Refusal naming a field. */
export function sift(body: JsonObject, rules: Rules, leftOut: string[], where = ""): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === null) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const verdict = rule?.(value) ?? "leave";
    if (verdict === "refuse") refuse(notPassedOn(`${where}${name}`));
    if (verdict === "pass") kept[name] = value;
    // What was switched off anyway is not missed.
    else if (value !== false) leftOut.push(`${where}${name}`);
  }
  return kept;
}

/** Tools that the agent runs itself cost nothing; those that a provider runs have a price of their own. */
export function checkTools(tools: unknown, runsAtAgent: (tool: JsonObject) => boolean): void {
  if (tools === undefined) return;
  if (!Array.isArray(tools)) refuse("tools must be a list.");
  for (const tool of tools as unknown[]) {
    if (!isObject(tool) || !runsAtAgent(tool)) refuse(notPassedOn(`tools: ${nameOfTool(tool)}`));
    else shortenCache(tool);
  }
}

const nameOfTool = (tool: unknown) => {
  if (!isObject(tool)) return typeof tool;
  return typeof tool["type"] === "string" ? tool["type"] : Object.keys(tool).join(", ");
};

export const notPassedOn = (what: string) =>
  `"${what.slice(0, 120)}" is not passed on: calls may use only what has a known price and leaves nothing at the provider.`;
