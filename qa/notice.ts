/** Hears what a page's browser reports while a visit lasts. */
import type { ConsoleMessage, Dialog, Download, Page, Request, Response } from "playwright";
import { cleanLine } from "../domain/clean-text.js";
import type { Noticed } from "./loaded-page.js";

export interface Notes {
  noticed: Noticed;
  /** Requests that are open, streams and beacons left out. */
  open: ReadonlySet<Request>;
  /** Status of the page's last own answer. */
  status: () => number | undefined;
  /** How often the page asked for another document, answers that redirect left out. */
  moves: () => number;
  /** From now on the page goes elsewhere because it is used. */
  act: () => void;
  crashed: () => boolean;
  /** Hears no more. */
  stop: () => void;
}

/** Each list ends here: a page can report without end. */
const MOST = 200;
const text = (from: string) => cleanLine(from, 500);
function keep<T>(list: T[], one: T): void {
  if (list.length < MOST) list.push(one);
}

/** What never ends on purpose, and what nobody waits for. */
const ENDLESS = new Set(["eventsource", "websocket", "media", "ping", "texttrack"]);

/** Dialogs are dismissed, downloads cancelled (by the context), new windows closed; all are recorded. */
export function notice(page: Page): Notes {
  const noticed: Noticed = {
    consoleErrors: [],
    pageErrors: [],
    failedRequests: [],
    redirects: [],
    dialogs: [],
    downloads: [],
    popups: [],
  };
  const open = new Set<Request>();
  let status: number | undefined;
  let moves = 0;
  let crashed = false;
  let acting = false;

  const isPageItself = (request: Request) =>
    request.isNavigationRequest() && isMainFrame(request, page);
  const ended = (request: Request) => open.delete(request);
  const heard = {
    console: (message: ConsoleMessage) => {
      if (message.type() !== "error") return;
      const { url, lineNumber } = message.location();
      const where = url === "" ? {} : { where: text(`${url}:${lineNumber + 1}`) };
      keep(noticed.consoleErrors, { text: text(message.text()), ...where });
    },
    pageerror: (error: Error) => {
      keep(noticed.pageErrors, text(error.message === "" ? String(error) : error.message));
    },
    request: (request: Request) => {
      if (!ENDLESS.has(request.resourceType())) open.add(request);
      const from = request.redirectedFrom();
      if (from !== null) open.delete(from);
      if (!isPageItself(request)) return;
      if (from === null) moves++;
      if (!acting && (from !== null || moves > 1)) keep(noticed.redirects, text(request.url()));
    },
    requestfinished: ended,
    requestfailed: (request: Request) => {
      ended(request);
      const why = request.failure()?.errorText ?? "";
      // Given up by the page itself, as by leaving it.
      if (why.includes("ERR_ABORTED") || isPageItself(request)) return;
      keep(noticed.failedRequests, { ...requestOf(request), why: reasonOf(why) });
    },
    response: (response: Response) => {
      const request = response.request();
      if (isPageItself(request)) status = response.status();
      else if (response.status() >= 400)
        keep(noticed.failedRequests, { ...requestOf(request), status: response.status() });
    },
    dialog: (dialog: Dialog) => {
      keep(noticed.dialogs, { kind: dialog.type(), text: text(dialog.message()) });
      dialog.dismiss().catch(() => undefined);
    },
    download: (download: Download) => {
      keep(noticed.downloads, text(`${download.suggestedFilename()} (${download.url()})`));
    },
    popup: (popup: Page) => {
      keep(noticed.popups, text(popup.url()));
      popup.close().catch(() => undefined);
    },
    crash: () => {
      crashed = true;
    },
  };
  const emitter = page as unknown as NodeJS.EventEmitter;
  for (const [name, hear] of Object.entries(heard)) emitter.on(name, hear);
  return {
    noticed,
    open,
    status: () => status,
    moves: () => moves,
    crashed: () => crashed,
    act: () => {
      acting = true;
    },
    stop: () => {
      for (const [name, hear] of Object.entries(heard)) emitter.off(name, hear);
      // Without a listener Playwright dismisses dialogs itself.
    },
  };
}

function isMainFrame(request: Request, page: Page): boolean {
  try {
    return request.frame() === page.mainFrame();
  } catch {
    // A navigation whose frame is not there yet: a new page's own.
    return true;
  }
}

const requestOf = (request: Request) => ({
  url: text(request.url()),
  method: request.method(),
  kind: request.resourceType(),
});

const reasonOf = (why: string) =>
  why.includes("BLOCKED_BY_CLIENT") ? "refused: not an origin of the app" : text(why);
