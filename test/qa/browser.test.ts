import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DESKTOP, type QaReport } from "../../domain/qa.js";
import { findBrowser } from "../../qa/browser.js";
import type { QaOptions } from "../../qa/options.js";
import { runQa } from "../../qa/run.js";
import { BROWSER_ARGS, browserPath, page, serve, type App } from "./pages.js";

let folder: string;
let app: App;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qa-browser-"));
  app = await serve({ "/": page("<p>Hello</p>"), "/mute": () => undefined });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

async function program(path: string, text = "#!/bin/sh\nexit 1\n"): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

const look = (browser: QaOptions["browser"], more: Partial<QaOptions> = {}): Promise<QaReport> =>
  runQa({
    url: app.url,
    flows: [],
    viewports: [DESKTOP],
    out: join(folder, "report"),
    browser,
    ...more,
  });

describe("finding a browser", () => {
  it("takes the system's before Playwright's, and Playwright's before the one from npm", async () => {
    const system = await program("system/google-chrome");
    const old = await program("home/.cache/ms-playwright/chromium-1100/chrome-linux/chrome");
    const recent = await program(
      "home/.cache/ms-playwright/chromium_headless_shell-1200/linux/headless_shell",
    );
    const npm = await program("npm/chromium");
    const places = {
      path: join(folder, "system"),
      home: join(folder, "home"),
      platform: "linux" as const,
      fetched: { folder: join(folder, "npm"), fetch: false },
    };
    expect(await findBrowser(places)).toEqual({ path: system, from: "system" });
    expect(await findBrowser({ ...places, path: "" })).toEqual({
      path: recent,
      from: "playwright",
    });
    await rm(recent);
    expect(await findBrowser({ ...places, path: "" })).toEqual({ path: old, from: "playwright" });
    expect(await findBrowser({ ...places, path: "", home: join(folder, "none") })).toEqual({
      path: npm,
      from: "npm",
    });
  });

  it("looks among the applications of macOS", async () => {
    const chrome = await program("mac/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    const found = await findBrowser({ path: "", home: join(folder, "mac"), platform: "darwin" });
    expect(found).toEqual({ path: chrome, from: "system" });
  });

  it("names the one command that mends it where there is none", async () => {
    await program("debian/apt-get");
    const none = { home: folder, platform: "linux" as const };
    expect(await findBrowser({ ...none, path: join(folder, "debian") })).toEqual({
      why: "There is no Chromium or Chrome on this machine; run `sudo apt-get install chromium`.",
    });
    expect(await findBrowser({ ...none, path: "" })).toEqual({
      why: expect.stringContaining("`npx playwright install chromium`"),
    });
  });
});

describe("a look that cannot be taken", () => {
  const onDisk = async () =>
    JSON.parse(await readFile(join(folder, "report", "qa-report.json"), "utf8")) as QaReport;

  it("is a report of not-run without a browser", async () => {
    const report = await look({ why: "There is no browser; run `x`." });
    expect(report).toMatchObject({ verdict: "not-run", why: "There is no browser; run `x`." });
    expect(await onDisk()).toEqual(report);
  });

  it("says in the browser's own words why it does not start", async () => {
    const path = await program(
      "broken",
      "#!/bin/sh\necho 'libnss3.so: cannot open' >&2\nexit 127\n",
    );
    const report = await look({ path });
    expect(report.verdict).toBe("not-run");
    expect(report.why).toBe(`${path} does not start: libnss3.so: cannot open`);
    const gone = await look({ path: join(folder, "gone") });
    expect(gone.why).toMatch(/gone does not start: .*(ENOENT|doesn't exist)/);
  });

  it.each<[string, Partial<QaOptions>, RegExp]>([
    ["an address that is none", { url: "localhost:3000" }, /no address of a page/],
    ["a page of another site", { flows: [{ url: "http://x.test/", name: "x" }] }, /no page of/],
    [
      "a mistyped rule",
      { flows: [{ url: "/", name: "x", ignore: [{ rule: "http-statu", because: "b" }] }] },
      /did you mean http-status\?/,
    ],
    [
      "two flows of one name",
      { flows: ["/", "/b"].map((url) => ({ url, name: "x" })) },
      /Two flows are named "x"/,
    ],
    ["an origin that is none", { origins: ["maps"] }, /maps is no origin/],
  ])("refuses %s before it starts a browser", async (_, options, why) => {
    const report = await look({ path: join(folder, "gone") }, options);
    expect(report).toMatchObject({ verdict: "not-run", why: expect.stringMatching(why) });
  });
});

describe("a look with a browser of its own", () => {
  let path: string;
  beforeAll(async () => {
    path = await browserPath();
  });
  const marked = () => `--user-agent=qa-${Math.random().toString(36).slice(2)}`;

  it("leaves no process, also when nothing answers", async () => {
    const mark = marked();
    const args = [...BROWSER_ARGS, mark];
    const seen = await look({ path, args });
    expect(seen).toMatchObject({ verdict: "passed", browser: { path } });
    const stopped = await serve({});
    await stopped.stop();
    const refused = await look({ path, args }, { url: stopped.url });
    expect(refused).toMatchObject({ verdict: "not-run", visits: [] });
    expect(refused.why).toMatch(/^Nothing answers at http.* Start the app/);
    expect(await processesWith(mark)).toEqual([]);
  });

  it("ends at once when it is aborted, with its browser", async () => {
    const mark = marked();
    const stop = new AbortController();
    const wanted = new Error("stopped by a test");
    const flows = ["/", "/mute"].map((url) => ({ url, name: url }));
    const looked = look(
      { path, args: [...BROWSER_ARGS, mark] },
      {
        flows,
        signal: stop.signal,
        onVisit: () => {
          stop.abort(wanted);
        },
      },
    );
    await expect(looked).rejects.toBe(wanted);
    expect(await processesWith(mark)).toEqual([]);
    await expect(look({ path }, { signal: AbortSignal.abort(wanted) })).rejects.toBe(wanted);
  });

  it("refuses other origins when it is confined, by request, redirect and web socket", async () => {
    const other = await serve({ "/x.js": "", "/page": page("other"), "/mine.js": "" });
    const mine = await serve({ "/mine.js": "" });
    const confined = await serve({
      "/": page(
        `<script src="${other.url}x.js"></script><script src="${mine.url}mine.js"></script><script>new WebSocket("${other.url.replace("http", "ws")}socket")</script>`,
      ),
      "/away": (_, response) =>
        response.writeHead(302, { location: "http://elsewhere.test/" }).end(),
    });
    const report = await look(
      { path, args: BROWSER_ARGS },
      {
        url: confined.url,
        flows: ["/", "/away"].map((url) => ({ url, name: url })),
        confined: true,
        origins: [mine.url],
        crawl: 0,
      },
    );
    await Promise.all([other.stop(), mine.stop(), confined.stop()]);
    expect(other.asked).toEqual([]);
    expect(mine.asked).toEqual(["/mine.js"]);
    const said = report.findings
      .filter(({ page }) => page === "/")
      .map(({ what }) => what)
      .join();
    expect(said).toContain("refused: not an origin of the app");
    const away = report.findings.filter(({ page }) => page === "/away");
    expect(away.map(({ rule }) => rule)).toEqual(["page-not-loaded"]);
  });
});

/** Processes of this machine whose command line has the word. */
async function processesWith(word: string): Promise<string[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(word));
}
