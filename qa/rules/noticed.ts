/** What the browser reported by itself: errors, requests that failed, contents that it refused. */
import { addressOf, isSameApp } from "../addresses.js";
import type { LoadedPage, Noticed, RuleHit } from "../loaded-page.js";
import type { QaRule } from "../rules.js";
import { quoted, shown } from "./wording.js";

export const NOTICED_RULES = {
  "page-error": {
    severity: "major",
    says: "A script of the page threw an error that nobody caught.",
    unless: "It is a call to another site that got no answer: then that is reported.",
  },
  "console-error": {
    severity: "major",
    says: "The page wrote an error to the console.",
    unless: "It is about a request: then the request is reported.",
  },
  "console-warning": {
    severity: "minor",
    says: "A framework warned about the page in development, as errors in the console.",
    unless: "",
  },
  "failed-request": {
    severity: "major",
    says: "Something that the page needs did not arrive: no answer, a server error, or it does not exist.",
    unless: "The page gave the request up itself; the browser asked for an icon by itself.",
  },
  "refused-request": {
    severity: "minor",
    says: "A call of the page's scripts was refused (400, 401, 403, 409, 422 and the like).",
    unless: "",
  },
  "blocked-content": {
    severity: "major",
    says: "The browser refused a part of the page: its content policy, CORS, or http within https.",
    unless: "",
  },
  "foreign-content": {
    severity: "minor",
    says: "Something from another site did not arrive; that is no fault of the app.",
    unless: "",
  },
} as const satisfies Record<string, QaRule>;

const ABOUT_REQUESTS = /^Failed to load resource|net::ERR_/;
const REFUSED =
  /Content Security Policy|blocked by CORS policy|^Mixed Content|Permissions policy violation/i;
/** What `fetch` throws when nobody answers. */
const UNANSWERED = /^(?:TypeError: )?(?:Failed to fetch|NetworkError)/;
/** React, Vue and others write what they warn of by `console.error`. */
const WARNING = /^(?:%c)?(?:Warning: |\[Vue warn\]|\[HMR\]|Lit is in dev mode)/;

export function consoleHits({ noticed, origin }: LoadedPage): RuleHit[] {
  const { consoleErrors, pageErrors, failedRequests } = noticed;
  const missesOthers = failedRequests.some(
    ({ url, status }) => status === undefined && !isOwn(url, origin),
  );
  const thrown = pageErrors
    .filter((text) => !(missesOthers && UNANSWERED.test(text)))
    .map((text) => ({
      rule: "page-error",
      what: `A script threw ${quoted(text)} and nobody caught it.`,
    }));
  const written = consoleErrors
    .filter(({ text }) => !ABOUT_REQUESTS.test(text))
    .map(({ text, where }) => {
      const at = where === undefined ? {} : { where: shown(where) };
      if (REFUSED.test(text))
        return { rule: "blocked-content", what: `The browser refused: ${quoted(text)}.`, ...at };
      const rule = WARNING.test(text) ? "console-warning" : "console-error";
      return { rule, what: `The console says ${quoted(text)}.`, ...at };
    });
  return [...thrown, ...written];
}

type FailedRequest = Noticed["failedRequests"][number];

/** Statuses by which an API says no to a call that it understood. */
const isRefusal = ({ status = 0, kind }: FailedRequest): boolean =>
  /^(?:fetch|xhr)$/.test(kind) &&
  status >= 400 &&
  status < 500 &&
  ![404, 405, 410].includes(status);

/** Browsers ask for icons unasked; a page need not have one. */
const isIcon = (url: string): boolean => /\/(?:favicon\.ico|apple-touch-icon[^/]*\.png)$/.test(url);

export function requestHits({ noticed, origin, origins }: LoadedPage): RuleHit[] {
  const hits: RuleHit[] = [];
  const told = new Set<string>();
  for (const request of noticed.failedRequests) {
    const { url, method, status, why = "no answer", kind } = request;
    const key = `${method} ${url} ${status ?? why}`;
    const address = addressOf(url);
    if (told.has(key) || why.includes("ERR_ABORTED") || isIcon(address?.pathname ?? "")) continue;
    told.add(key);
    const outcome = status === undefined ? `failed: ${shown(why)}` : `was answered ${status}`;
    const where = shown(url);
    const what = `${method} ${where} (${kind}) ${outcome}.`;
    if (!isOwn(url, origin)) {
      const named = origins.includes(address?.origin ?? "") ? "" : " It is not among its origins.";
      hits.push({ rule: "foreign-content", what: `${what}${named}`, where });
    } else if (isRefusal(request)) hits.push({ rule: "refused-request", what, where });
    else hits.push({ rule: "failed-request", what, where });
  }
  return hits;
}

/** The app's own, by another scheme: what a script made in the page, or a web socket. */
const isOwn = (url: string, origin: string): boolean => {
  const [at, app] = [
    addressOf(url.replace(/^blob:/, "").replace(/^ws/, "http")),
    addressOf(origin),
  ];
  return at !== undefined && app !== undefined && isSameApp(at, app);
};
