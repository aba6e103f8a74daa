/** Commits the mission folder with an index of its own, so that no index or branch of a person moves. */
import { randomBytes } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EXIT, Problem } from "../../domain/problem.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { findObjects, type Git, gitAnswer, gitLine, subjectLine } from "../../store/git.js";
import type { MissionRecord } from "../../store/mission-record.js";
import type { FolderCommitPort } from "../ports.js";
import { openEngineRepository } from "./engine-repository.js";
import { importCommit } from "./import-commit.js";
import { lockIn, lockRemedy, withoutStaleLock } from "./locks.js";
import { oneAtATime } from "./one-at-a-time.js";
import { adoptUserCommits, publish, readUserBranch } from "./publish.js";

const TRIES = 20;

/** Attached folders go onto the mission's branch, as todo/missions/<id>; homeless ones into the home's own repository. */
export function createFolderCommit(deps: { git: Git; paths: EnginePaths }): FolderCommitPort {
  return {
    async commitFolder(record, subject, at) {
      if (record.home === "homeless") {
        await commitInHome(deps, record, subject, at);
        return undefined;
      }
      if (record.repo === undefined || record.branch === undefined) return undefined;
      const { git } = deps;
      const repository = await openEngineRepository(git, deps.paths, record);
      return oneAtATime(repository.gitDir, async () => {
        const theirs = await readUserBranch(git, record, repository.ref);
        const { head } = await commitOnto(git, {
          gitDir: repository.gitDir,
          ref: repository.ref,
          folder: record.folder,
          path: `todo/missions/${record.missionId}`,
          message: messageOf(record, subject),
          at,
          adopt: (ours) => adoptUserCommits(git, repository, record, theirs, ours),
          write: (run) => unlessLocked(repository.gitDir, run),
        });
        return publish(git, repository, record, theirs, head);
      });
    },
  };
}

async function commitInHome(
  { git }: { git: Git },
  record: MissionRecord,
  subject: string,
  at: string,
): Promise<void> {
  const home = dirname(record.folder);
  const path = basename(record.folder);
  const gitDir = join(home, ".git");
  await oneAtATime(gitDir, async () => {
    if ((await stat(gitDir).catch(() => undefined)) === undefined)
      await git(home, ["init", "--template=", "-b", "main"]);
    const ref = await gitAnswer(git, home, ["symbolic-ref", "-q", "HEAD"]);
    if (ref === undefined) return; // a person looks at an old state; nothing is lost, the next commit has it
    const { isNew } = await commitOnto(git, {
      gitDir,
      ref,
      folder: record.folder,
      path,
      message: messageOf(record, subject),
      at,
      adopt: () => Promise.resolve(false),
      write: (run) => nameLock(home, run),
    });
    // the home's index follows for this folder only, so that `git status` there tells the truth
    if (isNew) await gitAnswer(git, home, ["reset", "--quiet", "--", path]);
  });
}

/** Undefined while another process of ours holds the lock, as when it has moved the branch already. */
async function unlessLocked<T>(gitDir: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withoutStaleLock(gitDir, run);
  } catch (error) {
    if (lockIn(error) === undefined) throw error;
    return undefined;
  }
}

/** People look at the home with git of their own: a lock there is not ours to break. @throws Problem */
async function nameLock<T>(home: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const lock = lockIn(error);
    if (lock === undefined) throw error;
    const message = `A lock of git is in the way in ${home}.`;
    throw new Problem(EXIT.environment, message, `Wait for it, or ${lockRemedy(lock)}`, error);
  }
}

const messageOf = (record: MissionRecord, subject: string) =>
  `${subjectLine(subject)}\n\nMission: ${record.missionId}\n`;

interface FolderCommit {
  gitDir: string;
  ref: string;
  /** Folder on disk whose files become `path` in the tree. */
  folder: string;
  path: string;
  message: string;
  at: string;
  /** Takes over what a person added onto `ref`; true when it moved. */
  adopt(head: string): Promise<boolean>;
  /** Runs what writes the ref, and knows what to do about a lock; undefined when it has to be tried again. */
  write<T>(run: () => Promise<T>): Promise<T | undefined>;
}

/** @returns where `ref` stands then; `isNew` is false when the folder was committed like this already. */
async function commitOnto(
  git: Git,
  commit: FolderCommit,
): Promise<{ head: string; isNew: boolean }> {
  const { gitDir, ref, path } = commit;
  const tree = await writeFolder(git, commit);
  for (let n = 0; n < TRIES; n += 1) {
    const [parent, before] = await findObjects(git, gitDir, [`${ref}^{commit}`, `${ref}:${path}`]);
    if (parent !== undefined) {
      if (await commit.adopt(parent)) continue;
      if (before === tree) return { head: parent, isNew: false };
      if (before === undefined) await requireFolders(git, gitDir, parent, path);
    }
    const head = await commit.write(() =>
      importCommit(git, gitDir, { ...commit, tree, ...(parent === undefined ? {} : { parent }) }),
    );
    if (head !== undefined) return { head, isNew: true };
  }
  throw new Error(`${ref} moved ${TRIES} times while the mission folder was committed`);
}

/** @returns the folder's files as a git tree. */
async function writeFolder(git: Git, { gitDir, folder }: FolderCommit): Promise<string> {
  const index = join(gitDir, `folder-${randomBytes(6).toString("hex")}.index`);
  const env = { GIT_DIR: gitDir, GIT_INDEX_FILE: index, GIT_WORK_TREE: folder };
  try {
    await mkdir(folder, { recursive: true });
    // -f: a person's ignore rules are for their own files; *.tmp is a file being written just now
    await git(folder, ["add", "-A", "-f", "-v", "--", ".", ":(exclude,glob)**/*.tmp"], { env });
    return await gitLine(git, folder, ["write-tree"], { env });
  } finally {
    await rm(index, { force: true });
  }
}

/** Before the first commit only. @throws Problem where a file, link or submodule of the branch stands in the way. */
async function requireFolders(git: Git, gitDir: string, head: string, path: string): Promise<void> {
  const parts = path.split("/");
  const above = parts.slice(1).map((_, n) => parts.slice(0, n + 1).join("/"));
  if (above.length === 0) return;
  const entries = (await git(gitDir, ["ls-tree", "-z", head, "--", ...above])).split("\0");
  const other = entries.find((entry) => entry !== "" && !/^\d+ tree /.test(entry));
  if (other === undefined) return;
  const name = other.slice(other.indexOf("\t") + 1);
  throw new Problem(
    EXIT.environment,
    `The mission folder cannot be committed: ${name} is no folder on the mission's branch.`,
    "Rename it on that branch.",
  );
}
