import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DESKTOP, MOBILE, type QaReport } from "../../domain/qa.js";
import { qaReportJsonSchema, readQaReport } from "../../domain/schemas/qa-report.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { judge } from "../../qa/report.js";
import { runQa } from "../../qa/run.js";
import { page, serve, startBrowser, type App } from "./pages.js";

const EVIL =
  '<img src=x onerror="document.title = 1"> & "quotes" </style></pre><script>document.title = 2</script>';
const escapedTitle = EVIL.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

let opened: OpenBrowser;
let folder: string;
let app: App;
let report: QaReport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-report-"));
  opened = await startBrowser();
  app = await serve({ "/": page('<input type="text">', "", escapedTitle) });
  report = await runQa({
    url: app.url,
    flows: [
      { url: "/", name: EVIL.slice(0, 90), ignore: [{ rule: "slow-load", because: EVIL }] },
      { url: "/", name: "steps", steps: [{ click: EVIL }] },
    ],
    viewports: [DESKTOP, MOBILE],
    out: folder,
    browser: { running: opened.browser },
    timeouts: { stepMs: 300 },
  });
});
afterAll(async () => {
  await app.stop();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the report", () => {
  it("is on disk as it was returned, in the published format", async () => {
    const read: unknown = JSON.parse(await readFile(join(folder, "qa-report.json"), "utf8"));
    expect(read).toEqual(report);
    expect(readQaReport(read)).toEqual({ report });
    const valid = new Ajv2020({ formats: { "date-time": true } }).compile(qaReportJsonSchema());
    expect(valid(read)).toBe(true);
    expect(report.visits).toHaveLength(4);
    expect(report.findings.map(({ severity }) => severity)).toContain("major");
  });

  it("opens from disk with its pictures, and shows texts of pages as texts", async () => {
    const shown = await opened.browser.newPage();
    const loaded: string[] = [];
    shown.on("request", (request) => loaded.push(request.url()));
    await shown.goto(pathToFileURL(join(folder, "index.html")).href);
    for (const image of await shown.locator("img").all()) await image.scrollIntoViewIfNeeded();
    const widths = await shown
      .locator("img")
      .evaluateAll((images) =>
        images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      );
    expect(widths).toHaveLength(4);
    for (const width of widths) expect(width).toBeGreaterThanOrEqual(390);
    expect(await shown.title()).toMatch(/^failed: browser QA of http/);
    expect(await shown.getByText(EVIL.slice(0, 90)).first().isVisible()).toBe(true);
    expect(loaded.every((url) => url.startsWith("file:"))).toBe(true);
    await shown.getByText("ARIA snapshot").first().click();
    await shown.close();
  });
});

describe("reading a report of others", () => {
  const changed = (change: (copy: QaReport) => void): unknown => {
    const copy = structuredClone(report);
    change(copy);
    return copy;
  };
  it.each([
    "../secret.png",
    "/etc/passwd",
    "assets/../../x.png",
    "assets/..",
    "./x.png",
    "C:\\x.png",
    "assets//x.png",
    ".hidden",
    "http://example.com/x.png",
    "assets/x\n.png",
    "",
  ])("refuses the picture path %j", (picture) => {
    const read = readQaReport(changed((copy) => Object.assign(copy.visits[0] ?? {}, { picture })));
    expect(read).toEqual({ why: expect.stringContaining("visits.0.picture") });
  });

  it("takes what was found at addresses of any length", () => {
    const long = `${app.url}?${"x".repeat(3_000)}`;
    const hit = { rule: "broken-fragment", what: "It is gone.", where: long, viewport: "desktop" };
    const { findings } = judge([{ ...hit, page: long, url: long }], []);
    expect(readQaReport({ ...report, findings })).toHaveProperty("report");
  });

  it("refuses what is too long, of another version or nothing at all", () => {
    expect(readQaReport(changed((copy) => (copy.url = "x".repeat(3_000))))).toHaveProperty("why");
    expect(readQaReport({ ...report, version: 2 })).toHaveProperty("why");
    expect(readQaReport({ ...report, verdict: "fine" })).toHaveProperty("why");
    expect(readQaReport(null)).toHaveProperty("why");
  });
});
