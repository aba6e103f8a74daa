/** Keeps pages to the app's own origins. */
import type { BrowserContext } from "playwright";
import { addressOf } from "./addresses.js";

/** Requests and web sockets to other origins are refused, which pages see as a failed request. */
export async function confine(context: BrowserContext, origins: readonly string[]): Promise<void> {
  const own = new Set(origins);
  const isForeign = (url: URL) => {
    if (url.protocol === "ws:" || url.protocol === "wss:")
      return !own.has(url.origin.replace(/^ws/, "http"));
    return /^https?:$/.test(url.protocol) && !own.has(url.origin);
  };
  await context.route(isForeign, (route) => route.abort("blockedbyclient"));
  await context.routeWebSocket(isForeign, (socket) => socket.close({ code: 1008 }));
}

/** Redirects are not seen by routes: names and addresses of other hosts lead nowhere at all. */
export function confiningArgs(origins: readonly string[]): string[] {
  const hosts = new Set(origins.flatMap((origin) => addressOf(origin)?.hostname ?? []));
  const rules = ["MAP * ~NOTFOUND", ...[...hosts].map((host) => `EXCLUDE ${host}`)];
  return [`--host-resolver-rules=${rules.join(" , ")}`];
}
