/** The app of a milestone in a real browser: one look for its pages and all of its checks of method `browser`. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blocks, type Finding, worstFirst } from "../domain/findings.js";
import type { Check, Plan, PlanMilestone } from "../domain/plan.js";
import type { QaFinding, QaReport } from "../domain/qa.js";
import { describeQa } from "../domain/qa-words.js";
import { findingsOf, type SeenRun } from "../domain/validation-findings.js";
import type { ValidationReport } from "../domain/validation-work.js";
import type { CheckDependencies } from "./checks.js";
import { checkLook, lookAtPlan } from "./look-order.js";
import { requireRecord } from "./mission-place.js";
import type { BrowserPort } from "./ports.js";
import { removeFolder } from "./remove-folder.js";
import { checkRun } from "./validation-checks.js";
import type { CommandPlace } from "./validation-command.js";

const MOST_FINDINGS = 100;
const MOST_PICTURES = 40;
const TEXT = /\.(?:html|json|ya?ml|txt|css|js)$/;

interface BrowserSeen {
  runs: SeenRun[];
  findings: Finding[];
  browser: NonNullable<ValidationReport["browser"]>;
}

export const needsBrowser = ({ checks, ui }: PlanMilestone): boolean =>
  ui !== undefined || checks.some(({ verify }) => verify.method === "browser");

/** @param order.out where the look leaves its report; the engine's own folder, and empty. */
async function seeInBrowser(order: {
  browser: BrowserPort | undefined;
  plan: Plan;
  milestone: PlanMilestone;
  place: CommandPlace;
  out: string;
  baseline: string;
}): Promise<BrowserSeen> {
  const { milestone } = order;
  const report = await look(order);
  const checks = milestone.checks.filter(({ verify }) => verify.method === "browser");
  const runs = checks.map((check) => flowRun(check, report));
  return {
    runs,
    findings: pageFindings(report, milestone),
    browser: {
      verdict: report.verdict,
      ...(report.why === undefined ? {} : { why: report.why }),
      pages: new Set(report.visits.map(({ url }) => url)).size,
      findings: report.findings.length,
      pictures: report.visits.flatMap(({ name, viewport, picture }) =>
        picture === undefined ? [] : [{ name, viewport, path: picture }],
      ),
    },
  };
}

async function look(order: Parameters<typeof seeInBrowser>[0]): Promise<QaReport> {
  const { browser, plan, milestone, place, out, baseline } = order;
  const { ui, checks } = milestone;
  const asked = checks.flatMap(({ verify }) => (verify.method === "browser" ? [verify.flow] : []));
  await mkdir(out, { recursive: true });
  const hasBaseline = (await stat(baseline).catch(() => undefined)) !== undefined;
  return lookAtPlan(
    { ...place, ...checkLook(browser, plan) },
    {
      names: [...(ui?.flows ?? []), ...asked],
      whole: ui?.flows.length === 0,
      ...(ui === undefined ? { crawl: 0 } : { crawl: ui.crawl, external: ui.external }),
      out,
      ...(hasBaseline ? { baseline } : {}),
    },
  );
}

/** A look with its report in the mission folder; `keep` makes it what later milestones are compared with. */
export interface PagesSeen extends BrowserSeen {
  keep?: () => Promise<void>;
}

/** @param order.root of the validation. @param order.memory folder of the engine, for what passed. */
export async function seePages(
  deps: Pick<CheckDependencies, "paths" | "browser" | "scrub">,
  order: Pick<Parameters<typeof seeInBrowser>[0], "plan" | "milestone" | "place"> & {
    missionId: string;
    milestoneId: string;
    root: string;
    memory: string;
  },
): Promise<PagesSeen> {
  const { missionId, milestoneId, plan, milestone, place, root, memory } = order;
  const out = join(root, "look");
  const baseline = join(memory, "pages");
  const { browser: port, paths, scrub } = deps;
  const seen = await seeInBrowser({ browser: port, plan, milestone, place, out, baseline });
  const findings = [...seen.runs.flatMap((run) => findingsOf(run, false)), ...seen.findings];
  const { verdict } = seen.browser;
  if (verdict === "not-run") return { ...seen, findings };
  const { folder } = await requireRecord(paths, missionId);
  const browser = await keepReport(seen.browser, { out, folder, milestoneId, scrub });
  const isBaseline = verdict === "passed";
  const kept = isBaseline ? { keep: () => keepBaseline(out, baseline) } : {};
  return { runs: seen.runs, findings, browser, ...kept };
}

/** Passed when its page was visited and no finding of it blocks. */
function flowRun(check: Check, report: QaReport): SeenRun {
  const flow = check.verify.method === "browser" ? check.verify.flow : "";
  const how = `look at ${JSON.stringify(flow)} in a browser`;
  const visits = report.visits.filter(({ name }) => name === flow);
  const findings = report.findings.filter(({ page }) => page === flow);
  const blocking = findings.filter(blocks).length;
  const run = { ...checkRun(check), how, ms: visits.reduce((all, each) => all + each.loadMs, 0) };
  if (report.verdict === "not-run" || visits.length === 0)
    return { ...run, verdict: "not-run", ended: whyNot(report), output: "" };
  const isFailed = blocking > 0 || visits.some(({ failedStep }) => failedStep !== undefined);
  return {
    ...run,
    verdict: isFailed ? "failed" : "passed",
    ended: `${blocking} blocking finding${blocking === 1 ? "" : "s"} in ${visits.length} visits`,
    output: describeQa({ ...report, visits, findings }),
  };
}

const whyNot = ({ why }: QaReport) => why ?? "the browser did not get there";

/** The same rule on the same page is one finding, whatever the viewports. */
function pageFindings(report: QaReport, { ui }: PlanMilestone): Finding[] {
  if (report.verdict === "not-run") {
    // The checks say it themselves where there is nothing else to look at.
    if (ui === undefined) return [];
    const what = `The app was not looked at in a browser: ${whyNot(report)}`;
    return [{ id: "browser/not-run", severity: "major", source: "browser", what }];
  }
  const found = new Map<string, QaFinding>();
  for (const each of worstFirst(report.findings)) {
    const id = `browser/${each.rule}/${each.page}`.slice(0, 120);
    if (!found.has(id)) found.set(id, each);
  }
  return [...found]
    .slice(0, MOST_FINDINGS)
    .map(([id, { severity, what, url, page, viewport }]) => ({
      ...{ id, severity },
      source: "browser",
      what: `${page}${viewport === "" ? "" : ` (${viewport})`}: ${what}`.slice(0, 400),
      where: url.slice(0, 200),
    }));
}

/**
 * Puts a look's report into the mission folder as `assets/qa/<milestone>`, in the place of an earlier one.
 * @returns what the validation's report says of it.
 */
async function keepReport(
  seen: BrowserSeen["browser"],
  order: { out: string; folder: string; milestoneId: string; scrub: (text: string) => string },
): Promise<BrowserSeen["browser"]> {
  const { out, folder, milestoneId, scrub } = order;
  const at = `assets/qa/${milestoneId}`;
  const target = join(folder, at);
  const fresh = `${target}.new`;
  await removeFolder(fresh);
  await mkdir(dirname(target), { recursive: true });
  await cp(out, fresh, { recursive: true });
  const names = await readdir(fresh, { recursive: true });
  for (const name of names.filter((each) => TEXT.test(each))) {
    const file = join(fresh, name);
    await writeFile(file, scrub(await readFile(file, "utf8")));
  }
  await removeFolder(target);
  await rename(fresh, target);
  return {
    ...seen,
    ...(names.includes("index.html") ? { report: `${at}/index.html` } : {}),
    pictures: seen.pictures
      .slice(0, MOST_PICTURES)
      .map((picture) => ({ ...picture, path: `${at}/${picture.path}` })),
  };
}

/** What later milestones are compared with. @param folder the engine's own. */
async function keepBaseline(out: string, baseline: string): Promise<void> {
  await mkdir(dirname(baseline), { recursive: true });
  await rm(baseline, { recursive: true, force: true });
  await rename(out, baseline);
}
