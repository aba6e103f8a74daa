/** Names of hosts that confined commands may reach. */

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST = 253;

/** A name in lower case, without the dot at its end. @returns undefined for addresses and for what is no name. */
export function hostName(text: string): string | undefined {
  const name = text.trim().toLowerCase().replace(/\.$/, "");
  if (name === "" || name.length > LONGEST) return undefined;
  const labels = name.split(".");
  if (!labels.every((label) => LABEL.test(label))) return undefined;
  // an IPv4 address in any of its spellings (127.0.0.1, 0x7f.1, 2130706433) ends in a number
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "") ? undefined : name;
}

/** True for a name of the list, and for those below `*.example.com`. @param name as `hostName` gives it. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((entry) => {
    if (!entry.startsWith("*.")) return hostName(entry) === name;
    const domain = hostName(entry.slice(2));
    return domain !== undefined && name.endsWith(`.${domain}`);
  });
}

/** A host of one's own network; without a port: 443 and 80. */
export interface PrivateHost {
  name: string;
  port?: number;
}

/** The web's, which a name alone means. */
export const WEB_PORTS: readonly number[] = [443, 80];
/** Temporal's, where nothing else is said: who reaches them commands every mission. */
const TEMPORAL_PORTS: readonly number[] = [7233, 7234, 7235, 7236, 7239, 8233];

/** Reads `name` or `name:port`. @returns undefined for addresses, this machine's names and Temporal's ports. */
export function privateHost(text: string): PrivateHost | undefined {
  const [, host = "", digits] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const name = hostName(host);
  if (name === undefined || /(?:^|\.)localhost$/.test(name)) return undefined;
  if (digits === undefined) return { name };
  const port = Number(digits);
  const isPort = port >= 1 && port <= 65_535 && !TEMPORAL_PORTS.includes(port);
  return isPort ? { name, port } : undefined;
}

export const isOpenAt = (hosts: readonly PrivateHost[], name: string, port: number): boolean =>
  hosts.some(
    (host) =>
      host.name === name &&
      (host.port === undefined ? WEB_PORTS.includes(port) : host.port === port),
  );

export const sayPrivateHost = ({ name, port }: PrivateHost): string =>
  port === undefined ? name : `${name}:${port}`;
