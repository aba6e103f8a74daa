/** A site of fixture pages on a port of its own. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SiteAnswer {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Answers only after so long. */
  afterMs?: number;
}
export type Site = Record<string, SiteAnswer | string>;

export interface ServedSite {
  origin: string;
  close: () => Promise<void>;
}

/** Paths that the site has not are answered 404; a text is a page. */
export async function serveSite(siteAt: (origin: string) => Site): Promise<ServedSite> {
  let site: Site = {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const found = site[pathname] ?? { status: 404, body: "<h1>Not found</h1>" };
    send(response, typeof found === "string" ? { body: found } : found);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site = siteAt(origin);
  return {
    origin,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function send(response: ServerResponse, answer: SiteAnswer): void {
  const { status = 200, type = "text/html; charset=utf-8", headers = {}, body = "" } = answer;
  const answerNow = () => {
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(body);
  };
  if (answer.afterMs === undefined) answerNow();
  else setTimeout(answerNow, answer.afterMs);
}

/** The smallest picture that there is: one white pixel. */
export const PIXEL = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
