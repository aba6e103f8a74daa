/** Which forge an address belongs to, and where its interface and its repositories are. */
import type { ForgeKind } from "./mission.js";
import { hostName, type RemoteAddress } from "./remote-address.js";

export type ServerKind = Exclude<ForgeKind, "local">;

/** What settings.yaml says of a host. */
export interface ForgeSetting {
  kind: ServerKind;
  /** With its version, as `https://git.example.com/api/v1`. */
  api_url?: string | undefined;
  /** What stands before owner and repository, as `https://git.example.com`. */
  git_url?: string | undefined;
}

/** Kept in the mission's record; holds no token. */
export interface ForgePlace {
  kind: ServerKind;
  /** As settings and kept tokens name it: `git.example.com`, or with the port of an address by https. */
  host: string;
  /** Names of groups, owner and repository, joined by `/`. */
  project: string;
  apiUrl: string;
  /** Address by which commits are pushed: always http or https, because a worker in the background has no ssh agent. */
  gitUrl: string;
  /** Branch that the mission began from: where its own pull request goes. */
  target?: string;
  /** Where that branch stood then. */
  startCommit?: string;
}

const KNOWN_HOSTS: Record<string, ServerKind> = {
  "github.com": "github",
  "gitlab.com": "gitlab",
  "gitea.com": "gitea",
  "codeberg.org": "gitea",
};
const API_PATHS: Record<ServerKind, string> = {
  github: "/api/v3",
  gitlab: "/api/v4",
  gitea: "/api/v1",
};

/** @returns undefined where neither host nor settings nor a kept token tells. */
export const kindOfHost = (
  host: string,
  setting: ForgeSetting | undefined,
  kept: ServerKind | undefined,
): ServerKind | undefined =>
  setting?.kind ?? KNOWN_HOSTS[host] ?? (host.endsWith(".ghe.com") ? "github" : undefined) ?? kept;

/** @returns why the repository cannot be one of that kind of forge, as a sentence, where it cannot. */
export function forgePlace(
  remote: RemoteAddress,
  kind: ServerKind,
  setting?: ForgeSetting,
): ForgePlace | { impossible: string } {
  const host = hostName(remote);
  const origin = originOf(remote, host, setting);
  if (origin === undefined)
    return { impossible: `${host} is reached without encryption, which would show the token.` };
  const names = kind === "gitlab" ? remote.path : remote.path.slice(-2);
  const before = remote.path.slice(0, remote.path.length - names.length);
  if (kind === "github" && before.length > 0)
    return { impossible: `${remote.path.join("/")} is not the owner and name of a repository.` };
  const project = names.join("/");
  const root = [origin, ...before].join("/");
  const gitRoot = trimmed(setting?.git_url) ?? root;
  return {
    kind,
    host,
    project,
    apiUrl: trimmed(setting?.api_url) ?? apiOf(kind, host, root),
    gitUrl: `${gitRoot}/${project}.git`,
  };
}

const trimmed = (url: string | undefined) => url?.replace(/\/+$/, "");

/** Plain http is for this machine, and for a host whose address a person wrote into the settings that way. */
function originOf(
  { scheme, host: bare }: RemoteAddress,
  host: string,
  setting: ForgeSetting | undefined,
): string | undefined {
  if (scheme !== "http") return `https://${host}`;
  const isHere = bare === "localhost" || bare === "::1" || /^127\.\d+\.\d+\.\d+$/.test(bare);
  const isWritten = setting?.api_url?.startsWith("http:") === true;
  return isHere || isWritten ? `http://${host}` : undefined;
}

function apiOf(kind: ServerKind, host: string, root: string): string {
  if (kind === "github" && host === "github.com") return "https://api.github.com";
  if (kind === "github" && host.endsWith(".ghe.com")) return `https://api.${host}`;
  return `${root}${API_PATHS[kind]}`;
}
