/** A check of method `browser`: one flow of the plan, looked at in the app of a checkout. */
import { mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blocks } from "../domain/findings.js";
import type { Plan } from "../domain/plan.js";
import { DESKTOP, MOBILE, type PlanApp, type QaFlow } from "../domain/qa.js";
import { describeQa } from "../domain/qa-words.js";
import type { CheckPlace, CheckRun } from "./check-run.js";
import type { BrowserPort } from "./ports.js";
import { removeFolder } from "./remove-folder.js";

/** Starting an app may build it first. */
const COMMANDS_LONG = 3;

/** What of a plan browser checks need; left out of a `CheckPlace`, they are not run. */
export interface CheckLook {
  browser: BrowserPort;
  app: PlanApp | undefined;
  flows: QaFlow[];
}

export const checkLook = (
  browser: BrowserPort | undefined,
  { app, flows = [] }: Pick<Plan, "app" | "flows">,
): { look?: CheckLook } => (browser === undefined ? {} : { look: { browser, app, flows } });

/** Passed when no finding of the flow blocks, at desktop and mobile width. @throws the signal's reason when it is aborted meanwhile. */
export async function runFlow(name: string, place: CheckPlace): Promise<CheckRun> {
  const { look, dir, home, groupFile, confine, commandMs, signal } = place;
  const how = `look at ${JSON.stringify(name)} in a browser`;
  const notRun = (why: string): CheckRun => ({
    passed: false,
    ms: 0,
    how: `${how}\nnot run: ${why}`,
    output: "",
    notRun: why,
  });
  if (look === undefined) return notRun("browser checks cannot be run here.");
  const { browser, app } = look;
  const flow = look.flows.find((each) => each.name === name);
  if (app === undefined)
    return notRun("the plan does not say how its app is started: add app: {run: ...}.");
  if (flow === undefined)
    return notRun(`the plan has no flow ${JSON.stringify(name)}: add it under flows.`);
  await mkdir(dirname(groupFile), { recursive: true });
  const out = await mkdtemp(join(dirname(groupFile), "look-"));
  try {
    const report = await browser.look({
      ...{ app, dir, home, groupFile, confine, out, signal },
      flows: [flow],
      viewports: [DESKTOP, MOBILE],
      crawl: 0,
      external: false,
      timeoutMs: COMMANDS_LONG * commandMs,
    });
    if (report.verdict === "not-run")
      return { ...notRun(report.why ?? "nobody knows why."), ms: report.ms };
    const blocking = report.findings.filter(blocks).length;
    return {
      passed: blocking === 0 && report.verdict === "passed",
      ms: report.ms,
      how: `${how}\n${blocking} blocking finding${blocking === 1 ? "" : "s"} in ${Math.round(report.ms)} ms`,
      output: describeQa(report),
    };
  } finally {
    await removeFolder(out);
  }
}
