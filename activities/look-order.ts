/** What all looks at a plan's app have in common: which of its flows, how far, how long at most, and why one cannot be. */
import type { Plan } from "../domain/plan.js";
import { DESKTOP, MOBILE, type PlanApp, type QaFlow, type QaReport } from "../domain/qa.js";
import type { BrowserPort, LookOrder } from "./ports.js";

/** Installing and building belong to a look; each may take as long as a command. */
const COMMANDS_LONG = 3;
/** How far links are followed where a plan does not say. */
const CRAWL = 1;
/** What a plan without flows is looked at by. */
const FIRST_PAGE: QaFlow = { url: "/", name: "home" };

export const lookTimeoutMs = (commandMs: number) => COMMANDS_LONG * commandMs;

/** What of a plan looks need; left out of a `CheckPlace` where there is no browser. */
export interface CheckLook {
  browser: BrowserPort;
  app: PlanApp | undefined;
  flows: QaFlow[];
}

export const checkLook = (
  browser: BrowserPort | undefined,
  { app, flows = [] }: Pick<Plan, "app" | "flows">,
): { look?: CheckLook } => (browser === undefined ? {} : { look: { browser, app, flows } });

export interface LookPlace extends Pick<
  LookOrder,
  "dir" | "home" | "groupFile" | "confine" | "signal"
> {
  look?: CheckLook;
  commandMs: number;
}

export interface LookWish extends Pick<LookOrder, "out" | "baseline"> {
  /** Of flows of the plan. */
  names: readonly string[];
  /** All flows of the plan, or its first page where it has none. */
  whole: boolean;
  crawl?: number | undefined;
  external?: boolean | undefined;
}

/** One look at desktop and mobile width; `not-run` where it cannot be. @throws the signal's reason when it is aborted meanwhile. */
export async function lookAtPlan(
  { look, commandMs, ...place }: LookPlace,
  { names, whole, crawl = CRAWL, external = false, ...kept }: LookWish,
): Promise<QaReport> {
  if (look === undefined) return notRun("this worker has no browser: restart it with one.");
  const { browser, app, flows: all } = look;
  if (app === undefined)
    return notRun("the plan does not say how its app is started: add app: {run: ...} to it.");
  const missing = names.find((name) => !all.some((flow) => flow.name === name));
  if (missing !== undefined)
    return notRun(`the plan has no flow ${JSON.stringify(missing)}: add it under flows.`);
  const flows = whole ? all : all.filter(({ name }) => names.includes(name));
  const { dir, home, groupFile, confine, signal } = place;
  return browser.look({
    ...{ app, dir, home, groupFile, confine, signal, crawl, external, ...kept },
    flows: flows.length === 0 ? [FIRST_PAGE] : flows,
    viewports: [DESKTOP, MOBILE],
    timeoutMs: lookTimeoutMs(commandMs),
  });
}

const notRun = (why: string): QaReport => ({
  ...{ version: 1, verdict: "not-run", why, url: "", startedAt: "", ms: 0 },
  ...{ visits: [], links: { checked: 0, external: 0 }, findings: [], ignored: [] },
});
