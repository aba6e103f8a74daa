/** `missions qa`: looks at a running app in a real browser and says what is wrong. Needs no server and no mission. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { SEVERITIES, type Severity } from "../../domain/findings.js";
import type { QaReport } from "../../domain/qa.js";
import { readFlowsFile } from "../../store/flows-file.js";
import { findBrowser } from "../../qa/browser.js";
import type { BrowserChoice } from "../../qa/options.js";
import { runQa } from "../../qa/run.js";
import type { Context } from "../context.js";
import { folderOf, readCrawl, readFailOn, readViewports } from "../qa/options.js";
import type { QaCommandOptions } from "../qa/options.js";
import { fetchedBrowser } from "../start/browser-state.js";
import { reportLines, visitLine } from "../qa/report-lines.js";

const DEFAULT_FOLDER = "qa-report";

/** Documented for itself: scripts ask whether it passed. */
const QA_EXIT = { passed: EXIT.ok, failed: EXIT.unexpected, "not-run": EXIT.badInput } as const;

export async function runQaCommand(
  context: Context,
  typed: string[],
  options: QaCommandOptions,
): Promise<ExitCode> {
  const { environment, output } = context;
  const url = oneAddress(typed);
  const failOn = readFailOn(options.failOn);
  const viewports = readViewports(options.viewport);
  const crawl = readCrawl(options.crawl);
  const flows =
    options.flows === undefined ? [] : await readFlowsFile(folderOf(environment, options.flows));
  const out = await reportFolder(context, options.out);
  const browser = await chooseBrowser(context, options);

  const earlier = { kept: false };
  const report = await untilInterrupted((signal) =>
    runQa({
      ...{ url, flows, viewports, out, browser, crawl, signal },
      external: options.external,
      origins: options.origin,
      onKept: () => {
        earlier.kept = true;
      },
      baseline: options.baseline && folderOf(environment, options.baseline),
      onVisit: output.live
        ? (visit, done, of) => {
            output.note(visitLine(visit, done, of));
          }
        : undefined,
    }),
  );
  // Ours, and unseen by git: pictures of a look belong into no commit.
  if (options.out === undefined) await writeFile(join(out, ".gitignore"), "*\n");
  const verdict = verdictOf(report, failOn);
  const passed = verdict === "passed";
  const { kept } = earlier;
  output.answer(
    { ...report, passed, folder: out, ...(kept ? { keptEarlier: true } : {}) },
    reportLines(report, { folder: out, passed, style: output.style, kept }),
  );
  return QA_EXIT[verdict];
}

function oneAddress(typed: string[]): string {
  const [url, ...more] = typed;
  if (url !== undefined && more.length === 0) return url;
  throw new Problem(
    EXIT.badInput,
    url === undefined ? "There is no address to look at." : "There is more than one address.",
    "Name the app, as http://localhost:3000, and its pages in a file: --flows flows.yaml",
  );
}

/** Of the severity that was asked for and worse. */
function verdictOf({ verdict, findings }: QaReport, failOn: Severity): QaReport["verdict"] {
  if (verdict === "not-run") return verdict;
  const counting = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(({ severity }) => counting.includes(severity)) ? "failed" : "passed";
}

/** Nothing is made yet: a look that is stopped leaves nothing. @throws Problem where a report there would hide something else. */
async function reportFolder({ environment }: Context, typed: string | undefined): Promise<string> {
  const folder = folderOf(environment, typed ?? DEFAULT_FOLDER);
  const names = new Set(await readdir(folder).catch(() => []));
  if (names.has("index.html") && !names.has("qa-report.json"))
    throw new Problem(
      EXIT.badInput,
      `The folder ${folder} has an index.html that is no report of a look.`,
      "Name a folder for the report alone: --out FOLDER",
    );
  return folder;
}

async function chooseBrowser(
  { environment, output, paths }: Context,
  { browser, getBrowser = false }: QaCommandOptions,
): Promise<BrowserChoice> {
  if (browser !== undefined) return { path: folderOf(environment, browser) };
  if (getBrowser) output.note("Looking for a browser; without one, a Chromium is fetched by npm.");
  const found = await findBrowser({
    path: environment.path,
    home: environment.userHome,
    fetched: { folder: fetchedBrowser(paths.root), fetch: getBrowser },
  });
  if ("path" in found) return { path: found.path };
  return {
    why: `${found.why} Or repeat the command with --get-browser, which takes one from npm.`,
  };
}

/** The browser ends with Ctrl-C, and with whoever stops this process. @throws Problem interrupted. */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const stop = () => {
    ended.abort(
      new Problem(EXIT.interrupted, "Stopped by you.", "Repeat the command to look again."),
    );
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work(ended.signal);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
