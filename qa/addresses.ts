/** Addresses of an app's pages. */

/** @returns undefined for what is no address. */
export const addressOf = (text: string, base?: string): URL | undefined =>
  URL.canParse(text, base) ? new URL(text, base) : undefined;

/** Loopback names mean the same machine: a redirect from one to another is not another site. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);

/** The same origin, also by another name of this machine. */
export const isSameApp = (one: URL, other: URL): boolean =>
  one.origin === other.origin ||
  (isLoopback(one) &&
    isLoopback(other) &&
    one.protocol === other.protocol &&
    one.port === other.port);
