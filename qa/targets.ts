/** Finds what a step means on a page: by the name that people see, or by one way that the step names. */
import type { Locator, Page } from "playwright";
import type { Target } from "../domain/qa.js";
import { until } from "./bounded.js";

/** Why a step could not be done; one sentence. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** What a step wants to do with it; a name that means two things means the one that fits. */
export type Use = "click" | "fill" | "select" | "see";
/** For the words of a sentence; a busy machine wants seconds for what takes milliseconds. */
const READ_MS = 20_000;
type Role = Parameters<Page["getByRole"]>[0];

const FILLED: Role[] = ["textbox", "searchbox", "combobox", "spinbutton"];
const CHOSEN: Role[] = ["combobox", "listbox"];
const CLICKED: Role[] = [
  "button",
  "link",
  "menuitem",
  "menuitemcheckbox",
  "menuitemradio",
  "tab",
  "checkbox",
  "radio",
  "switch",
  "option",
  "treeitem",
  "slider",
];
const ROLES: Record<Use, Role[]> = {
  click: [...CLICKED, ...FILLED],
  fill: FILLED,
  select: CHOSEN,
  see: [...CLICKED, ...FILLED, "heading", "img", "dialog", "alert", "status", "region"],
};

/** In this order: role and name, label, placeholder, text; first the whole name, then a part of one. */
function waysByName(page: Page, name: string, use: Use): Locator[] {
  return [true, false].flatMap((exact) => {
    const byRole = ROLES[use]
      .map((role) => page.getByRole(role, { name, exact }))
      .reduce((all, one) => all.or(one));
    const ways = [byRole, page.getByLabel(name, { exact }), page.getByPlaceholder(name, { exact })];
    const text = page.getByText(name, { exact });
    return use === "fill" || use === "select" ? ways : [...ways, text];
  });
}

function waysOf(page: Page, target: Target, use: Use): Locator[] {
  if (typeof target === "string") return waysByName(page, target, use);
  if ("role" in target) {
    const role = target.role as Role;
    if (target.name === undefined) return [page.getByRole(role)];
    const { name } = target;
    return [true, false].map((exact) => page.getByRole(role, { name, exact }));
  }
  if ("label" in target)
    return [true, false].map((exact) => page.getByLabel(target.label, { exact }));
  if ("text" in target) return [true, false].map((exact) => page.getByText(target.text, { exact }));
  if ("testId" in target) return [page.getByTestId(target.testId)];
  return [page.locator(target.css)];
}

/** How sentences name it. */
export function nameOf(target: Target): string {
  if (typeof target === "string") return JSON.stringify(target);
  if ("role" in target)
    return target.name === undefined
      ? target.role
      : `${target.role} ${JSON.stringify(target.name)}`;
  const [[way, value] = ["", ""]] = Object.entries(target);
  return `${way === "testId" ? "test id" : way} ${JSON.stringify(value)}`;
}

/** All that are seen and fit in the first way in which any does. */
export async function seen(page: Page, target: Target, use: Use): Promise<Locator[]> {
  for (const way of waysOf(page, target, use)) {
    const visible = way.filter({ visible: true });
    const count = await visible.count();
    if (count > 0) return Array.from({ length: count }, (_, at) => visible.nth(at));
  }
  return [];
}

/** The one that is meant, awaited. @throws StepFailed when there is none or more than one, with what is there. */
export async function find(page: Page, target: Target, use: Use, waitMs: number): Promise<Locator> {
  let found: Locator[] = [];
  const one = await until(waitMs, async () => {
    found = await seen(page, target, use);
    return found.length === 1;
  });
  const [only] = found;
  if (one && only !== undefined) return only;
  if (found.length > 1) {
    const like = await Promise.all(found.slice(0, 6).map((each) => lineOf(each)));
    throw new StepFailed(
      `${nameOf(target)} means ${found.length} things on the page: ${like.join(", ")}; name one by role, testId or css.`,
    );
  }
  throw new StepFailed(
    `The page has no ${nameOf(target)}${wanted(use)}; ${await whatIsThere(page)}`,
  );
}

const wanted = (use: Use) =>
  ({ click: " to click", fill: " to fill in", select: " to choose from", see: "" })[use];

/** Controls and headings by name, as one half of a sentence. */
export async function whatIsThere(page: Page): Promise<string> {
  const snapshot = await snapshotOf(page.locator("body"));
  if (snapshot === undefined) return "what is there instead could not be read.";
  const lines = snapshot.split("\n");
  const named = lines.flatMap((line) => /^\s*- '?([a-z]+ "[^"]{1,80}")/.exec(line)?.[1] ?? []);
  const names = [...new Set(named)].filter(
    (name) => !/^(?:listitem|cell|row|paragraph) /.test(name),
  );
  if (names.length === 0) return "nothing on it has a name.";
  const more = names.length > 12 ? ` and ${names.length - 12} more` : "";
  return `it has ${names.slice(0, 12).join(", ")}${more}.`;
}

async function lineOf(found: Locator): Promise<string> {
  const snapshot = await snapshotOf(found);
  if (snapshot === undefined) return "one that could not be read";
  const [first = ""] = snapshot.split("\n");
  return first.replace(/^- /, "").replace(/:$/, "").slice(0, 80) || "an element without a name";
}

const snapshotOf = (found: Locator): Promise<string | undefined> =>
  found.ariaSnapshot({ timeout: READ_MS }).catch(() => undefined);
