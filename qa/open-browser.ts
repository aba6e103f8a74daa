/** Starts a browser and ends it for certain. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright";
import { sentenceOf, textOf, within } from "./bounded.js";

export interface OpenBrowser {
  browser: Browser;
  /** Contract: leaves no process; never throws. */
  close: () => Promise<void>;
}

/** No graphics card, no calls home, no small shared memory of containers, no `navigator.webdriver`. */
const ARGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--disable-blink-features=AutomationControlled",
];

/** Its environment has nothing of ours, and its home is a folder of its own. @returns why it does not start. */
export async function openBrowser(
  path: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<OpenBrowser | { why: string }> {
  const home = await mkdtemp(join(tmpdir(), "missions-browser-"));
  const removeHome = () =>
    rm(home, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  try {
    const browser = await chromium.launch({
      executablePath: path,
      args: [...ARGS, ...args],
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, LANG: "C.UTF-8" },
      timeout: timeoutMs,
      // Whoever starts us decides what a signal does.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const pid = await processOf(browser);
    const close = async () => {
      await within(CLOSE_MS, browser.close()).catch(() => {
        if (pid !== undefined && browser.isConnected()) kill(pid);
      });
      await removeHome();
    };
    return { browser, close };
  } catch (error) {
    await removeHome();
    return { why: `${path} does not start: ${firstLine(error)}` };
  }
}

const CLOSE_MS = 10_000;

/** Playwright starts it as the head of a process group. */
function kill(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function processOf(browser: Browser): Promise<number | undefined> {
  try {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    await session.detach();
    return processInfo.find(({ type }) => type === "browser")?.id;
  } catch {
    return undefined;
  }
}

/** What the browser itself printed first; what it says about the desktop's bus is no reason. */
function firstLine(error: unknown): string {
  const text = textOf(error);
  const printed = [...text.matchAll(/\[pid=\d+\]\[err\] (.+)/g)].map(([, line]) => line ?? "");
  const line = printed.find((each) => !/dbus|unexpected operator/i.test(each)) ?? sentenceOf(error);
  return line.slice(0, 300);
}
