/** Programs on this host: where one is, and which folders it needs to see to run. */
import { constants, existsSync } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";

/** @param path PATH of the child. @returns the absolute path of an executable file, undefined where there is none. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  const places = name.includes("/")
    ? [name]
    : path.split(delimiter).map((folder) => join(folder, name));
  for (const place of places) {
    if (isAbsolute(place) && (await isExecutable(place))) return place;
  }
  return undefined;
}

async function isExecutable(place: string): Promise<boolean> {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false;
  }
}

/**
 * Folders that a command may need where a child sees only the system: those of its programs and scripts, with the packages
 * around them, and those of the Node that runs scripts. Never a home as a whole.
 * @param command program, found before, and arguments.
 */
export async function commandFolders(command: readonly string[]): Promise<string[]> {
  const folders = new Set<string>([dirname(dirname(await realpath(process.execPath)))]);
  for (const word of command.filter(isAbsolute)) {
    const real = await realpath(word).catch(() => undefined);
    if (real === undefined) continue;
    for (const place of [dirname(word), packagesOf(real) ?? packageOf(real) ?? dirname(real)]) {
      folders.add(isHome(place) ? real : place);
    }
  }
  return [...folders];
}

/** The outermost `node_modules` above it: what a package needs lies beside it. */
function packagesOf(file: string): string | undefined {
  return above(file).findLast((folder) => basename(folder) === "node_modules");
}

/** The package that a script belongs to. */
function packageOf(file: string): string | undefined {
  return above(file).find((folder) => existsSync(join(folder, "package.json")));
}

/** Folders above a file, the nearest first. */
function above(file: string): string[] {
  const folders: string[] = [];
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) folders.push(at);
  return folders;
}

const isHome = (place: string) => `${homedir()}/`.startsWith(place === "/" ? place : `${place}/`);
