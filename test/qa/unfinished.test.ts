/** Looks that end before all is seen. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESKTOP, MOBILE } from "../../domain/qa.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { seenUntil, type PlacedHit } from "../../qa/report.js";
import { runQa } from "../../qa/run.js";
import { page, serve, startBrowser, type App } from "./pages.js";

const flows = ["home", "cart"].map((name) => ({
  ...{ flow: { name, url: `/${name}` }, url: `http://localhost/${name}` },
}));
const settings = { flows, viewports: [DESKTOP, MOBILE] };
const seen = (name: string, viewport: string) => ({
  visit: { name, viewport, url: `http://localhost/${name}`, loadMs: 1, title: "" },
  hits: [],
});
const visited = [seen("home", "desktop"), seen("cart", "desktop"), seen("home", "mobile")];
const hit = (rule: string): PlacedHit => ({
  ...{ rule, what: "It is so.", page: "home", url: "http://localhost/home", viewport: "desktop" },
});
const end = { because: "The time was over", remedy: "give it more" };

describe("a look that ended too soon", () => {
  it("did not run where nothing blocks so far, keeps what it saw, and names what it did not see", () => {
    const report = seenUntil({ settings, visited, hits: [hit("slow-load")] }, end);
    expect(report).toMatchObject({
      verdict: "not-run",
      why: "The time was over: not seen were cart (mobile); give it more.",
      findings: [{ rule: "slow-load" }],
      visits: [{ name: "home" }, { name: "cart" }, { name: "home" }],
    });
  });

  it("failed where something blocks, and says of each page that was not seen that it blocks too", () => {
    const report = seenUntil({ settings, visited, hits: [hit("page-error")] }, end);
    expect(report.verdict).toBe("failed");
    expect(report.findings).toMatchObject([
      { rule: "page-error", page: "home" },
      { rule: "look-unfinished", severity: "major", page: "cart", viewport: "mobile" },
    ]);
    const whole = [...visited, seen("cart", "mobile")];
    const unasked = seenUntil({ settings, visited: whole, hits: [hit("page-error")] }, end);
    expect(unasked.findings?.[1]?.what).toContain("the links of its pages were not asked");
  });
});

describe("a look whose time is over", () => {
  let opened: OpenBrowser;
  let app: App;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "qa-unfinished-"));
    opened = await startBrowser();
    app = await serve({ "/": page("<p>Well.</p>"), "/mute": () => undefined });
  });
  afterAll(async () => {
    await app.stop();
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("leaves a whole report about what it has seen until then", async () => {
    const report = await runQa({
      url: app.url,
      flows: [
        { url: "/", name: "home" },
        { url: "/mute", name: "mute" },
      ],
      ...{ viewports: [DESKTOP], out: folder, browser: { running: opened.browser } },
      untilMs: Date.now() + 4_000,
    });
    expect(report).toMatchObject({
      verdict: "not-run",
      why: expect.stringMatching(/^The look did not end in time: not seen were .*mute \(desktop\)/),
    });
    expect(report.visits.length === 1 || report.why?.includes("home (desktop)")).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["assets", "index.html", "qa-report.json"]);
  });
});
