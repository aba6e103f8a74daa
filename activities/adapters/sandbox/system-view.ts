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
/** Looked at once: it has a thousand files. */
let closedSettings: Mount[] | undefined;

/** @param hidden folders that stay empty even where something seen contains them. */
export function systemView(path: string, hidden: readonly string[]): Mount[] {
  const mounts = SYSTEM.filter((at) => existsSync(at)).map((at) => linkOrRead(at));
  const seen = (place: string) => mounts.some(({ at }) => isInside(place, at));
  closedSettings ??= closedIn("/etc");
  mounts.push({ at: "/etc", kind: "read", from: "/etc" }, ...closedSettings);
  for (const folder of new Set(path.split(delimiter).filter(isAbsolute)))
    for (const place of toolPlaces(folder, hidden))
      if (!seen(place)) mounts.push({ at: place, kind: "read", from: place });
  for (const at of hidden) if (seen(at) && existsSync(at)) mounts.push({ at, kind: "empty" });
  return mounts;
}

/** What not everybody on this machine may read, as passwords and keys: it is covered, because root could. */
function closedIn(folder: string): Mount[] {
  return (namesIn(folder) ?? []).flatMap((name): Mount[] => {
    const at = join(folder, name);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined || found.isSymbolicLink()) return [];
    const wants = found.isDirectory() ? 0o5 : 0o4;
    const isOpen = (found.mode & wants) === wants;
    if (found.isDirectory()) return isOpen ? closedIn(at) : [{ at, kind: "empty" }];
    return isOpen || !found.isFile() ? [] : [{ at, kind: "read", from: "/dev/null" }];
  });
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
  const links = packagesBehind(
    names.map((name) => join(folder, name)),
    hidden,
  );
  const beside = ["lib", "lib64", "libexec"].map((name) => join(dirname(folder), name));
  const own = basename(folder) === "shims" ? [dirname(folder)] : [folder];
  return [
    ...own.filter((place) => !holds(place, hidden)),
    ...(basename(folder) === "bin" ? beside.filter((place) => existsSync(place)) : []),
    ...links,
  ];
}

/** The packages of links' targets: the modules' folder, the prefix of a `bin`, else the target's own folder. */
function packagesBehind(programs: readonly string[], hidden: readonly string[]): string[] {
  const found = new Set<string>();
  for (const program of programs) {
    const target = targetOf(program);
    if (target === undefined || dirname(target) === dirname(program)) continue;
    const modules = target.indexOf(`${sep}node_modules${sep}`);
    const folder = dirname(target);
    const place =
      modules >= 0
        ? join(target.slice(0, modules), "node_modules")
        : basename(folder) === "bin" && !hidden.includes(dirname(dirname(folder)))
          ? dirname(folder) // not what lies in a home itself: keys may lie beside it
          : folder;
    found.add(holds(place, hidden) || hidden.includes(dirname(place)) ? target : place);
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
