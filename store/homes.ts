/** Where a new mission lives: in the repository that a person stands in or names, else in the homeless home. */
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";

export type Home =
  | {
      kind: "attached";
      /** Absolute path of the top of the repository. */
      repo: string;
      /** Holds the folders of missions: `<repo>/todo/missions`. */
      folder: string;
      /** The named path is empty or missing: a repository of the mission's own is to be made there. */
      dedicated?: true;
    }
  | { kind: "homeless"; folder: string };

export interface HomeQuestion {
  /** Where the person called from (INIT_CWD under npm). */
  callerFolder: string;
  /** Top of this tool's own clone, which counts only when it is named. */
  toolRoot: string;
  /** `--repo`; relative to the caller's folder. */
  repo?: string;
  /** `--homeless`. */
  homeless?: boolean;
  /** The homeless home, `~/.aidevops/missions` or MISSIONS_HOME. */
  home: string;
}

/** As git takes it for somewhere else: `https://host/x`, `git@host:x`. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:/i;

/** Looks only; makes nothing. @throws Problem badInput when `repo` is given together with `homeless` or cannot be used. */
export async function chooseHome(question: HomeQuestion): Promise<Home> {
  const { callerFolder, toolRoot, repo, homeless, home } = question;
  const homelessHome: Home = { kind: "homeless", folder: resolve(home) };
  if (repo !== undefined) {
    if (homeless === true) {
      throw new Problem(
        EXIT.badInput,
        "A mission cannot be in a repository and homeless at once.",
        "Give --repo or --homeless, not both.",
      );
    }
    if (ADDRESS.test(repo))
      throw new Problem(
        EXIT.badInput,
        `${JSON.stringify(repo)} is an address, not a folder of this machine.`,
        "Clone it first, and give the path of the clone.",
      );
    return namedRepository(resolve(callerFolder, repo), repo);
  }
  if (homeless === true) return homelessHome;
  const top = await repositoryAbove(callerFolder);
  if (top === undefined) return homelessHome;
  const apart = await Promise.all([toolRoot, home].map(realPath));
  return apart.includes(await realPath(top)) ? homelessHome : attached(top);
}

const attached = (repo: string) =>
  ({ kind: "attached", repo, folder: join(repo, "todo", "missions") }) as const;

async function namedRepository(path: string, typed: string): Promise<Home> {
  const shown = JSON.stringify(typed.slice(0, 200));
  const unusable = (what: string, remedy: string) =>
    new Problem(EXIT.badInput, `${shown} ${what}.`, remedy);
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) {
    throw unusable("is a file, not a repository", "Name a folder.");
  }
  const names = found === undefined ? [] : await readdir(path);
  if (await isBare(path, names)) {
    throw unusable(
      "is a bare repository",
      "Name a clone of it that has files: git clone makes one.",
    );
  }
  const top = await repositoryAbove(path);
  if (top !== undefined && (names.length > 0 || top === path)) return attached(top);
  if (top !== undefined) {
    throw unusable(
      `is empty and lies inside the repository ${top}`,
      "Name that repository, or a path outside of it for a new one.",
    );
  }
  if (names.length > 0) {
    throw unusable(
      "is not a git repository",
      "Run `git init` and commit there, or name an empty path for a new repository.",
    );
  }
  return { ...attached(path), dedicated: true };
}

async function isBare(path: string, names: string[]): Promise<boolean> {
  if (!["HEAD", "objects", "refs"].every((name) => names.includes(name))) return false;
  return (await stat(join(path, "HEAD"))).isFile();
}

/** Top of the git repository that holds `path` (which need not exist), found without running git. */
async function repositoryAbove(path: string): Promise<string | undefined> {
  let folder = resolve(path);
  for (;;) {
    if ((await stat(join(folder, ".git")).catch(() => undefined)) !== undefined) return folder;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

const realPath = (path: string) => realpath(path).catch(() => resolve(path));
