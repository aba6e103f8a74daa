/** A check of method `browser`: one flow of the plan, looked at in the app of a checkout. */
import { mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blocks } from "../domain/findings.js";
import { describeQa } from "../domain/qa-words.js";
import type { CheckPlace, CheckRun } from "./check-run.js";
import { lookAtPlan } from "./look-order.js";
import { removeFolder } from "./remove-folder.js";

/** Passed when no finding of the flow blocks, at desktop and mobile width. @throws the signal's reason when it is aborted meanwhile. */
export async function runFlow(name: string, place: CheckPlace): Promise<CheckRun> {
  const how = `look at ${JSON.stringify(name)} in a browser`;
  await mkdir(dirname(place.groupFile), { recursive: true });
  const out = await mkdtemp(join(dirname(place.groupFile), "look-"));
  try {
    const report = await lookAtPlan(place, { names: [name], whole: false, crawl: 0, out });
    const { verdict, ms } = report;
    if (verdict === "not-run") {
      const { why = "nobody knows why." } = report;
      return { passed: false, ms, how: `${how}\nnot run: ${why}`, output: "", notRun: why };
    }
    const blocking = report.findings.filter(blocks).length;
    return {
      passed: blocking === 0 && verdict === "passed",
      ms,
      how: `${how}\n${blocking} blocking finding${blocking === 1 ? "" : "s"} in ${Math.round(ms)} ms`,
      output: describeQa(report),
    };
  } finally {
    await removeFolder(out);
  }
}
