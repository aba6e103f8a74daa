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
