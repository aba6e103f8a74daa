/** Addresses of git remotes, as text that a repository holds and nobody has checked. */

export interface RemoteAddress {
  scheme: "https" | "http" | "ssh";
  /** Lower case, without brackets or port. */
  host: string;
  port?: number;
  /** Names below the host, without `.git`: owner and repository, or nested groups before them. */
  path: string[];
}

const LONGEST = 500;
const DEEPEST = 20;
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.+-]*$/;
const URL_FORM =
  /^(https?|ssh|git\+ssh|ssh\+git):\/\/(?:[^@/]*@)?(\[[0-9a-fA-F:.]+\]|[^:/@]+)(?::(\d{0,5}))?\/(.+)$/;
const SCP_FORM = /^(?:[^@/:]+@)?(\[[0-9a-fA-F:.]+\]|[^:/@]+):(?!\/\/)\/?(.+)$/;
/** Hosts that only offer another port for the same repositories. */
const SAME_AS: Record<string, string> = {
  "ssh.github.com": "github.com",
  "www.github.com": "github.com",
  "altssh.gitlab.com": "gitlab.com",
};

/**
 * https, http and ssh, also as `git@host:owner/repository`. User names and passwords in it are left out.
 * @returns undefined for paths of this machine and for whatever is not an address of a repository on a host.
 */
export function parseRemote(text: string): RemoteAddress | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > LONGEST || /[\s\p{C}]/u.test(trimmed)) return undefined;
  const url = URL_FORM.exec(trimmed);
  if (url !== null) {
    const [, scheme = "", host = "", port, path = ""] = url;
    return address(
      scheme.startsWith("http") ? (scheme as "https" | "http") : "ssh",
      host,
      port,
      path,
    );
  }
  if (trimmed.includes("://")) return undefined;
  const scp = SCP_FORM.exec(trimmed);
  // one letter before the colon is a drive
  if (scp === null || /^[A-Za-z]:/.test(trimmed)) return undefined;
  return address("ssh", scp[1] ?? "", undefined, scp[2] ?? "");
}

function address(
  scheme: RemoteAddress["scheme"],
  typedHost: string,
  typedPort: string | undefined,
  typedPath: string,
): RemoteAddress | undefined {
  const bare = typedHost.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const isIpv6 = typedHost.startsWith("[");
  if (!isIpv6 && (!HOST.test(bare) || bare.includes(".."))) return undefined;
  const port = typedPort === undefined || typedPort === "" ? undefined : Number(typedPort);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const path = typedPath
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split("/")
    .filter((name) => name !== "");
  const isSound = path.every((name) => NAME.test(name) && name !== "." && name !== "..");
  if (!isSound || path.length < 2 || path.length > DEEPEST) return undefined;
  return {
    scheme,
    host: SAME_AS[bare] ?? bare,
    ...(port === undefined ? {} : { port }),
    path,
  };
}

/** Host with its port where one is named, as settings and kept tokens name a forge. */
export const hostName = ({ host, port, scheme }: RemoteAddress): string => {
  const shown = host.includes(":") ? `[${host}]` : host;
  return port === undefined || scheme === "ssh" ? shown : `${shown}:${port}`;
};
