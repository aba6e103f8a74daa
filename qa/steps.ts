/** Walks a flow's steps, as a person would: each waits for what it needs, the first that fails ends the flow. */
import type { Locator, Page } from "playwright";
import type { FlowStep } from "../domain/qa.js";
import { addressOf } from "./addresses.js";
import { MOST_WAITS, sentenceOf, textOf, TookTooLong, within } from "./bounded.js";
import { expectOf } from "./expectations.js";
import { find, nameOf, StepFailed } from "./targets.js";

export interface Walk {
  page: Page;
  /** For paths of `goto`. */
  origin: string;
  stepMs: number;
  loadMs: number;
}

/** What was found is there: only a busy machine, or what hinders the action, takes longer than a wait. */
const ACTION_WAITS = 2;
/** The second try's, where the first ended before it was known what hinders it. */
const SECOND_WAITS = 4;

/** @returns the step that failed, counted from 1, and why in a sentence; undefined when all were done. */
export async function walk(
  on: Walk,
  steps: readonly FlowStep[],
): Promise<{ step: number; why: string } | undefined> {
  const waits = MOST_WAITS + ACTION_WAITS + SECOND_WAITS + 2;
  for (const [at, step] of steps.entries()) {
    try {
      // Playwright's own waits end first; this one is for a page that answers nothing any more.
      await within(waits * on.stepMs + on.loadMs, take(on, step));
    } catch (error) {
      if (isGone(error)) throw error;
      return { step: at + 1, why: `${sayStep(step)}: ${whyOf(error)}` };
    }
  }
  return undefined;
}

function whyOf(error: unknown): string {
  if (error instanceof StepFailed) return error.message;
  if (error instanceof TookTooLong) return `it was ${error.message}.`;
  return whyNot(textOf(error)) ?? `${sentenceOf(error).replace(/\.$/, "")}.`;
}

/** A page that is gone is no fault of the step. */
const isGone = (error: unknown) =>
  error instanceof Error &&
  !(error instanceof StepFailed) &&
  /crashed|has been closed/.test(error.message);

/** A step as a few words. */
export function sayStep(step: FlowStep): string {
  if ("goto" in step) return `go to ${step.goto}`;
  if ("click" in step) return `click ${nameOf(step.click)}`;
  if ("fill" in step) return `fill ${nameOf(step.fill)}`;
  if ("select" in step) return `select in ${nameOf(step.select)}`;
  if ("press" in step) return `press ${step.press}`;
  return `expect ${JSON.stringify(step.expect)}`;
}

async function take({ page, origin, stepMs, loadMs }: Walk, step: FlowStep): Promise<void> {
  if ("expect" in step) return expectOf(page, step.expect, stepMs);
  if ("goto" in step) {
    const url = addressOf(step.goto, origin);
    if (url?.origin !== origin) throw new StepFailed("that is not an address of the app.");
    await page.goto(url.href, { waitUntil: "load", timeout: loadMs });
    return;
  }
  if ("press" in step) {
    if (step.on === undefined) {
      await page.keyboard.press(step.press);
      return;
    }
    const on = await find(page, step.on, "click", stepMs);
    await act(stepMs, (wait) => on.press(step.press, wait));
    return;
  }
  if ("click" in step) {
    const found = await find(page, step.click, "click", stepMs);
    await act(stepMs, (wait) => found.click(wait));
    return;
  }
  if ("fill" in step) {
    const found = await find(page, step.fill, "fill", stepMs);
    await act(stepMs, (wait) => found.fill(step.with, wait));
    return;
  }
  const found = await find(page, step.select, "select", stepMs);
  await choose(found, step.option, stepMs);
}

/** Contract: what was begun is not tried again. */
async function act(
  stepMs: number,
  run: (wait: { timeout: number }) => Promise<unknown>,
): Promise<void> {
  try {
    await run({ timeout: stepMs * ACTION_WAITS });
  } catch (error) {
    const text = textOf(error);
    const isBusy = /Timeout \d+ms exceeded/.test(text) && whyNot(text) === undefined;
    if (!isBusy || /performing|action done/.test(text)) throw error;
    await run({ timeout: stepMs * SECOND_WAITS });
  }
}

async function choose(list: Locator, option: string, stepMs: number): Promise<void> {
  const shown = await list.evaluate(optionsOf);
  if (shown === null)
    throw new StepFailed("it is no list of options; click it and then the option.");
  if (!shown.includes(option))
    throw new StepFailed(
      `it has no option ${JSON.stringify(option)}; it has ${shown
        .slice(0, 12)
        .map((one) => JSON.stringify(one))
        .join(", ")}.`,
    );
  await act(stepMs, (wait) => list.selectOption({ label: option }, wait));
}

/** Runs in the page. @returns null for what is no list of the browser's own. */
function optionsOf(element: unknown): string[] | null {
  const { options } = element as { options?: Iterable<{ label: string }> };
  return options === undefined ? null : [...options].map(({ label }) => label.trim());
}

/** The last thing that Playwright waited for in vain. */
function whyNot(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.replace(/^[\s-]*(?:\d+ × )?[\s-]*/, ""));
  const covered = lines.findLast((line) => line.includes("intercepts pointer events"));
  if (covered !== undefined) {
    const [cover = ""] = covered.split(/ from .* subtree| intercepts pointer events/);
    return `it is covered by ${cover.slice(0, 150)}.`;
  }
  const state = lines.findLast((line) => /^element is (?:not|outside)/.test(line));
  if (state !== undefined) return `the ${state.trim()}.`;
  const isDisabled = lines.some((line) => /^locator resolved to <[^>]* disabled\b/.test(line));
  return isDisabled ? "the element is not enabled." : undefined;
}
