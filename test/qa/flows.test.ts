import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { DESKTOP, type FlowStep, type QaReport } from "../../domain/qa.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { runQa } from "../../qa/run.js";
import { walk } from "../../qa/steps.js";
import { page, serve, startBrowser, type App } from "./pages.js";

const SHOP = page(
  `<form onsubmit="event.preventDefault(); said.textContent = 'Saved ' + title_.value + ' as ' + kind.value; list.innerHTML += '<li>' + title_.value + '</li>'">
    <label>Title <input id="title_"></label>
    <input placeholder="Search" aria-label="Find things">
    <input id="note" placeholder="A note">
    <label>Kind <select id="kind"><option value="b">Book</option><option value="f">Film</option></select></label>
    <label><input type="checkbox"> Gift</label>
    <button>Save</button>
    <button type="button" disabled>Publish</button>
    <button type="button" onclick="said.textContent = 'Saved as'">Save as</button>
    <button type="button" onclick="confirm('Sure?'); said.remove()">Clear</button>
    <button type="button" data-testid="first" onclick="said.textContent = 'first'">Delete</button>
    <button type="button">Delete</button>
    <div style="position: relative"><button type="button">Hidden under</button><div style="position: absolute; inset: 0">Cover</div></div>
    <p>Plain <b onclick="said.textContent = 'text'">words</b> here</p>
    <p id="said"></p><ul id="list"><li>Old</li></ul>
    <a href="/next">Next page</a> <a href="/late">Later</a>
  </form>`,
  "",
  "Shop",
);
const ANSWERS = {
  "/": SHOP,
  "/next": page('<p>There</p><a href="/">Back</a>', "", "Next"),
  "/late": page(
    '<script>setTimeout(() => document.querySelector("h1").insertAdjacentHTML("afterend", "<button onclick=\'this.textContent=`Done`\'>Slow button</button>"), 700)</script>',
    "",
    "Late",
  ),
};

/** Each flow, with a part of why its last step fails; nothing: it passes. */
const FLOWS: Record<string, { steps: FlowStep[]; why?: RegExp }> = {
  "fills in, chooses and saves": {
    steps: [
      { fill: "Title", with: "Emma" },
      { select: "Kind", option: "Film" },
      { click: "Save" },
      { expect: "Saved Emma as f" },
      { expect: { see: "Emma" } },
      { expect: { count: { css: "#list li" }, is: 2 } },
      { expect: { value: "Title", is: "Emma" } },
      { expect: { value: "Kind", is: "Film" } },
      { expect: { title: "Shop" } },
    ],
  },
  "finds by placeholder, label of ARIA and text": {
    steps: [
      { fill: "A note", with: "x" },
      { fill: "Find things", with: "y" },
      { expect: { value: { css: "#note" }, is: "x" } },
      { click: "words" },
      { expect: { see: { text: "text" } } },
      { click: { label: "Gift" } },
      { expect: { value: "Gift", is: "checked" } },
      { click: { testId: "first" } },
      { expect: "first" },
      { click: { role: "button", name: "Save as" } },
      { expect: "Saved as" },
    ],
  },
  "goes from page to page": {
    steps: [
      { click: "Next page" },
      { expect: { url: "/next" } },
      { expect: { gone: "Save" } },
      { press: "Tab" },
      { press: "Enter" },
      { expect: { title: "Shop" } },
      { goto: "/late" },
      { click: "Slow button" },
      { expect: "Done" },
      { press: "Enter", on: { role: "button" } },
    ],
  },
  "dismisses what a button asks": {
    steps: [{ click: "Clear" }, { expect: { gone: { css: "#said" } } }],
  },
  missing: {
    steps: [{ expect: "Plain words here" }, { click: "Sav it" }],
    why: /click "Sav it": The page has no "Sav it" to click; it has heading "Shop", textbox "Title",.*button "Save".*and \d+ more/,
  },
  ambiguous: {
    steps: [{ click: "Delete" }],
    why: /"Delete" means 2 things on the page: button "Delete", button "Delete"; name one/,
  },
  disabled: { steps: [{ click: "Publish" }], why: /click "Publish": the element is not enabled/ },
  covered: { steps: [{ click: "Hidden under" }], why: /covered by <div.*Cover/ },
  "no such option": {
    steps: [{ select: "Kind", option: "Song" }],
    why: /no option "Song"; it has "Book", "Film"/,
  },
  "no list": { steps: [{ select: { label: "Title" }, option: "x" }], why: /no list of options/ },
  "not fillable": { steps: [{ fill: "Save", with: "x" }], why: /has no "Save" to fill in/ },
  unseen: { steps: [{ expect: "Sold out" }], why: /"Sold out" is not seen; it has/ },
  "still there": { steps: [{ expect: { gone: "Save" } }], why: /"Save" is still there/ },
  "elsewhere in value": {
    steps: [{ expect: { value: "Title", is: "Emma" } }],
    why: /holds "", not "Emma"/,
  },
  "wrong count": {
    steps: [{ expect: { count: { role: "listitem" }, is: 3 } }],
    why: /listitem is there 1 times, not 3/,
  },
  "wrong title": { steps: [{ expect: { title: "Store" } }], why: /title is "Shop", not "Store"/ },
  "wrong place": { steps: [{ expect: { url: "/next" } }], why: /at http.*, not at \/next/ },
  "to another site": {
    steps: [{ goto: "https://example.com/" }],
    why: /not an address of the app/,
  },
  "no such key": { steps: [{ press: "Entr" }], why: /press Entr: Unknown key: "Entr"/ },
  "not a selector": { steps: [{ click: { css: "div[" } }], why: /click css "div\[": / },
};

let opened: OpenBrowser;
let folder: string;
let app: App;
let report: QaReport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-flows-"));
  opened = await startBrowser();
  app = await serve(ANSWERS);
});
afterAll(async () => {
  await app.stop();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a flow", () => {
  let shop: Page;
  beforeAll(async () => {
    shop = await opened.browser.newPage();
    shop.on("dialog", (dialog) => void dialog.dismiss());
  });
  afterAll(async () => {
    await shop.close();
  });

  const walkOn = async (page: Page, steps: FlowStep[], stepMs: number) => {
    await page.goto(app.url);
    const { origin } = new URL(app.url);
    return walk({ page, origin, stepMs, loadMs: 10_000 }, steps);
  };

  it.each(Object.entries(FLOWS).filter(([, { why }]) => why === undefined))(
    "%s",
    async (_, { steps }) => {
      expect(await walkOn(shop, steps, 10_000)).toBeUndefined();
    },
  );

  it("says of what fails which step it was, and why", async () => {
    // What fails waits to its end: all at once.
    const failing = Object.entries(FLOWS).filter(([, { why }]) => why !== undefined);
    const walked = await Promise.all(
      failing.map(async ([name, { steps }]) => {
        const page = await opened.browser.newPage();
        const ended = await walkOn(page, steps, 2_000);
        await page.close();
        return [name, ended];
      }),
    );
    expect(walked).toEqual(
      failing.map(([name, { steps, why = /^/ }]) => [
        name,
        { step: steps.length, why: expect.stringMatching(why) },
      ]),
    );
  });
});

describe("a look at flows", () => {
  const visitOf = (name: string) => report.visits.find((visit) => visit.name === name);

  beforeAll(async () => {
    const flow = (name: string) => ({ name, url: "/", steps: FLOWS[name]?.steps ?? [] });
    report = await runQa({
      url: app.url,
      flows: [
        flow("fills in, chooses and saves"),
        flow("dismisses what a button asks"),
        flow("missing"),
      ],
      viewports: [DESKTOP],
      out: folder,
      browser: { running: opened.browser },
      timeouts: { stepMs: 2_000 },
      crawl: 0,
    });
  });

  it("tells the step that failed and why, with the picture and a trace of it", async () => {
    const { failedStep, picture, trace } = visitOf("missing") ?? {};
    expect(failedStep).toEqual({ step: 2, why: expect.stringContaining('no "Sav it" to click') });
    expect(report.findings.filter(({ rule }) => rule === "flow-failed")).toEqual([
      expect.objectContaining({ page: "missing", severity: "major", picture }),
    ]);
    const zip = await readFile(join(folder, trace ?? "none"));
    expect(zip.subarray(0, 2).toString()).toBe("PK");
    expect(report.verdict).toBe("failed");
  });

  it("keeps no trace of a flow that passed, and sees the page where it ended", () => {
    const passed = visitOf("fills in, chooses and saves");
    expect(passed?.trace).toBeUndefined();
    expect(passed?.failedStep).toBeUndefined();
    expect(passed?.aria).toContain("Saved Emma as f");
    expect(visitOf("dismisses what a button asks")?.met?.dialogs).toEqual(["confirm: Sure?"]);
  });
});
