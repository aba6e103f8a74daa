/** What of the system a confined child sees: programs and libraries, read-only; nothing of homes, nothing of the engine. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, sep } from "node:path";

/** One entry of the view; deeper paths are laid over shallower ones. */
export type Mount =
  | { at: string; kind: "read" | "write"; from: string }
  | { at: string; kind: "link"; to: string }
  | { at: string; kind: "empty" };

const SYSTEM = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix",
  "/gnu",
];
/** Of /etc, what programs need. The rest may hold keys that root can read. */
const ETC =
  "alternatives bash.bashrc ca-certificates ca-certificates.conf crypto-policies debian_version default/locale fonts gai.conf group host.conf hosts inputrc java-11-openjdk java-17-openjdk java-21-openjdk java-25-openjdk ld.so.cache ld.so.conf ld.so.conf.d locale.alias locale.conf localtime lsb-release magic magic.mime maven mime.types mke2fs.conf networks nsswitch.conf os-release passwd perl php pki/ca-trust pki/tls/cert.pem pki/tls/certs profile protocols python3 rpc services shells ssl/cert.pem ssl/certs ssl/openssl.cnf terminfo timezone vim xdg";

/** @param hidden folders that stay empty even where something seen contains them. */
export function systemView(path: string, hidden: readonly string[]): Mount[] {
  const mounts = SYSTEM.filter((at) => existsSync(at)).map((at) => linkOrRead(at));
  const seen = (place: string) => mounts.some(({ at }) => isInside(place, at));
  for (const name of ETC.split(" ")) {
    const at = join("/etc", name);
    if (existsSync(at)) mounts.push({ at, kind: "read", from: at });
  }
  for (const folder of new Set(path.split(delimiter).filter(isAbsolute)))
    for (const place of toolPlaces(folder, hidden))
      if (!seen(place)) mounts.push({ at: place, kind: "read", from: place });
  for (const at of hidden) if (seen(at) && existsSync(at)) mounts.push({ at, kind: "empty" });
  return mounts;
}

/** Where a program lies, for one that is named by its path. */
export const programView = (program: string, hidden: readonly string[]): Mount[] =>
  [dirname(program), ...packagesBehind([program], hidden)].map((at) => ({
    at,
    kind: "read",
    from: at,
  }));

/** A folder of PATH, its libraries beside it, and what its links lead to. */
function toolPlaces(folder: string, hidden: readonly string[]): string[] {
  const names = namesIn(folder);
  if (names === undefined) return [];
  const beside = ["lib", "lib64", "libexec"].map((name) => join(dirname(folder), name));
  const own = basename(folder) === "shims" ? [dirname(folder)] : [folder];
  return [
    ...own.filter((place) => !holds(place, hidden)),
    ...(basename(folder) === "bin" ? beside.filter((place) => existsSync(place)) : []),
    ...packagesBehind(
      names.map((name) => join(folder, name)),
      hidden,
    ),
  ];
}

/** The packages of links' targets: the modules' folder, the prefix of a `bin`, else the target's own folder. */
function packagesBehind(programs: readonly string[], hidden: readonly string[]): string[] {
  const found = new Set<string>();
  for (const program of programs) {
    const target = targetOf(program);
    if (target === undefined) continue;
    const modules = target.indexOf(`${sep}node_modules${sep}`);
    const folder = dirname(target);
    const place =
      modules >= 0
        ? join(target.slice(0, modules), "node_modules")
        : basename(folder) === "bin"
          ? dirname(folder)
          : folder;
    found.add(holds(place, hidden) ? target : place);
  }
  return [...found];
}

/** @returns undefined for what is no link, or leads nowhere. */
function targetOf(program: string): string | undefined {
  try {
    return lstatSync(program).isSymbolicLink() ? realpathSync(program) : undefined;
  } catch {
    return undefined;
  }
}

function linkOrRead(at: string): Mount {
  return lstatSync(at).isSymbolicLink()
    ? { at, kind: "link", to: readlinkSync(at) }
    : { at, kind: "read", from: at };
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

/** Showing `place` would show one of `hidden` whole, or what people keep beside their programs. */
const holds = (place: string, hidden: readonly string[]) =>
  [...hidden, ...hidden.map((each) => join(each, ".local")), sep].some((each) =>
    isInside(each, place),
  );

export const isInside = (place: string, folder: string) =>
  place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);
