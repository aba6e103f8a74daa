/** Which files of a repository matter to a feature, and which were made before in the way that it needs. */
import { indexWords, type WordIndex } from "./adapters/nearest.js";
import type { PlanFeature } from "../domain/plan.js";
import type { Git } from "../store/git.js";

const SEARCHED = 20_000;
const KEPT = 4;
const NOT_WORK =
  /(?:^|\/)(?:node_modules|vendor|dist|build|\.git)\/|(?:^|\/)(?:[^/]*[-.]lock(?:\.[^/]*)?|go\.sum)$|\.(?:png|jpe?g|gif|ico|svg|woff2?|pdf|zip|gz|min\.js|map|snap)$/i;

export interface RepositoryFiles {
  paths: ReadonlySet<string>;
  words: WordIndex;
}

/** Lists of files by commit; a list never changes. @returns a reader that gives nothing where there is no such commit. */
export function createFileLists(git: Git) {
  const kept = new Map<string, Promise<RepositoryFiles | undefined>>();
  const read = async (gitDir: string, commit: string): Promise<RepositoryFiles | undefined> => {
    const env = { GIT_DIR: gitDir };
    const args = ["ls-tree", "-r", "-z", "--name-only", commit];
    const listed = await git(gitDir, args, { env }).catch(() => undefined);
    if (listed === undefined) return undefined;
    const all = listed.split("\0").filter((path) => path !== "" && !/\p{C}/u.test(path));
    const searched = all.filter((path) => !NOT_WORK.test(path)).slice(0, SEARCHED);
    return {
      paths: new Set(all),
      words: indexWords(searched.map((path) => ({ id: path, words: path }))),
    };
  };
  return (gitDir: string, commit: string): Promise<RepositoryFiles | undefined> => {
    if (!/^[0-9a-f]{7,64}$/.test(commit)) return Promise.resolve(undefined);
    const key = `${gitDir} ${commit}`;
    const reading = kept.get(key) ?? read(gitDir, commit);
    kept.delete(key); // to the young end
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
}

/** What it says it touches and is there, then what its title names. */
export function relevantFiles(
  { title, touches }: Pick<PlanFeature, "title" | "touches">,
  { paths, words }: RepositoryFiles,
): string[] {
  const there = touches.filter((path) => paths.has(path));
  const named = words.nearest(title, { most: 8, leastWords: 1 });
  return [...new Set([...there, ...named])];
}

/** For each file that is yet to be made: its closest neighbours of the same sort. */
export function neighbours(
  { touches }: Pick<PlanFeature, "touches">,
  { paths }: RepositoryFiles,
): string[] {
  const found = touches.flatMap((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const dot = name.indexOf(".", 1);
    if (dot < 0 || paths.has(path)) return [];
    const folder = path.slice(0, path.length - name.length);
    const isLike = (other: string) =>
      other.startsWith(folder) &&
      !other.slice(folder.length).includes("/") &&
      other.endsWith(name.slice(dot));
    return [...paths].filter(isLike).slice(0, 2);
  });
  return [...new Set(found)].slice(0, 4);
}
