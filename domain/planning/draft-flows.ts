/** Flows as a model writes them: every step flat, because providers' strict schemas know no choice of shapes. Pure. */
import type { FlowStep, QaFlow, Target } from "../qa.js";

export const DRAFT_STEPS = [
  "goto",
  "click",
  "fill",
  "select",
  "press",
  "see",
  "gone",
  "url",
  "title",
  "value",
  "count",
] as const;

/** `on`: the element; `text`: what is typed, chosen, pressed, expected or gone to. */
export interface DraftStep {
  do: (typeof DRAFT_STEPS)[number];
  on?: string | undefined;
  text?: string | undefined;
}

export interface DraftFlow {
  name: string;
  url: string;
  steps: DraftStep[];
}

/** A target that is no plain name stands as JSON. */
const targetText = (target: Target): string =>
  typeof target === "string" ? target : JSON.stringify(target);

const SHAPES = ["role", "role,name", "name,role", "label", "text", "testId", "css"];

/** Words that look like one of a plan's other shapes of a target become it. */
function targetOf(text: string): Target {
  if (!text.startsWith("{")) return text;
  try {
    const read = JSON.parse(text) as Record<string, unknown>;
    const fits =
      SHAPES.includes(Object.keys(read).join(",")) &&
      Object.values(read).every((value) => typeof value === "string" && value !== "");
    return fits ? (read as Target) : text;
  } catch {
    return text;
  }
}

/** A count that is none is 0, which a page seldom has. */
const numberIn = (text: string) => Math.max(0, Math.trunc(Number(text)) || 0);

export function stepOf({ do: what, on = "", text = "" }: DraftStep): FlowStep {
  const target = targetOf(on);
  // Models put the one thing that there is to say into either field.
  const only = text === "" ? on : text;
  switch (what) {
    case "goto":
      return { goto: only };
    case "click":
      return { click: on === "" ? text : target };
    case "fill":
      return { fill: target, with: text };
    case "select":
      return { select: target, option: text };
    case "press":
      return on === "" || text === "" ? { press: only } : { press: text, on: target };
    case "see":
      return { expect: on === "" ? text : typeof target === "string" ? target : { see: target } };
    case "gone":
      return { expect: { gone: on === "" ? text : target } };
    case "url":
      return { expect: { url: only } };
    case "title":
      return { expect: { title: only } };
    case "value":
      return { expect: { value: target, is: text } };
    case "count":
      return { expect: { count: target, is: numberIn(text) } };
  }
}

export function draftStep(step: FlowStep): DraftStep {
  if ("goto" in step) return { do: "goto", text: step.goto };
  if ("click" in step) return { do: "click", on: targetText(step.click) };
  if ("fill" in step) return { do: "fill", on: targetText(step.fill), text: step.with };
  if ("select" in step) return { do: "select", on: targetText(step.select), text: step.option };
  if ("press" in step) {
    const on = step.on === undefined ? {} : { on: targetText(step.on) };
    return { do: "press", ...on, text: step.press };
  }
  const { expect } = step;
  if (typeof expect === "string") return { do: "see", on: expect };
  if ("see" in expect) return { do: "see", on: targetText(expect.see) };
  if ("gone" in expect) return { do: "gone", on: targetText(expect.gone) };
  if ("url" in expect) return { do: "url", text: expect.url };
  if ("title" in expect) return { do: "title", text: expect.title };
  if ("value" in expect) return { do: "value", on: targetText(expect.value), text: expect.is };
  return { do: "count", on: targetText(expect.count), text: String(expect.is) };
}

export const draftFlow = ({ name, url, steps = [] }: QaFlow): DraftFlow => ({
  name,
  url,
  steps: steps.map(draftStep),
});

/** @param before the flows of the plan that is changed: one that the draft left as it was stays to the letter. */
export function flowOf(drafted: DraftFlow, before: readonly QaFlow[] = []): QaFlow {
  const { name, url, steps } = drafted;
  const kept = before.find((flow) => flow.name === name);
  if (kept !== undefined && JSON.stringify(draftFlow(kept)) === JSON.stringify(ordered(drafted)))
    return kept;
  const { steps: _, ...rest } = kept ?? {};
  return { ...rest, name, url, ...(steps.length === 0 ? {} : { steps: steps.map(stepOf) }) };
}

/** With its keys in one order, as `draftFlow` writes them. */
const ordered = ({ name, url, steps }: DraftFlow): DraftFlow => ({
  name,
  url,
  steps: steps.map(({ do: what, on, text }) => ({
    do: what,
    ...(on === undefined ? {} : { on }),
    ...(text === undefined ? {} : { text }),
  })),
});
