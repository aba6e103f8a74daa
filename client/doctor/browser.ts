/** The browser that looks at apps: validation of milestones with pages, browser QA, the agents' looks. */
import type { Context } from "../context.js";
import { browserHere } from "../start/browser-state.js";
import type { DoctorFinding } from "./finding.js";

const FROM = { system: "", playwright: ", of Playwright", npm: ", from npm" } as const;

export async function findBrowserHere(
  context: Pick<Context, "environment" | "paths">,
): Promise<DoctorFinding> {
  const found = await browserHere(context);
  if ("path" in found)
    return { name: "browser", ok: true, found: `${found.path}${FROM[found.from]}` };
  return {
    name: "browser",
    ok: "warn",
    found: "none: pages are not looked at, and milestones with pages cannot pass",
    remedy: found.why,
  };
}
