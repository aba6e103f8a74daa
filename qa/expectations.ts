/** What a flow expects of the page: awaited, and when it does not come true, said with what is there instead. */
import type { Page } from "playwright";
import type { Expectation, Target } from "../domain/qa.js";
import { addressOf } from "./addresses.js";
import { until } from "./bounded.js";
import { find, nameOf, seen, StepFailed, whatIsThere } from "./targets.js";

/** @throws StepFailed */
export async function expectOf(
  page: Page,
  expectation: Expectation,
  waitMs: number,
): Promise<void> {
  if (typeof expectation === "string") return expectSeen(page, expectation, waitMs);
  if ("see" in expectation) return expectSeen(page, expectation.see, waitMs);
  if ("gone" in expectation) {
    const { gone } = expectation;
    const isGone = async () => (await seen(page, gone, "see")).length === 0;
    if (!(await until(waitMs, isGone))) throw new StepFailed(`${nameOf(gone)} is still there.`);
    return;
  }
  if ("url" in expectation) {
    const { url } = expectation;
    if (!(await until(waitMs, () => Promise.resolve(isAt(page.url(), url)))))
      throw new StepFailed(`The page is at ${page.url().slice(0, 300)}, not at ${url}.`);
    return;
  }
  if ("title" in expectation) {
    const { title } = expectation;
    if (!(await until(waitMs, async () => (await page.title()) === title)))
      throw new StepFailed(`The title is ${quote(await page.title())}, not ${quote(title)}.`);
    return;
  }
  if ("value" in expectation) return expectValue(page, expectation, waitMs);
  let count = 0;
  const right = await until(waitMs, async () => {
    count = (await seen(page, expectation.count, "see")).length;
    return count === expectation.is;
  });
  if (!right)
    throw new StepFailed(
      `${nameOf(expectation.count)} is there ${count} times, not ${expectation.is}.`,
    );
}

async function expectSeen(page: Page, target: Target, waitMs: number): Promise<void> {
  if (await until(waitMs, async () => (await seen(page, target, "see")).length > 0)) return;
  throw new StepFailed(`${nameOf(target)} is not seen; ${await whatIsThere(page)}`);
}

/** Of a text field what is in it, of a choice its value or what it shows, of a box `checked` or `unchecked`. */
async function expectValue(
  page: Page,
  { value: target, is }: { value: Target; is: string },
  waitMs: number,
): Promise<void> {
  const field = await find(page, target, typeof target === "string" ? "click" : "see", waitMs);
  let values: string[] = [];
  const right = await until(waitMs, async () => {
    values = await field.evaluate(valuesOf);
    return values.includes(is);
  });
  if (!right)
    throw new StepFailed(
      `${nameOf(target)} holds ${quote(values[0] ?? "nothing")}, not ${quote(is)}.`,
    );
}

interface Field {
  tagName: string;
  type?: string;
  checked?: boolean;
  value?: string;
  textContent: string | null;
  selectedOptions?: Iterable<{ label: string; value: string }>;
}

/** Runs in the page. */
function valuesOf(element: unknown): string[] {
  const field = element as Field;
  if (field.tagName === "INPUT" && (field.type === "checkbox" || field.type === "radio"))
    return [field.checked === true ? "checked" : "unchecked"];
  if (field.selectedOptions !== undefined)
    return [...field.selectedOptions].flatMap(({ label, value }) => [label.trim(), value]);
  return [field.value ?? field.textContent ?? ""];
}

const quote = (text: string) => JSON.stringify(text.slice(0, 200));

/** A path is compared as far as it says: query and fragment only where it names them. */
function isAt(now: string, wanted: string): boolean {
  const at = addressOf(now);
  const to = addressOf(wanted, now);
  const path = (url: URL) => url.pathname.replace(/(?<=.)\/$/, "");
  return (
    at !== undefined &&
    to !== undefined &&
    to.origin === at.origin &&
    path(to) === path(at) &&
    (to.search === "" || to.search === at.search) &&
    (to.hash === "" || to.hash === at.hash)
  );
}
