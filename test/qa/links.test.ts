import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { BrowserContext } from "playwright";
import { checkLinks, fragmentOf, linksOf, type LinkQuestion } from "../../qa/links.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { page, serve, startBrowser, type Answer, type App } from "./pages.js";

const links = (...to: string[]): string => page(to.map((href) => `<a href="${href}">x</a>`).join());
const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end();

let opened: OpenBrowser;
let context: BrowserContext;
let app: App;
let other: App;

beforeAll(async () => {
  opened = await startBrowser();
  context = await opened.browser.newContext();
  other = await serve({ "/there": "yes", "/busy": status(503) });
  app = await serve({
    "/": links("/one", "/one#part", "#here", "#nowhere", "/gone", "mailto:a@b.example"),
    "/one": page('<h2 id="part">Part</h2><div id="made"></div>', "", "One").replace(
      "</main>",
      '</main><script>made.innerHTML = \'<a href="/two">two</a><a href="/">home</a>\'</script>',
    ),
    "/two": links("/gone-too", "/one#no-part"),
    "/no-head": (request, response) =>
      response.writeHead(request.method === "HEAD" ? 405 : 200).end(),
    "/slow": (request, response) => {
      if (request.method === "HEAD") response.end();
    },
    "/private": status(401),
    "/busy": status(429),
    "/broken": status(500),
    "/round": (_, response) => response.writeHead(302, { location: "/round" }).end(),
    "/members": (request, response) =>
      response.writeHead(request.headers.cookie === "seat=3" ? 200 : 404).end(),
  });
});
afterAll(async () => {
  await opened.close();
  await app.stop();
  await other.stop();
});

async function ask(to: string[], rest: Partial<LinkQuestion> = {}) {
  const { origin } = new URL(app.url);
  const whole = to.map((href) => new URL(href, app.url).href);
  const pages = [{ page: "home", url: app.url, links: whole, ids: ["here"] }];
  const answer = await checkLinks({ context, origin, pages, crawl: 1, external: false, ...rest });
  const hits = answer.hits.map(({ rule, what }) => `${rule}: ${what.replaceAll(origin, "")}`);
  return { ...answer, hits };
}

describe("Links of a page", () => {
  it("are read as people see them, also those made by scripts", async () => {
    const tab = await context.newPage();
    await tab.goto(new URL("/one", app.url).href);
    const read = await linksOf(tab, "one");
    expect(read.links).toEqual([new URL("/two", app.url).href, app.url]);
    expect(read.ids).toEqual(["part", "made"]);
    await tab.close();
  });

  it("are asked once each, and those that lead to nothing are told with what they were answered", async () => {
    const before = app.asked.length;
    const { checked, hits } = await ask(["/one", "/one#part", "/gone", "/broken", "/round"]);
    expect(checked).toBe(4);
    expect(app.asked.slice(before).filter((path) => path === "/one")).toHaveLength(1);
    expect(hits).toEqual([
      "broken-link: The link to /gone is answered 404.",
      "broken-link: The link to /broken is answered 500.",
      expect.stringMatching(/^broken-link: The link to \/round is not answered: .*redirect/i),
    ]);
  });

  it("are well where what they lead to exists, also behind a login or without HEAD", async () => {
    const { hits } = await ask(["/no-head", "/private", "/busy"]);
    expect(hits).toEqual([]);
  });

  it("are not told where a flow asks for that address and names its status", async () => {
    const { hits } = await ask(["/gone"], { known: [new URL("/gone", app.url).href] });
    expect(hits).toEqual([]);
  });

  it("are asked as the visitor that saw them", async () => {
    expect((await ask(["/members"])).hits).toHaveLength(1);
    await context.addCookies([{ name: "seat", value: "3", url: app.url }]);
    expect((await ask(["/members"])).hits).toEqual([]);
    await context.clearCookies();
  });

  it("that lead to another port of this machine work only where they were written", async () => {
    const { hits } = await ask([new URL("/there", other.url).href]);
    expect(hits).toEqual([expect.stringMatching(/^broken-link: .*the machine it was written on/)]);
  });
});

describe("An app that is reached by two names of this machine", () => {
  it("has its links asked by both, also where the other is named as an origin", async () => {
    const { port, origin } = new URL(app.url);
    const whole = { origin: `http://localhost:${port}`, origins: [origin] };
    const { checked, hits } = await ask(["/gone"], whole);
    expect(checked).toBe(1);
    expect(hits).toEqual([expect.stringMatching(/^broken-link: .*\/gone is answered 404/)]);
  });
});

describe("Depth", () => {
  it("of none asks nothing, of two finds what the pages behind the links lead to", async () => {
    const late = await ask(["/slow"], { crawl: 2, answerMs: 1_000 });
    expect(late.hits).toEqual([
      "rule-not-run: The links of /slow could not be read: it did not load in time.",
    ]);
    const none = await ask(["/gone"], { crawl: 0 });
    expect([none.checked, none.hits]).toEqual([0, []]);
    const one = await ask(["/one"]);
    expect([one.checked, one.hits]).toEqual([1, []]);
    const three = await ask(["/one"], { crawl: 3 });
    expect(three.hits).toEqual([
      "broken-link: The link to /gone-too is answered 404.",
      "broken-fragment: The link to /one#no-part leads to no place in that page.",
    ]);
  });

  it("ends when it is aborted", async () => {
    const { checked } = await ask(["/one"], { crawl: 3, signal: AbortSignal.abort() });
    expect(checked).toBe(0);
  });
});

describe("Links to other sites", () => {
  const elsewhere = (path: string) => new URL(path, other.url).href;
  const origins = () => [new URL(other.url).origin];

  it("are asked only when wanted, and are broken only where the page is gone", async () => {
    const to = [elsewhere("/there"), elsewhere("/lost"), elsewhere("/busy")];
    const unasked = await ask(to, { origins: origins() });
    expect([unasked.checked, unasked.external, unasked.hits]).toEqual([0, 0, []]);
    const { external, hits } = await ask(to, { origins: origins(), external: true });
    expect(external).toBe(3);
    expect(hits).toEqual([
      `broken-external-link: The link to ${elsewhere("/lost")} is answered 404.`,
    ]);
  });
});

describe("Fragments", () => {
  it("are told where they lead to no place in a page that was looked at", async () => {
    const { hits } = await ask(["#here", "#nowhere", "/one#unknown"]);
    expect(hits).toEqual([
      "broken-fragment: The link to /#nowhere leads to no place in that page.",
    ]);
  });

  it("mean no place when they are the top, a text or a route", () => {
    const at = (hash: string) => fragmentOf(`http://a.example/${hash}`);
    expect(["", "#", "#top", "#/notes", "#!notes", "#:~:text=a", "#a=b"].map(at)).toEqual(
      Array.from({ length: 7 }),
    );
    expect(at("#a:~:text=b")).toBe("a");
    expect(at("#%C3%BC")).toBe("ü");
    expect(at("#%")).toBe("%");
  });
});
