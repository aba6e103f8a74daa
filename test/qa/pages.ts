/** An app on loopback whose pages a test makes up, and the browser of this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { openBrowser, type OpenBrowser } from "../../qa/open-browser.js";
import { findBrowser } from "../../qa/browser.js";

export type Answer = string | ((request: IncomingMessage, response: ServerResponse) => void);

export interface App {
  url: string;
  /** Paths asked for, in order. */
  asked: string[];
  stop: () => Promise<void>;
}

/** A page without faults; `body` goes into its main part, `head` into its head. */
export const page = (body: string, head = "", title = "A page"): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${head}</head><body><main><h1>${title}</h1>${body}</main></body></html>`;

/** Answers by path (query left out); others are 404. A text is a page. */
export async function serve(answers: Record<string, Answer>): Promise<App> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    asked.push(path);
    const answer = answers[path];
    if (answer === undefined) {
      response.writeHead(404, { "content-type": "text/html" }).end(page("Nothing here."));
    } else if (typeof answer === "string") {
      response.writeHead(200, { "content-type": "text/html" }).end(answer);
    } else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    stop: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

/** Flags that let Chromium run as root and in containers. */
export const BROWSER_ARGS = ["--no-sandbox"];

/** Where the browser of this machine is. @throws what to install, where there is none. */
export async function browserPath(): Promise<string> {
  const found = await findBrowser({ path: process.env["PATH"] ?? "", home: homedir() });
  if ("why" in found) throw new Error(found.why);
  return found.path;
}

/** @throws in one sentence where there is no browser, or it does not start. */
export async function startBrowser(): Promise<OpenBrowser> {
  const opened = await openBrowser(await browserPath(), BROWSER_ARGS, 60_000);
  if ("why" in opened) throw new Error(opened.why);
  return opened;
}
