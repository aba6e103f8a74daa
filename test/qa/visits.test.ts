import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESKTOP, type QaFlow, type QaReport, type QaVisit } from "../../domain/qa.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import type { QaOptions } from "../../qa/options.js";
import { runQa } from "../../qa/run.js";
import { page, serve, startBrowser, type Answer, type App } from "./pages.js";

/** Ends the renderer of the page that is looked at, as running out of memory does. */
async function crash(): Promise<void> {
  const context = opened.browser.contexts()[0];
  const looked = context?.pages()[0];
  if (context === undefined || looked === undefined) return;
  const session = await context.newCDPSession(looked);
  await session.send("Page.crash").catch(() => undefined);
}

/** Never answered. */
const silent: Answer = () => undefined;
const redirect =
  (to: string): Answer =>
  (_, response) =>
    response.writeHead(302, { location: to }).end();
const script = (code: string) => `<script>${code}</script>`;
const status =
  (code: number, body = page("<p>No.</p>")): Answer =>
  (_, response) =>
    response.writeHead(code, { "content-type": "text/html" }).end(body);
const loginForm = page(
  '<form><label>Password <input type="password"></label><button>Go</button></form>',
);

const ANSWERS: Record<string, Answer> = {
  "/clean": page("<p>All is well.</p>"),
  "/moved": redirect("/clean"),
  "/round": redirect("/round-2"),
  "/round-2": redirect("/round"),
  "/restless": page(script('location.replace("/restless?" + Math.random())')),
  "/private": status(401),
  "/forbidden-on-purpose": status(403),
  "/account": redirect("/members"),
  "/members": loginForm,
  "/login": loginForm,
  "/dialogs": page(script('alert("Hello"); confirm("Really?")')),
  "/file": (_, response) =>
    response
      .writeHead(200, { "content-disposition": "attachment; filename=numbers.csv" })
      .end("1,2"),
  "/window": page(script('window.open("/clean")')),
  "/worker": page(
    `<p id="said"></p>${script(
      'navigator.serviceWorker.register("/worker.js").finally(async () => { said.textContent = (await navigator.serviceWorker.getRegistrations()).length + " registered" })',
    )}`,
  ),
  "/worker.js": (_, response) =>
    response.writeHead(200, { "content-type": "text/javascript" }).end(""),
  "/unfinished": page('<img src="/never.png" alt="Never">'),
  "/never.png": silent,
  "/mute": silent,
  "/stuck": page(script("addEventListener('load', () => setTimeout(() => { for (;;); }, 0))")),
  "/known": page(
    `<p id="said"></p>${script("said.textContent = `${navigator.userAgent} ${navigator.webdriver} ${navigator.userAgentData?.brands.map(({ brand }) => brand)}`")}`,
  ),
  "/crash": page('<script src="/crash.js"></script>'),
  "/crash.js": () => void crash(),
  "/tall": page('<div style="height: 30000px">Long</div>'),
  "/nothing": status(204, ""),
  "/cut-off": (request) => request.socket.destroy(),
  "/broken": status(500),
  "/gone-on-purpose": status(404),
  "/late": page(
    `<p id="at">…</p>${script(
      'setTimeout(async () => { at.textContent = await (await fetch("/slow-words")).text() }, 0)',
    )}`,
  ),
  "/slow-words": (_, response) =>
    setTimeout(() => response.writeHead(200, { "content-type": "text/plain" }).end("arrived"), 300),
  "/remembers": page(
    `<p id="said"></p>${script(
      'said.textContent = "seen " + [localStorage.seen, sessionStorage.seen, document.cookie, name].join(); localStorage.seen = sessionStorage.seen = name = "before"; document.cookie = "seen=before"',
    )}`,
  ),
};
const flow = (path: string, more: Partial<QaFlow> = {}): QaFlow => ({
  url: path,
  name: path.slice(1),
  ...more,
});
/** Waits for these end by their bounds alone. */
const ENDLESS = ["/unfinished", "/stuck", "/mute", "/restless"];
const FLOWS: QaFlow[] = [
  ...Object.keys(ANSWERS)
    .filter((path) => !ENDLESS.includes(path))
    .filter((path) => !/[.]|words|round-2|on-purpose|^.members/.test(path))
    .map((path) => flow(path)),
  flow("/remembers", { name: "remembers again" }),
  flow("/forbidden-on-purpose", { status: 403 }),
  flow("/gone-on-purpose", { status: 404 }),
  flow("/moved", { name: "ignoring", ignore: [{ rule: "page-error", because: "It is old." }] }),
  flow("/broken", { name: "ignored", ignore: [{ rule: "http-status", because: "It is new." }] }),
];

let opened: OpenBrowser;
let folder: string;
let app: App;
let report: QaReport;
let endless: QaReport;
const told: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-visits-"));
  opened = await startBrowser();
  app = await serve(ANSWERS);
  const look = (flows: QaFlow[], more: Partial<QaOptions>) =>
    runQa({
      url: app.url,
      flows,
      viewports: [DESKTOP],
      out: folder,
      browser: { running: opened.browser },
      crawl: 0,
      ...more,
    });
  endless = await look(
    ENDLESS.map((path) => flow(path)),
    {
      out: join(folder, "endless"),
      timeouts: { loadMs: 2_000, restMs: 500, readMs: 2_000, answerMs: 3_000 },
    },
  );
  report = await look(FLOWS, {
    onVisit: ({ name }, done, of) => told.push(`${name} ${done}/${of}`),
  });
});
afterAll(async () => {
  await app.stop();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

const visitOf = (name: string): QaVisit | undefined =>
  [report, endless].flatMap(({ visits }) => visits).find((visit) => visit.name === name);
const of = (name: string) =>
  [report, endless].flatMap(({ findings }) => findings).filter((finding) => finding.page === name);
const rules = (name: string) => of(name).map(({ rule }) => rule);
const said = (name: string) =>
  of(name)
    .map(({ what }) => what)
    .join(" ");

describe("a look at pages", () => {
  it("finds nothing wrong with a page that is well, and keeps its picture and ARIA snapshot", async () => {
    expect(of("clean")).toEqual([]);
    const visit = visitOf("clean");
    expect(visit).toMatchObject({ status: 200, title: "A page", viewport: "desktop" });
    expect(visit?.aria).toContain("All is well.");
    expect((await stat(join(folder, visit?.picture ?? "none"))).size).toBeGreaterThan(500);
  });

  it("fails when any finding blocks, tells each visit, and leaves the given browser running", () => {
    expect(report.verdict).toBe("failed");
    expect(told).toHaveLength(FLOWS.length);
    expect(told.at(-1)).toBe(`ignored ${FLOWS.length}/${FLOWS.length}`);
    expect(opened.browser.isConnected()).toBe(true);
    expect(opened.browser.contexts()).toEqual([]);
  });

  it("records redirects, and says when they never end, by answers or by script", () => {
    expect(visitOf("moved")?.met?.redirects).toEqual([`${app.url}clean`]);
    expect(of("moved")).toEqual([]);
    expect(rules("round")).toEqual(["redirect-loop"]);
    expect(said("round")).toMatch(/redirects for ever, by .*\/round-2 and .*\/round/);
    expect(rules("restless")).toEqual(["redirect-loop"]);
  });

  it("says that a login is missing, unless the page or its status is what the flow asks for", () => {
    expect(rules("private")).toEqual(["login-needed"]);
    expect(said("private")).toMatch(/answers 401.*steps of a login/);
    expect(rules("account")).toContain("login-needed");
    expect(said("account")).toContain("leads to /members");
    expect(rules("login")).not.toContain("login-needed");
    expect(rules("forbidden-on-purpose")).toEqual([]);
  });

  it("takes another status than it should for a fault, and the one that the flow names for right", () => {
    expect(rules("broken")).toEqual(["http-status"]);
    expect(rules("gone-on-purpose")).toEqual([]);
  });

  it("dismisses dialogs, closes new windows, cancels downloads, and records them", () => {
    expect(visitOf("dialogs")?.met?.dialogs).toEqual(["alert: Hello", "confirm: Really?"]);
    expect(visitOf("window")?.met?.popups).toEqual([`${app.url}clean`]);
    expect(rules("file")).toEqual(["page-not-loaded"]);
    expect(said("file")).toContain("numbers.csv");
  });

  it("lets no service worker in", () => {
    expect(visitOf("worker")?.aria).toContain("0 registered");
  });

  it("bounds pages that never finish, never answer or answer with nothing", () => {
    expect(rules("unfinished")).toContain("page-unfinished");
    expect(said("unfinished")).toContain("/never.png");
    expect(visitOf("unfinished")?.picture).toBeDefined();
    expect(said("mute")).toBe("The page did not answer within 2 s.");
    expect(rules("nothing")).toEqual(["page-not-loaded"]);
    expect(said("cut-off")).toContain("closed without an answer");
  });

  it("goes on after a page that stops answering, and after one that crashes", () => {
    expect(rules("stuck")).toEqual(["page-hangs"]);
    expect(endless.visits).toHaveLength(ENDLESS.length);
    expect(rules("crash")).toEqual(["page-crashed"]);
    expect(said("crash")).toContain("ended its renderer");
    expect(visitOf("tall")?.picture).toBeDefined();
  });

  it("cuts the picture of a page that is too long, and says so", () => {
    expect(visitOf("tall")?.cutAtPx).toBe(10_000);
  });

  it("waits for what a page fetches after it has loaded", () => {
    expect(visitOf("late")?.aria).toContain("arrived");
  });

  it("shows itself to pages as the browser that people have", () => {
    const said = visitOf("known")?.aria ?? "";
    expect(said).toMatch(/Chrome\/\d+\.0\.0\.0 Safari\/537\.36 false/);
    expect(said).not.toContain("Headless");
  });

  it("leaves nothing of a visit for the next", () => {
    expect(visitOf("remembers")?.aria).toContain("seen ,,,");
    expect(visitOf("remembers again")?.aria).toContain("seen ,,,");
  });

  it("counts what a flow ignores instead of reporting it, and shows what was ignored in vain", () => {
    expect(rules("ignored")).toEqual([]);
    expect(report.ignored).toEqual([
      { rule: "page-error", page: "ignoring", because: "It is old.", times: 0 },
      { rule: "http-status", page: "ignored", because: "It is new.", times: 1 },
    ]);
  });
});
