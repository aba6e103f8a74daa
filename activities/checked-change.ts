/** What a feature's change is, as its checked constraints ask for it: read from the engine's repository, not from the workspace's. */
import { type CheckedChange, namesWord, type NewDependency } from "../domain/constraints.js";
import type { CheckedConstraints } from "../domain/plan.js";
import type { Git } from "../store/git.js";
import { installedLicence } from "./adapters/installed-licence.js";
import { type Ecosystem, type ManifestDependency, manifestKind } from "./adapters/manifests.js";
import { addedLines, parseChanges } from "./commit-policy.js";

const MANIFEST_BYTES = 20_000_000;
const MANIFESTS_READ = 60;
const WORDS_REPORTED = 50;

/** The workspace's files, and the two trees to compare, in the engine's repository. */
export interface ChangePlace {
  git: Git;
  gitDir: string;
  dir: string;
  base: string;
  tree: string;
}

/** Reads only what the constraints ask for. May be repeated. @throws GitFailure */
export async function readCheckedChange(
  place: ChangePlace,
  checked: CheckedConstraints,
): Promise<CheckedChange> {
  const { git, dir, gitDir, base, tree } = place;
  const env = { GIT_DIR: gitDir };
  const raw = ["-r", "-z", "--raw", "--no-renames", base, tree];
  const paths = parseChanges(await git(dir, ["diff-tree", ...raw], { env })).changes.map(
    ({ path }) => path,
  );
  const asksForDependencies =
    checked.no_new_dependencies === true || (checked.licences ?? []).length > 0;
  const { dependencies, unreadable } = asksForDependencies
    ? await newDependencies(place, paths)
    : { dependencies: [], unreadable: [] };
  return {
    paths,
    words: await addedWords(place, checked.forbidden ?? []),
    dependencies,
    unreadable,
  };
}

async function newDependencies(place: ChangePlace, changed: readonly string[]) {
  const manifests = changed.filter((path) => manifestKind(path) !== undefined);
  const unreadable: string[] = [];
  const found = new Map<string, NewDependency & { ecosystem: Ecosystem }>();
  const known = new Set<string>();
  for (const path of manifests) {
    for (const [name, ecosystem] of await namesAt(place, place.base, path))
      known.add(`${ecosystem} ${name}`);
  }
  for (const path of manifests) {
    const kind = manifestKind(path);
    const content = await contentAt(place, place.tree, path);
    if (kind === undefined || content === undefined) continue; // deleted
    const named = readSafely(kind.read, content);
    if (named === undefined) unreadable.push(path);
    for (const { name, direct, licence } of named ?? []) {
      const key = `${kind.ecosystem} ${name}`;
      if (known.has(key)) continue;
      const before = found.get(key);
      const isDirect = direct || before?.direct === true;
      found.set(key, {
        ecosystem: kind.ecosystem,
        name,
        direct: isDirect,
        manifest: direct || before === undefined ? path : before.manifest,
        licence: licence ?? before?.licence,
      });
    }
  }
  if (found.size > 0) await dropUsedElsewhere(place, new Set(manifests), found);
  const dependencies = await Promise.all(
    [...found.values()].map(async ({ ecosystem, ...dependency }): Promise<NewDependency> => ({
      ...dependency,
      licence:
        dependency.licence ?? (await installedLicence(place.dir, ecosystem, dependency.name)),
    })),
  );
  return { dependencies, unreadable };
}

/** What another manifest of the repository had already is not new to it. */
async function dropUsedElsewhere(
  place: ChangePlace,
  changed: ReadonlySet<string>,
  found: Map<string, unknown>,
): Promise<void> {
  const { git, dir, gitDir, base } = place;
  const args = ["ls-tree", "-r", "-z", "--name-only", base];
  const paths = (await git(dir, args, { env: { GIT_DIR: gitDir } })).split("\0");
  const others = paths.filter((path) => manifestKind(path) !== undefined && !changed.has(path));
  for (const path of others.slice(0, MANIFESTS_READ)) {
    for (const [name, ecosystem] of await namesAt(place, base, path))
      found.delete(`${ecosystem} ${name}`);
    if (found.size === 0) return;
  }
}

/** Names in a manifest of a commit or tree; none where it is not there or was not readable then. */
async function namesAt(
  place: ChangePlace,
  at: string,
  path: string,
): Promise<[string, Ecosystem][]> {
  const kind = manifestKind(path);
  const content = await contentAt(place, at, path);
  if (kind === undefined || content === undefined) return [];
  return (readSafely(kind.read, content) ?? []).map(({ name }) => [name, kind.ecosystem]);
}

/** @returns undefined for a manifest that is not one. */
function readSafely(
  read: (text: string) => ManifestDependency[],
  content: string | null,
): ManifestDependency[] | undefined {
  try {
    return content === null ? undefined : read(content);
  } catch {
    return undefined;
  }
}

/** @returns undefined where there is no such file, null where it is too large to be a manifest. */
async function contentAt(
  { git, dir, gitDir }: ChangePlace,
  at: string,
  path: string,
): Promise<string | null | undefined> {
  const env = { GIT_DIR: gitDir };
  const ask = ["cat-file", "-z", "--batch-check=%(objecttype) %(objectsize)"];
  const said = await git(dir, ask, { env, input: `${at}:${path}\0` });
  const size = /^blob (\d+)$/.exec(said.trim())?.[1];
  if (size === undefined) return undefined;
  if (Number(size) > MANIFEST_BYTES) return null;
  return git(dir, ["cat-file", "blob", `${at}:${path}`], { env });
}

/** git names the files in which a word came or went; only their patches are read. Attributes that hide a file hide nothing here. */
async function addedWords(
  { git, dir, gitDir, base, tree }: ChangePlace,
  words: readonly string[],
): Promise<CheckedChange["words"]> {
  if (words.length === 0) return [];
  const env = { GIT_DIR: gitDir };
  const pattern = words.map((word) => word.replace(/[.[\]{}()*+?^$|\\]/g, "\\$&")).join("|");
  const how = ["-r", "--text", "--no-renames", "--no-ext-diff", "--no-textconv"];
  const search = ["-i", `-G(${pattern})`, "-z", "--name-only"];
  const names = await git(dir, ["diff-tree", ...how, ...search, base, tree], { env });
  const found: { path: string; word: string; line: string }[] = [];
  for (const path of names.split("\0").filter((name) => name !== "")) {
    const only = ["-p", "-U0", base, tree, "--", `:(top,literal)${path}`];
    const patch = await git(dir, ["diff-tree", ...how, ...only], { env });
    for (const line of addedLines(patch)) {
      const word = words.find((each) => namesWord(line, each));
      if (word !== undefined) found.push({ path, word, line });
      if (found.length >= WORDS_REPORTED) return found;
    }
  }
  return found;
}
