/** Pages whose scripts replace what looks are made by. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESKTOP } from "../../domain/qa.js";
import { evaluateIsolated } from "../../qa/isolated-world.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { runQa } from "../../qa/run.js";
import { page, serve, startBrowser, type App } from "./pages.js";

/** Says that all is well to whoever asks in the page's own world. */
const LIAR = `<script>
  const nothing = () => [];
  const box = () => ({ left: 0, top: 0, right: 10, bottom: 10, width: 10, height: 10, x: 0, y: 0 });
  Element.prototype.getBoundingClientRect = box;
  Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = nothing;
  window.getComputedStyle = () => ({ display: "none" });
  Element.prototype.checkVisibility = () => false;
  Range.prototype.getClientRects = nothing;
  Object.defineProperty(Element.prototype, "scrollWidth", { get: () => 10 });
  document.getAnimations = () => { throw new Error("none of your business"); };
</script>`;

let opened: OpenBrowser;
let app: App;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-isolated-"));
  opened = await startBrowser();
  app = await serve({
    "/": page(
      '<p style="width: 3000px; background: #ddd">Wide.</p><p>Total: NaN</p><a href="/gone">More</a>',
      LIAR,
    ),
  });
});
afterAll(async () => {
  await app.stop();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a page that replaces functions of the DOM", () => {
  it("hides neither its layout nor its texts nor its links", async () => {
    const report = await runQa({
      ...{ url: app.url, flows: [], viewports: [DESKTOP], out: folder },
      browser: { running: opened.browser },
    });
    const rules = report.findings.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(["page-overflow", "broken-value", "broken-link"]));
    expect(rules).not.toContain("page-crashed");
  });

  it("is told what went wrong in our world, and when it went elsewhere", async () => {
    const tab = await opened.browser.newPage();
    await tab.goto(app.url);
    await expect(evaluateIsolated(tab, "missing()")).rejects.toThrow(/missing is not defined/);
    expect(await evaluateIsolated(tab, "Promise.resolve({ found: [1] })")).toEqual({ found: [1] });
    /** Resolves when the page has been asked; how that ends is in what it resolves to. */
    const asked = async () => {
      const never = evaluateIsolated(tab, "(document.title = 'asked', new Promise(() => 0))");
      const why = never.then(String, (error: unknown) => String(error));
      await tab.waitForFunction("document.title === 'asked'");
      return { why };
    };
    const moved = await asked();
    await tab.goto(`${app.url}?again`);
    expect(await moved.why).toContain("the page went elsewhere");
    const closed = await asked();
    await tab.close();
    expect(await closed.why).toMatch(/closed|elsewhere/);
  });
});
