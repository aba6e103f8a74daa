/** A site on which everything is wrong: one thing on a page, or several that do not disturb each other. */
import { inMain, pageText, type PageText } from "./page-text.js";
import { PIXEL, type Site, type SiteAnswer } from "./answers.js";

export interface Planted {
  /** The rule that has to find it; its page is at `/<rule>`, if no other path or page is named. */
  rule: string;
  path?: string;
  /** The page on which it is planted with others. */
  on?: string;
  /** Seen there only; left out: at desktop and mobile. */
  only?: "desktop" | "mobile";
  /** Of one that is `on` a page with others: its part of that page. */
  page: string | SiteAnswer | PageText;
  /** What comes with it by nature, and is no false alarm. */
  also?: readonly string[];
  /** Part of what the hit has to say. */
  says: RegExp;
  /** Other paths that the page needs. */
  with?: Site;
}

export const wrong = (body: string, rest: Omit<PageText, "body"> = {}): string =>
  pageText({ ...rest, body: inMain("A page with a fault", body) });

const part = (body: string, rest: Omit<PageText, "body"> = {}): PageText => ({ ...rest, body });

export const PARAGRAPH =
  "<p>Everything here is as it should be, but for the one thing that is not.</p>";

/** `elsewhere`: origin of another site. */
export const plantedDefects = (elsewhere: string): Planted[] => [
  {
    rule: "http-status",
    page: { status: 500, body: wrong(PARAGRAPH) },
    says: /answers 500/,
  },
  {
    rule: "slow-load",
    page: { afterMs: 1_500, body: wrong(PARAGRAPH) },
    says: /s to load, more than 1 s/,
  },
  {
    rule: "redirect-loop",
    page: { status: 302, headers: { location: "/redirect-loop" } },
    says: /redirect/,
  },
  {
    rule: "login-needed",
    path: "/account",
    page: { status: 302, headers: { location: "/login" } },
    with: {
      "/login": pageText({
        title: "Log in",
        body: inMain(
          "Log in",
          '<form><p><label>Name <input name="name" /></label></p><p><label>Password <input type="password" name="password" /></label></p><button>Log in</button></form>',
        ),
      }),
    },
    says: /log/i,
  },
  {
    rule: "empty-page",
    page: pageText({ body: '<div id="root"></div>' }),
    says: /nothing/,
  },
  {
    rule: "error-overlay",
    page: wrong(PARAGRAPH + "<vite-error-overlay></vite-error-overlay>", {
      script:
        'document.querySelector("vite-error-overlay").attachShadow({ mode: "open" }).innerHTML = "<pre class=message-body>Failed to resolve import</pre>";',
    }),
    says: /Failed to resolve import/,
  },
  {
    rule: "error-text",
    on: "texts",
    page: part(
      "<div>TypeError: Cannot read properties of undefined (reading 'name')<br>at render (/srv/app/views/user.js:12:17)</div>",
    ),
    says: /TypeError/,
  },
  { rule: "broken-value", on: "texts", page: part("<p>Total: NaN €</p>"), says: /NaN/ },
  {
    rule: "unrendered-template",
    on: "texts",
    page: part("<p>Welcome back, {{ user.name }}</p>"),
    says: /user\.name/,
  },
  { rule: "garbled-text", on: "texts", page: part("<p>The CafÃ© is open</p>"), says: /Caf/ },
  {
    rule: "console-error",
    on: "scripts",
    page: part(PARAGRAPH, { script: 'console.error("could not read the settings")' }),
    says: /could not read the settings/,
  },
  {
    rule: "console-warning",
    on: "scripts",
    page: part(PARAGRAPH, {
      script: `console.error('Warning: Each child in a list should have a unique "key" prop.')`,
    }),
    says: /unique/,
  },
  {
    rule: "page-error",
    on: "scripts",
    page: part(PARAGRAPH, { script: "setTimeout(() => { nowhere.defined(); })" }),
    says: /nowhere/,
  },
  {
    rule: "failed-request",
    on: "scripts",
    page: part(PARAGRAPH, { head: '<script src="/missing.js"></script>' }),
    says: /missing\.js \(script\) was answered 404/,
  },
  {
    rule: "refused-request",
    on: "scripts",
    page: part(PARAGRAPH, { script: 'fetch("/api/me")' }),
    with: { "/api/me": { status: 401, type: "application/json", body: "{}" } },
    says: /api\/me \(fetch\) was answered 401/,
  },
  {
    rule: "blocked-content",
    page: {
      headers: { "content-security-policy": "script-src 'none'" },
      body: wrong(PARAGRAPH, { head: '<script src="/app.js"></script>' }),
    },
    with: { "/app.js": { type: "text/javascript", body: "" } },
    also: ["failed-request"],
    says: /refused/,
  },
  {
    rule: "foreign-content",
    on: "scripts",
    page: part(
      `<p><img src="${elsewhere}/missing.png" alt="A map" width="200" height="100" /></p>`,
    ),
    says: /missing\.png/,
  },
  {
    rule: "broken-image",
    on: "scripts",
    page: part('<p><img src="/no-such.png" alt="Our shop" width="200" height="100" /></p>'),
    says: /no-such\.png/,
  },
  {
    rule: "no-viewport-meta",
    on: "phone",
    only: "mobile",
    page: part(PARAGRAPH, { viewport: "" }),
    says: /viewport/,
  },
  {
    rule: "page-overflow",
    on: "layout",
    page: part('<div id="wide" style="width: 1500px; background: #eef">A wide box</div>'),
    says: /#wide reaches to \d+ px/,
  },
  {
    rule: "cut-text",
    on: "layout",
    page: part(
      '<div id="card" style="width: 200px; height: 34px; overflow: hidden"><p style="margin: 0">This text is much longer than the card has room for, and nobody can read the rest of it.</p></div>',
    ),
    says: /#card cuts \d+ px off the bottom/,
  },
  {
    rule: "overlapping-text",
    on: "layout",
    page: part(
      '<p id="first" style="margin: 0">The first of two paragraphs</p><p id="second" style="margin: -16px 0 0">The second of two paragraphs</p>',
    ),
    says: /#first.*#second.*overlap by/,
  },
  {
    rule: "covered-control",
    on: "layout",
    page: part(
      '<div style="position: relative"><button id="buy">Buy now</button><div id="veil" style="position: absolute; inset: 0"></div></div>',
    ),
    says: /#buy.*#veil/,
  },
  {
    rule: "off-screen",
    on: "layout",
    page: part(
      '<p><button id="save" style="position: relative; left: -220px">Save this page</button></p>',
    ),
    says: /#save.*left/,
  },
  {
    rule: "zero-size-control",
    on: "layout",
    page: part(
      '<p><button id="send" aria-label="Send" style="width: 0; height: 0; padding: 0; border: 0; overflow: hidden"></button> A button is here</p>',
    ),
    says: /#send.*0 x 0 px/,
  },
  {
    rule: "dialog-at-load",
    on: "unasked",
    page: part(PARAGRAPH, { script: 'alert("Subscribe now")' }),
    says: /Subscribe now/,
  },
  {
    rule: "download-at-load",
    on: "unasked",
    page: part('<p><a href="/report.csv" download id="report">Report</a></p>', {
      script: 'document.getElementById("report").click()',
    }),
    with: {
      "/report.csv": {
        type: "text/csv",
        headers: { "content-disposition": "attachment" },
        body: "a,b\n",
      },
    },
    says: /report\.csv/,
  },
  {
    rule: "popup-at-load",
    on: "unasked",
    page: part(PARAGRAPH, { script: 'window.open("/advert")' }),
    with: { "/advert": wrong(PARAGRAPH) },
    says: /advert/,
  },
  {
    rule: "broken-link",
    on: "links",
    page: part('<p><a href="/nowhere">Our prices</a></p>'),
    says: /\/nowhere is answered 404/,
  },
  {
    rule: "broken-external-link",
    on: "links",
    page: part(`<p><a href="${elsewhere}/gone">A friend's page</a></p>`),
    says: /\/gone is answered 404/,
  },
  {
    rule: "broken-fragment",
    on: "links",
    page: part('<p><a href="#prices">Our prices</a></p>'),
    says: /#prices/,
  },
  {
    rule: "axe/document-title",
    on: "access",
    page: part(PARAGRAPH, { title: "" }),
    says: /title/,
  },
  { rule: "axe/html-has-lang", on: "access", page: part(PARAGRAPH, { lang: "" }), says: /lang/ },
  {
    rule: "axe/color-contrast",
    on: "access",
    page: part('<p style="color: #bbb">Pale words on white paper</p>'),
    says: /contrast/,
  },
  { rule: "axe/label", on: "access", page: part('<p><input type="text" /></p>'), says: /label/ },
  {
    rule: "axe/image-alt",
    on: "access",
    page: part('<p><img src="/pixel.gif" width="50" height="50" /></p>'),
    with: { "/pixel.gif": { type: "image/gif", body: PIXEL } },
    says: /alt/,
  },
  {
    rule: "axe/button-name",
    on: "access",
    page: part('<p><button style="width: 40px; height: 40px"></button></p>'),
    says: /text/,
  },
  {
    rule: "axe/link-name",
    on: "access",
    page: part('<p><a href="/" style="display: block; width: 40px; height: 40px"></a></p>'),
    says: /text/,
  },
  {
    rule: "axe/target-size",
    on: "phone",
    only: "mobile",
    page: part(
      '<div style="font-size: 10px; line-height: 1"><button style="padding: 0; border: 0; width: 14px; height: 14px">1</button><button style="padding: 0; border: 0; width: 40px; height: 40px">2</button></div>',
    ),
    says: /size/,
  },
  {
    rule: "axe/list",
    on: "access",
    page: part("<ul><div>Not an item</div></ul>"),
    says: /li/,
  },
];
