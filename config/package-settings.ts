/** Where this machine's owner has package tools fetch from, for commands that see neither the files nor the variables of it. No secrets. */
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { parse as parseToml, stringify as stringifyToml } from "smol-toml";
import type { Environment } from "./env.js";

export interface PackageSettings {
  env: Record<string, string>;
  /** Contents of settings files, "" for none: npm's (pnpm and yarn 1 read it too) and cargo's. */
  npmrc: string;
  cargo: string;
  /** Places that commands must see for it: toolchains, certificates. */
  readable: string[];
  /** Registries with a login, which commands are not given. */
  logins: string[];
}

/** Contract: never throws; what cannot be read is not there. */
export async function readPackageSettings(environment: Environment): Promise<PackageSettings> {
  const variables = environment.childVariables("tool");
  const home = environment.userHome;
  const settings = variables["XDG_CONFIG_HOME"] ?? join(home, ".config");
  const [npmrc, pips, go, cargo] = await Promise.all([
    text(variables["NPM_CONFIG_USERCONFIG"] ?? join(home, ".npmrc")),
    Promise.all(
      [
        join(home, ".pip", "pip.conf"),
        join(settings, "pip", "pip.conf"),
        variables["PIP_CONFIG_FILE"] ?? "",
      ].map(text),
    ),
    text(variables["GOENV"] ?? join(settings, "go", "env")),
    text(join(cargoHome(environment), "config.toml")),
  ]);
  const found = {
    npm: npmLines(npmrc, variables),
    env: { ...pipVariables(pips, variables), ...goVariables(go, variables) },
    cargo: cargoSources(cargo),
  };
  const logins = new Set([
    ...[...npmrc.matchAll(/^\s*\/\/([^/:\s]+)[^=]*:_(?:authToken|auth|password)\s*=/gm)].map(
      ([, host = ""]) => host,
    ),
    ...Object.values(found.env).flatMap(loginsIn),
    ...found.npm.flatMap(loginsIn),
    ...loginsIn(found.cargo),
  ]);
  const trusted = await certificates(variables);
  const rust = await rustup(variables["RUSTUP_HOME"] ?? join(home, ".rustup"));
  const env = Object.entries(found.env).map(([name, value]) => [name, withoutLogin(value)]);
  return {
    env: { ...(Object.fromEntries(env) as Record<string, string>), ...trusted.env, ...rust.env },
    npmrc: found.npm.map((line) => `${withoutLogin(line)}\n`).join(""),
    cargo: withoutLogin(found.cargo),
    readable: [...trusted.readable, ...rust.readable],
    logins: [...logins],
  };
}

export const cargoHome = (environment: Environment): string =>
  environment.childVariables("tool")["CARGO_HOME"] ?? join(environment.userHome, ".cargo");

type Variables = Readonly<Record<string, string>>;

const text = (path: string) => readFile(path, "utf8").catch(() => "");

/** Up to the last `@` before the path: passwords have some too. */
const LOGIN = /(\/\/)([^/\s"]*@)/g;
const withoutLogin = (address: string) => address.replace(LOGIN, "$1");
const loginsIn = (texts: string) =>
  [...texts.matchAll(/\/\/[^/\s"]*@([^/:\s",]+)/g)].map(([, host = ""]) => host);

/** Of `[section]` and `key = value`; a value goes on where the next line begins with a blank. */
function entriesOf(ini: string): { section: string; key: string; value: string }[] {
  const entries: { section: string; key: string; value: string }[] = [];
  let section = "";
  for (const line of ini.split(/\r?\n/)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const last = entries.at(-1);
    const [, head] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key = "", value = ""] = /^([^\s=]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (head !== undefined) section = head;
    else if (key !== "") entries.push({ section, key, value: value.trim() });
    else if (last !== undefined && /^\s/.test(line)) last.value += ` ${line.trim()}`;
  }
  return entries;
}

/** The addresses alone; a project's own .npmrc goes before them. */
function npmLines(npmrc: string, variables: Variables): string[] {
  const own = variables["NPM_CONFIG_REGISTRY"];
  const file = entriesOf(npmrc).flatMap(({ key, value }) =>
    /^(?:@[\w.-]+:)?registry$/.test(key) && !(own !== undefined && key === "registry")
      ? [`${key}=${value.replace(/^["']|["']$/g, "")}`]
      : [],
  );
  return [...(own === undefined ? [] : [`registry=${own}`]), ...file].filter((line) =>
    /=https?:\/\/[^\s$]+$/.test(line),
  );
}

/** @param files the later one goes before the earlier one. */
function pipVariables(files: readonly string[], variables: Variables): Record<string, string> {
  const said: Record<string, string> = {};
  for (const section of ["global", "install"])
    for (const entry of files.flatMap(entriesOf))
      if (entry.section === section && /^(?:extra-)?index-url$/.test(entry.key))
        said[`PIP_${entry.key.toUpperCase().replaceAll("-", "_")}`] = entry.value.trim();
  return { ...said, ...pick(variables, /^PIP_(?:EXTRA_)?INDEX_URL$/) };
}

const GO = /^GO(?:PROXY|SUMDB|NOSUMDB|NOPROXY|PRIVATE)$/;
const goVariables = (file: string, variables: Variables) => ({
  ...pick(Object.fromEntries(entriesOf(file).map(({ key, value }) => [key, value])), GO),
  ...pick(variables, GO),
});

const pick = (from: Variables, names: RegExp): Record<string, string> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.test(name)));

/** Which source stands for which, and where registries are; no folders, tokens or programs. */
function cargoSources(toml: string): string {
  let read: Record<string, unknown>;
  try {
    read = parseToml(toml);
  } catch {
    return "";
  }
  const kept = (table: unknown, keys: readonly string[]) =>
    Object.entries(isTable(table) ? table : {}).flatMap(([name, value]) => {
      const some = Object.entries(isTable(value) ? value : {}).filter(
        ([key, each]) => keys.includes(key) && typeof each === "string",
      );
      return some.length === 0 ? [] : [[name, Object.fromEntries(some)] as const];
    });
  const source = Object.fromEntries(kept(read["source"], ["registry", "replace-with"]));
  const registries = Object.fromEntries(kept(read["registries"], ["index"]));
  // What is replaced by a folder of this machine stays as it is.
  for (const each of Object.values(source) as Record<string, string>[]) {
    const by = each["replace-with"];
    if (by !== undefined && !(by in source) && !(by in registries)) delete each["replace-with"];
  }
  const some = { ...nonEmpty({ source }), ...nonEmpty({ registries }) };
  return Object.keys(some).length === 0 ? "" : stringifyToml(some);
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const nonEmpty = (named: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(named).filter(([, value]) => Object.keys(value).length > 0));

const CERTIFICATES =
  /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_HTTP_CAINFO|PIP_CERT)$/;
const CERTIFICATES_BYTES = 5_000_000;
/** Commands see these folders anyway. */
const SEEN = /^\/(?:etc|usr|opt)\//;

/** Only files of certificates, never with a key beside them; of folders only those that commands see. */
async function certificates(variables: Variables) {
  const env: Record<string, string> = {};
  const readable: string[] = [];
  for (const [name, path] of Object.entries(pick(variables, CERTIFICATES))) {
    if (!isAbsolute(path)) continue;
    if (!SEEN.test(path)) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() !== true || found.size > CERTIFICATES_BYTES) continue;
      const content = await text(path);
      if (!content.includes("BEGIN CERTIFICATE") || content.includes("PRIVATE KEY")) continue;
      readable.push(path);
    }
    env[name] = path;
  }
  return { env, readable };
}

/** Its `cargo` finds its compiler by the home only, which commands do not see; there are no secrets in it. */
async function rustup(folder: string): Promise<Pick<PackageSettings, "env" | "readable">> {
  if (!isAbsolute(folder)) return { env: {}, readable: [] };
  const found = await stat(join(folder, "toolchains")).catch(() => undefined);
  if (found?.isDirectory() !== true) return { env: {}, readable: [] };
  return { env: { RUSTUP_HOME: folder }, readable: [folder] };
}
