/** Browser windows of one viewport: pages take turns in one that is emptied after each, flows get one of their own. */
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from "playwright";
import type { Viewport } from "../domain/qa.js";
import { addressOf, isLoopback } from "./addresses.js";
import { within } from "./bounded.js";
import { confine } from "./confine.js";
import type { QaTimeouts } from "./options.js";

export interface Windows {
  /** Contract: a look that fails takes its window with it. */
  withPage<T>(fresh: boolean, look: (page: Page) => Promise<T>): Promise<T>;
  /** The shared one's session, as for asking links. */
  context(): Promise<BrowserContext>;
  close(): Promise<void>;
}

export interface WindowsOptions {
  browser: Browser;
  viewport: Viewport;
  origin: string;
  origins: readonly string[];
  confined: boolean;
  timeouts: Pick<QaTimeouts, "answerMs">;
}

interface Shared {
  context: BrowserContext;
  page: Page;
  session: CDPSession;
}

export function createWindows(options: WindowsOptions): Windows {
  let shared: Shared | undefined;
  const openContexts = new Set<BrowserContext>();

  const open = async () => {
    const context = await options.browser.newContext(contextOptions(options));
    openContexts.add(context);
    if (options.confined) await confine(context, [options.origin, ...options.origins]);
    return { context, page: await context.newPage() };
  };
  const closeContext = async (context: BrowserContext) => {
    openContexts.delete(context);
    await within(CLOSE_MS, context.close()).catch(() => undefined);
  };
  const share = async (): Promise<Shared> => {
    if (shared !== undefined) return shared;
    const { context, page } = await open();
    shared = { context, page, session: await context.newCDPSession(page) };
    return shared;
  };
  const inOwn = async <T>(look: (page: Page) => Promise<T>) => {
    const { context, page } = await open();
    try {
      return await look(page);
    } finally {
      await closeContext(context);
    }
  };
  const inShared = async <T>(look: (page: Page) => Promise<T>) => {
    const used = await share();
    let clean = false;
    try {
      const seen = await look(used.page);
      clean = await within(options.timeouts.answerMs, empty(used, options)).then(
        () => true,
        () => false,
      );
      return seen;
    } finally {
      if (!clean) {
        shared = undefined;
        await closeContext(used.context);
      }
    }
  };
  return {
    withPage: (fresh, look) => (fresh ? inOwn(look) : inShared(look)),
    context: async () => (await share()).context,
    close: async () => {
      await Promise.all([...openContexts].map(closeContext));
      shared = undefined;
    },
  };
}

const CLOSE_MS = 10_000;

/** Nothing of a visit is left for the next: cookies, what pages keep, the tab's own memory. */
async function empty(
  { context, page, session }: Shared,
  { origin, origins }: WindowsOptions,
): Promise<void> {
  const used = [...new Set([origin, ...origins, addressOf(page.url())?.origin ?? origin])];
  await page.evaluate("try { sessionStorage.clear(); name = '' } catch {}");
  await page.goto("about:blank");
  await Promise.all([
    context.clearCookies(),
    ...used
      .filter((each) => each !== "null")
      .map((each) =>
        session.send("Storage.clearDataForOrigin", { origin: each, storageTypes: "all" }),
      ),
  ]);
}

/** The same on every machine: language, zone, colours. */
function contextOptions({ browser, viewport, origin }: WindowsOptions): BrowserContextOptions {
  const { width, height, mobile = false } = viewport;
  const address = addressOf(origin);
  return {
    viewport: { width, height },
    userAgent: userAgent(browser, mobile),
    ...(mobile ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
    serviceWorkers: "block",
    acceptDownloads: false,
    locale: "en-US",
    timezoneId: "UTC",
    colorScheme: "light",
    reducedMotion: "reduce",
    // An app on this machine has no certificate that anybody has signed.
    ignoreHTTPSErrors: address !== undefined && isLoopback(address),
  };
}

/** As people's Chrome of the same version says it: pages that know a machine may show it something else. */
function userAgent(browser: Browser, mobile: boolean): string {
  const desktop =
    process.platform === "darwin" ? "Macintosh; Intel Mac OS X 10_15_7" : "X11; Linux x86_64";
  const on = mobile ? "Linux; Android 10; K" : desktop;
  const [version = "0"] = browser.version().split(".");
  return `Mozilla/5.0 (${on}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 ${mobile ? "Mobile " : ""}Safari/537.36`;
}
