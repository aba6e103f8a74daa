/** Folders in which commands of the plan run, and what is installed in each. Pure. */
import type { Step } from "../detection.js";
import type { SeenRun } from "../validation-findings.js";

/** At most so many are looked for below a checkout. */
export const MOST_FOLDERS = 10;
const LONGEST = 200;

/** Plain names alone, so that they stand in a command as they are. */
const NAMED =
  /(?:^|[;&|({"'\n])\s*(cd)\s+(["']?)([\w.@+][\w./@+-]*)\2(?=[\s;&|)]|$)|\s(?:--prefix|--dir|--cwd|-C)(?:\s+|=)(["']?)([\w.@+][\w./@+-]*)\4(?=[\s;&|)]|$)/g;

const NEVER = /(?!)/;

/**
 * As `web` for `cd web && npm test` and `npm --prefix web test`, each once; `a/b` and `b` for `cd a && cd b`, because nothing
 * tells here whether the first still holds. @param installs commands that install packages themselves, and so name none.
 */
export function foldersNamed(commands: readonly string[], installs = NEVER): string[] {
  const found = new Set<string>();
  for (const command of commands) {
    if (installs.test(command)) continue;
    let last = "";
    for (const [, cd, , entered, , given] of command.matchAll(NAMED)) {
      const name = entered ?? given ?? "";
      const folders = [placeOf(name), placeOf(`${last}/${name}`)];
      for (const folder of folders) if (folder !== "") found.add(folder);
      if (cd !== undefined) last = folders[1] ?? "";
    }
  }
  return [...found];
}

/** Without `.` and `..`; empty for the top, and for what leads out of the checkout or into git's own. */
function placeOf(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part.startsWith("-") || part.toLowerCase() === ".git") return "";
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return "";
  }
  const place = parts.join("/");
  return place.length > LONGEST ? "" : place;
}

/** After the top's own, before anything is built. */
export const withInstalls = (steps: readonly Step[], installs: readonly Step[]): Step[] => [
  ...steps.filter(({ kind }) => kind === "install"),
  ...installs,
  ...steps.filter(({ kind }) => kind !== "install"),
];

/** What Python's packages go into, wherever they are asked for: the top's are not changed for a folder's. */
const ONE_VENV = '"$HOME/venv"';
const PACKAGES = /^(?:npm|pnpm|yarn|bun) /;

/**
 * Its installs, as steps that run from the top.
 * @param steps of the folder's own detection. @param top those of the checkout. @param isMember JavaScript's packages are installed by a workspace of the top.
 */
export function folderInstalls(
  folder: string,
  steps: readonly Step[],
  { top, isMember }: { top: readonly Step[]; isMember: boolean },
): Step[] {
  const hasVenv = top.some(({ run }) => run.includes(ONE_VENV));
  return steps
    .filter(({ kind, run }) => {
      if (kind !== "install" || (hasVenv && run.includes(ONE_VENV))) return false;
      return !isMember || !PACKAGES.test(run);
    })
    .map((step) => ({ ...step, run: `cd ${folder} && ${step.run}`, folder }));
}

/** Marks installs in folders that did not succeed, where all that runs there passes without. */
export function withNeedless(steps: readonly Step[], runs: readonly SeenRun[]): SeenRun[] {
  const passes = (folder: string) =>
    runs
      .filter(({ kind, how }) => kind !== "install" && foldersNamed([how]).includes(folder))
      .every(({ verdict }) => verdict === "passed");
  return runs.map((run) => {
    const { folder } = steps.find((step) => step.kind === run.kind && step.run === run.how) ?? {};
    return folder !== undefined && passes(folder) ? { ...run, isNeedless: true } : run;
  });
}
