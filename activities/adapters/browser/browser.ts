/** Looks at apps in a real browser. App and browser are confined apart: all they share is the app's one Unix socket. */
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cleanLine } from "../../../domain/clean-text.js";
import type { QaReport } from "../../../domain/qa.js";
import { reportPage } from "../../../qa/report-page.js";
import { writeWhole } from "../../../store/files.js";
import { browserGroupFile } from "../../../store/workspace-paths.js";
import type { BrowserPort, BrowserState, CommandPort, LookOrder } from "../../ports.js";
import { HOSTS_INSIDE } from "../sandbox/ways-out.js";
import { makeSocketFolder } from "../socket-folder.js";
import { type RunningApp, startApp } from "./app.js";
import { runQaChild } from "./qa-child.js";
import type { QaOrder } from "./qa-order.js";
import { takeReport } from "./take-report.js";

export interface BrowserPortOptions {
  commands: CommandPort;
  /** PATH of the children. */
  path: string;
  /** Home of the user: never shown as a whole, even where a browser lies in it. */
  userHome: string;
  /** Looks for a browser. Contract: never throws. */
  find: () => Promise<{ path: string } | { why: string }>;
  /** What looks, by the file of its order, and the folders that it needs to see. */
  child: { argv: readonly string[]; readable: readonly string[] };
  /** Looks at a time; each is a browser of some hundred MB. */
  atOnce?: number;
}

const START_MS = 120_000;
/** For the report of a look whose time is over: at most so long, or a quarter of its time. */
const REPORT_MS = 20_000;
const AT_ONCE = 2;

export function createBrowserPort(options: BrowserPortOptions): BrowserPort {
  const turn = takeTurns(options.atOnce ?? AT_ONCE);
  let known: Promise<BrowserState> | undefined;
  const state = async () => {
    known ??= tryBrowser(options);
    let found: BrowserState | undefined;
    try {
      found = await known;
      return found;
    } finally {
      // What was missing may be installed meanwhile, and a full disk have room again.
      if (found?.works !== true) known = undefined;
    }
  };
  return {
    state,
    async look(order) {
      const startedMs = Date.now();
      const found = await state();
      order.signal.throwIfAborted();
      const report = found.works
        ? await turn(order.signal, () => lookOnce(options, found, order))
        : { why: found.why };
      order.signal.throwIfAborted();
      const whole = "visits" in report ? report : notRun(report.why, startedMs);
      // What lies there is what was read, not what a page may have made of it.
      await writeWhole(join(order.out, "qa-report.json"), `${JSON.stringify(whole, null, 2)}\n`);
      await writeWhole(join(order.out, "index.html"), reportPage(whole));
      return whole;
    },
  };
}

type NotRun = { why: string };

function notRun(why: string, startedMs: number): QaReport {
  return {
    version: 1,
    verdict: "not-run",
    why: cleanLine(why, 1_000),
    url: "",
    startedAt: new Date(startedMs).toISOString(),
    ms: Date.now() - startedMs,
    visits: [],
    links: { checked: 0, external: 0 },
    findings: [],
    ignored: [],
  };
}

/** Starts it once as it will be started, because one that is there may still not run here. */
async function tryBrowser(options: BrowserPortOptions): Promise<BrowserState> {
  const found = await options.find();
  if ("why" in found) return { works: false, why: found.why };
  const folder = await makeLookFolder();
  try {
    const order: QaOrder = { kind: "start", browser: { path: found.path } };
    const signal = new AbortController().signal;
    const ended = await runQaChild(options, {
      ...{
        order,
        folder,
        browser: found.path,
        out: join(folder, "in"),
        timeoutMs: START_MS,
        signal,
      },
      groupFile: join(folder, "browser.json"),
    });
    const version = /^version (.+)$/m.exec(ended.said)?.[1];
    if (version !== undefined) return { works: true, path: found.path, version };
    return {
      works: false,
      why: `The browser ${found.path} does not start here. ${ended.why ?? "It said no version."}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lookOnce(
  options: BrowserPortOptions,
  browser: { path: string },
  order: LookOrder,
): Promise<QaReport | NotRun> {
  const endsMs = Date.now() + order.timeoutMs;
  const untilMs = endsMs - Math.min(REPORT_MS, order.timeoutMs / 4);
  const leftMs = () => endsMs - Date.now();
  const browserGroup = browserGroupFile(order.groupFile);
  order.signal.throwIfAborted();
  for (const file of [order.groupFile, browserGroup]) {
    await mkdir(dirname(file), { recursive: true });
    await options.commands.endRecordedGroup(file);
  }
  const folder = await makeLookFolder();
  try {
    const started = await startApp(options, order, { folder, leftMs });
    if (started.kind === "not-run") return { why: started.why };
    const { app } = started;
    try {
      const ended = await runQaChild(options, {
        order: {
          kind: "look",
          options: { ...qaOptions(order, app, await wayOut(options, order, browser)), untilMs },
        },
        ...{ folder, browser: browser.path, out: order.out, signal: order.signal },
        ...(order.baseline === undefined ? {} : { baseline: order.baseline }),
        app,
        hosts: (order.app.origins ?? []).flatMap(hostOf),
        groupFile: browserGroup,
        timeoutMs: leftMs(),
      });
      order.signal.throwIfAborted();
      const report = await takeReport(order.out);
      if (report === undefined)
        return { why: ended.why ?? "The browser ended without a report: look again." };
      if (report.verdict === "passed" && !isWhole(report, order))
        return { why: "The browser's report lacks pages that it was to look at: look again." };
      return withEnd(report, app);
    } finally {
      await app.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What passes was looked at: each flow at each size. */
const isWhole = ({ visits }: QaReport, { flows, viewports }: LookOrder) => {
  const seen = new Set(visits.map(({ name, viewport }) => `${viewport}/${name}`));
  return (
    visits.length > 0 &&
    viewports.every((viewport) => flows.every(({ name }) => seen.has(`${viewport.name}/${name}`)))
  );
};

/** `in` is what an app may write of it: its socket, until that is taken out. */
async function makeLookFolder(): Promise<string> {
  const folder = makeSocketFolder();
  await Promise.all([
    mkdir(join(folder, "in")),
    mkdir(join(folder, "order")),
    mkdir(join(folder, "home")),
  ]);
  return folder;
}

/** Inside, other origins are reached by the proxy of the sandbox alone; the app itself never is. */
async function wayOut(
  { commands }: BrowserPortOptions,
  { app: { origins = [] } }: LookOrder,
  { path }: { path: string },
) {
  const isInside = (await commands.sandbox()).works;
  return { path, args: isInside && origins.length > 0 ? [`--proxy-server=${HOSTS_INSIDE}`] : [] };
}

/** `localhost`, because that is where development servers send people. */
function qaOptions(order: LookOrder, app: RunningApp, browser: { path: string; args: string[] }) {
  const { flows, viewports, crawl, external, out, baseline } = order;
  return {
    ...{ url: `http://localhost:${app.port}/`, flows, viewports, crawl, external, out, browser },
    origins: [`http://127.0.0.1:${app.port}`, ...(order.app.origins ?? [])],
    confined: true,
    ...(baseline === undefined ? {} : { baseline }),
  };
}

const hostOf = (origin: string): string[] =>
  URL.canParse(origin) ? [new URL(origin).hostname] : [];

/** An app that ends while it is looked at is a fault of its own, whatever the pages showed before. */
function withEnd(report: QaReport, app: RunningApp): QaReport {
  const exit = app.exit();
  if (exit === undefined || report.verdict === "not-run") return report;
  const how = exit.exitCode === null ? "by a signal" : `with exit ${exit.exitCode}`;
  const tail = cleanLine(app.output().slice(-200), 200);
  return {
    ...report,
    verdict: "failed",
    findings: [
      {
        rule: "app-ended",
        severity: "critical",
        page: "the app",
        url: report.url,
        viewport: "",
        what: `The app ended ${how} while it was looked at${tail === "" ? "." : `: ${tail}`}`,
      },
      ...report.findings,
    ],
  };
}

/** @returns runs so many at a time, the others in their order; who is stopped waits no longer. */
function takeTurns(atOnce: number) {
  let running = 0;
  const waiting = new Set<() => void>();
  const come = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(start);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener("abort", leave);
        waiting.delete(start);
        running += 1;
        resolve();
      };
      if (running < atOnce) {
        start();
        return;
      }
      waiting.add(start);
      signal.addEventListener("abort", leave, { once: true });
    });
  return async <T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> => {
    await come(signal);
    try {
      return await run();
    } finally {
      running -= 1;
      const [next] = waiting;
      next?.();
    }
  };
}
