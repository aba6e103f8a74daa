/**
 * Commits on their way between hosts, as git bundles. What comes from another host is data: it is taken into a repository of
 * its own first, and goes on from there only when it holds the expected commit on the expected base, and sound objects.
 */
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, Problem } from "../../domain/problem.js";
import type { BlobRef } from "../../domain/mission.js";
import type { BundledCommit } from "../../domain/between-hosts.js";
import { findObjects, type Git, GitFailure, gitLine } from "../../store/git.js";
import type { BlobFilePort } from "../hosts-ports.js";
import { copyIfThere } from "./checkout.js";

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const FETCH = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];

/** Ref that keeps a commit which came from, or goes to, another host. */
const bundleRef = (commit: string) => `refs/missions/bundles/${commit}`;

/**
 * Packs a commit with its history down to `base`. Only the time makes two runs differ.
 * @param base a commit that the receiver has; left out: the whole history goes along. @throws GitFailure
 */
export async function exportBundle(
  git: Git,
  blobs: BlobFilePort,
  gitDir: string,
  commit: string,
  base?: string,
): Promise<BundledCommit> {
  const ref = bundleRef(commit);
  const file = join(gitDir, `${randomBytes(6).toString("hex")}.bundle`);
  try {
    await git(gitDir, ["update-ref", ref, commit]);
    const without = base === undefined ? [] : [`^${base}`];
    await git(gitDir, ["bundle", "create", "--quiet", file, ref, ...without]);
    const bundle = await blobs.putFile(file, `${commit.slice(0, 12)}.bundle`);
    return { commit, ...(base === undefined ? {} : { base }), bundle };
  } finally {
    await rm(file, { force: true });
  }
}

/** A commit that comes in a bundle. */
export interface Incoming {
  commit: string;
  bundle: BlobRef;
  /**
   * A ref or commit of the repository: the commit must stand on it by one line of commits, and what is new is looked
   * through. Left out: our own home published it, with all of the user's history.
   */
  onto?: string;
  /** A ref or commit that is here already and may be merged into it: what its pull request shows. */
  merges?: string;
}

/**
 * Brings a commit that another host made, or the home published, into a repository. Found there already, it changes nothing.
 * Contract: may be repeated and run at once. @throws Problem when the bundle does not hold exactly what is expected.
 */
export async function importBundle(
  git: Git,
  blobs: BlobFilePort,
  gitDir: string,
  { commit, bundle, onto, merges }: Incoming,
): Promise<void> {
  if (!ID.test(commit)) throw refused(commit, "it is no commit");
  const names = [commit, onto ?? commit, merges ?? commit].map((name) => `${name}^{commit}`);
  const [there, found, known] = await findObjects(git, gitDir, names);
  const base = onto === undefined ? undefined : found;
  if (onto !== undefined && base === undefined) throw refused(commit, "its base is not here");
  const line = { base, merged: merges === undefined ? undefined : known };
  if (there === commit) return requireLine(git, gitDir, commit, line);
  const file = await blobs.file(bundle.sha256);
  const apart = join(gitDir, `${randomBytes(6).toString("hex")}.incoming`);
  try {
    await layApart(gitDir, apart, commit);
    const ref = bundleRef(commit);
    await git(apart, [...FETCH, "--", file, `${ref}:${ref}`]);
    const [came] = await findObjects(git, apart, [`${ref}^{commit}`]);
    if (came !== commit) throw refused(commit, "it holds another commit");
    await requireLine(git, apart, commit, line);
    // a fetch from a repository, unlike one from a bundle, looks through the objects that it takes
    const strictly = base === undefined ? [] : ["-c", "fetch.fsckObjects=true"];
    await git(gitDir, [...strictly, ...FETCH, "--", apart, `${ref}:${ref}`]);
  } catch (error) {
    if (!(error instanceof GitFailure) || /No space left/.test(error.stderr)) throw error;
    throw refused(commit, error.message.replace(/\s+/g, " ").slice(0, 200), error);
  } finally {
    await rm(apart, { recursive: true, force: true });
  }
}

/** Commits that the repository has: one to stand on, and one whose history may come in beside it. */
interface Line {
  base: string | undefined;
  merged: string | undefined;
}

/** From `commit` down to what is here, each commit's first parent is the next; a second one is here already. */
async function requireLine(git: Git, gitDir: string, commit: string, { base, merged }: Line) {
  if (base === undefined) return;
  const here = [base, ...(merged === undefined || merged === commit ? [] : [merged])];
  const without = here.map((id) => `^${id}`);
  const found = await gitLine(git, gitDir, ["rev-list", "--parents", commit, ...without]);
  const lines = found === "" ? [] : found.split("\n").map((line) => line.split(" "));
  const news = new Set(lines.map(([id]) => id));
  let expected: string | undefined = commit;
  for (const [id, parent, second, third] of lines) {
    const isLine = id === expected && third === undefined;
    const isKnown = second === undefined || (merged !== undefined && !news.has(second));
    if (!isLine || !isKnown) throw refused(commit, "it stands on another base");
    expected = parent;
  }
  // what it ends on is left out of the list because it is here; a root has no parent
  if (expected === undefined) throw refused(commit, "it stands on another base");
}

/** A bare repository that sees the objects of `gitDir` and gives it none. */
async function layApart(gitDir: string, apart: string, commit: string): Promise<void> {
  await makeBare(apart, commit.length);
  await writeFile(join(apart, "objects", "info", "alternates"), `${join(gitDir, "objects")}\n`);
  await copyIfThere(join(gitDir, "shallow"), join(apart, "shallow"));
}

/** As `git init --bare` does it, without a process. @param idLength 40, or 64 for sha256. */
export async function makeBare(gitDir: string, idLength: number): Promise<void> {
  await mkdir(join(gitDir, "objects", "info"), { recursive: true });
  await mkdir(join(gitDir, "refs"), { recursive: true });
  await writeFile(join(gitDir, "HEAD"), "ref: refs/heads/main\n");
  const sha256 =
    idLength === 64
      ? "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n"
      : "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
  await writeFile(join(gitDir, "config"), sha256);
}

const refused = (commit: string, why: string, cause?: unknown) =>
  new Problem(
    EXIT.environment,
    `The work of another host, commit ${commit.slice(0, 12)}, cannot be taken over: ${why}.`,
    "See that all hosts run the same version and reach the same store, then retry the feature.",
    cause,
  );
