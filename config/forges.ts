/** Tokens of forges, and which forge an address belongs to on this host. */
import {
  forgePlace,
  kindOfHost,
  type ForgePlace,
  type ForgeSetting,
  type ServerKind,
} from "../domain/forge-place.js";
import { EXIT, Problem } from "../domain/problem.js";
import { hostName, type RemoteAddress } from "../domain/remote-address.js";
import { readForgeTokens, writeForgeTokens } from "./keys.js";
import { Secret } from "./secret.js";

export const SERVER_KINDS = ["github", "gitea", "gitlab"] as const;

const OWN_HOSTS: Partial<Record<ServerKind, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
};
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/;

/** @param typed as `git.example.com`; left out: the one that everybody means. @throws Problem badInput. */
export function forgeHost(kind: ServerKind, typed: string | undefined): string {
  const host = typed?.trim().toLowerCase() ?? OWN_HOSTS[kind];
  if (host !== undefined && HOST.test(host)) return host;
  throw new Problem(
    EXIT.badInput,
    host === undefined ? `Which ${kind}? It has no host of its own.` : "That is no name of a host.",
    `Name it: npx missions key set ${kind} --host git.example.com`,
  );
}

/** @throws Problem when the file of keys cannot be used. */
export async function readForgeToken(path: string, host: string): Promise<Secret | undefined> {
  const kept = (await readForgeTokens(path))[host];
  return kept === undefined ? undefined : new Secret(kept.token);
}

/** Hosts that have a token, with their kind; never the tokens. @throws as `readForgeToken`. */
export async function listForges(path: string): Promise<{ host: string; kind: ServerKind }[]> {
  return Object.entries(await readForgeTokens(path)).map(([host, { kind }]) => ({ host, kind }));
}

export async function keepForgeToken(
  path: string,
  host: string,
  kind: ServerKind,
  token: Secret,
): Promise<void> {
  const value = token.reveal().trim();
  if (value === "" || /\s/.test(value))
    throw new Problem(EXIT.badInput, `That is not a token for ${host}.`, "Paste the token alone.");
  await writeForgeTokens(path, (tokens) => ({ ...tokens, [host]: { kind, token: value } }));
}

/** @returns false when there was none. */
export async function removeForgeToken(path: string, host: string): Promise<boolean> {
  if ((await readForgeTokens(path))[host] === undefined) return false;
  await writeForgeTokens(path, ({ [host]: _, ...others }) => others);
  return true;
}

export interface FoundForge {
  host: string;
  /** Undefined where nothing tells what it is. */
  kind: ServerKind | undefined;
  token: Secret | undefined;
  setting: ForgeSetting | undefined;
}

/** @throws as `readForgeToken`. */
export async function findForge(
  remote: RemoteAddress,
  { keysPath, settings }: { keysPath: string; settings: Record<string, ForgeSetting> },
): Promise<FoundForge> {
  const host = hostName(remote);
  const kept = (await readForgeTokens(keysPath))[host];
  const setting = settings[host];
  const token = kept === undefined ? undefined : new Secret(kept.token);
  return { host, kind: kindOfHost(host, setting, kept?.kind), token, setting };
}

/** @throws Problem where the address cannot be one of that kind. */
export function placeOf(
  remote: RemoteAddress,
  kind: ServerKind,
  setting: ForgeSetting | undefined,
): ForgePlace {
  const place = forgePlace(remote, kind, setting);
  if (!("impossible" in place)) return place;
  throw new Problem(
    EXIT.badInput,
    place.impossible,
    "Use another address for `origin`, or start with --forge local.",
  );
}
