import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QaFlow, QaReport } from "../../domain/qa.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { runQa } from "../../qa/run.js";
import { page, serve, startBrowser, type App } from "./pages.js";

/** What differs is found at any size, and a small page is captured and compared sooner. */
const SMALL = { name: "small", width: 320, height: 240 };
let version = 1;
let loads = 0;
const block = (id: string, text = "") =>
  `<p id="${id}" style="height: 24px; margin: 32px 0 0; font: 16px monospace">${text}</p>`;
const shows = (id: string, code: string) =>
  `${block(id)}<script>document.getElementById("${id}").textContent = ${code}</script>`;

const PAGES: Record<string, () => string> = {
  "/steady": () => page("<p>Always the same</p>"),
  "/changed": () => page(block("price", `Price: ${version === 1 ? "10.00" : "10.01"}`)),
  "/grown": () => page(`<div style="height: ${version * 300}px">Long</div>`),
  // Another text at each load, as an advertisement.
  "/advert": () => page(block("advert", `Advert ${++loads}`)),
  // The same all day long, and another tomorrow: what is on the page in the earlier report was written a year ago.
  "/dated": () =>
    page(
      shows(
        "date",
        `new Date(Date.now() - ${version === 1 ? 400 * 86_400_000 : 0}).toDateString()`,
      ),
    ),
  // Always as wide, as a clock is.
  "/ticking": () =>
    page(
      `${block("clock")}<script>setInterval(() => { document.getElementById("clock").textContent = performance.now().toFixed(3).padStart(12, "0") }, 10)</script>`,
    ),
  "/both": () => page(block("advert", `Advert ${++loads}`) + block("price", `Price: ${version}`)),
};
const steps: QaFlow["steps"] = [{ expect: "A page" }];
const FLOWS: QaFlow[] = [
  ...Object.keys(PAGES).map((path) => ({ url: path, name: path.slice(1) })),
  { url: "/ticking", name: "ticking after steps", steps },
  { url: "/changed", name: "changed after steps", steps },
];

let opened: OpenBrowser;
let folder: string;
let app: App;
let first: QaReport;
let second: QaReport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-changes-"));
  opened = await startBrowser();
  app = await serve(
    Object.fromEntries(
      Object.entries(PAGES).map(([path, make]) => [
        path,
        (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(make()),
      ]),
    ),
  );
  const look = (out: string, more: { baseline?: string; flows?: QaFlow[] } = {}) =>
    runQa({
      url: app.url,
      flows: FLOWS,
      viewports: [SMALL],
      out: join(folder, out),
      browser: { running: opened.browser },
      crawl: 0,
      ...more,
    });
  first = await look("first");
  version = 2;
  second = await look("second", { baseline: join(folder, "first") });
});
afterAll(async () => {
  await app.stop();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

const visitOf = (name: string) => second.visits.find((visit) => visit.name === name);
const changed = () =>
  second.findings.filter(({ rule }) => rule === "picture-changed").map((finding) => finding.page);

describe("pictures compared with an earlier report", () => {
  it("compares nothing where there is no earlier report", () => {
    expect(first.compared).toBeUndefined();
    expect(first.visits.every(({ changedPct }) => changedPct === undefined)).toBe(true);
  });

  it("finds a digit that has changed, as minor, with a picture of where", async () => {
    const finding = second.findings.find(({ page }) => page === "changed");
    expect(finding).toMatchObject({ rule: "picture-changed", severity: "minor" });
    expect(finding?.what).toMatch(/^0\.\d+ % of the picture differ/);
    const difference = await readFile(join(folder, "second", finding?.picture ?? "none"));
    expect(difference.subarray(1, 4).toString()).toBe("PNG");
    expect(visitOf("changed")?.changedPct).toBeGreaterThan(0);
    expect(second.verdict).toBe("passed");
  });

  it("finds a page that has grown", () => {
    expect(visitOf("grown")?.changedPct).toBeGreaterThan(20);
  });

  it.each(["steady", "advert", "dated", "ticking", "ticking after steps"])(
    "says nothing of what changes by itself: %s",
    (name) => {
      expect(changed()).not.toContain(name);
      expect(visitOf(name)?.changedPct).toBe(0);
    },
  );

  it("masks no more than what changes by itself", () => {
    expect(visitOf("steady")?.maskedPct).toBeUndefined();
    expect(visitOf("advert")?.maskedPct).toBeLessThan(10);
    expect(changed().sort()).toEqual(["both", "changed", "changed after steps", "grown"]);
  });

  it("names the report with which it compared, and says so when there is none", async () => {
    expect(second.compared).toEqual({
      startedAt: first.startedAt,
      browser: opened.browser.version(),
    });
    const third = await runQa({
      url: app.url,
      flows: [{ url: "/steady", name: "steady" }],
      viewports: [SMALL],
      out: join(folder, "third"),
      browser: { running: opened.browser },
      crawl: 0,
      baseline: join(folder, "nowhere"),
    });
    expect(third.compared).toEqual({ why: "the earlier report cannot be read" });
    expect(third.verdict).toBe("passed");
  });

  it("compares with the report that it replaces", async () => {
    version = 3;
    const out = join(folder, "second");
    const again = await runQa({
      url: app.url,
      flows: [{ url: "/both", name: "both" }],
      viewports: [SMALL],
      out,
      browser: { running: opened.browser },
      crawl: 0,
      baseline: out,
    });
    expect(again.visits[0]?.changedPct).toBeGreaterThan(0);
  });
});
