/** Commits the mission folder with an index of its own, so that no index or branch of a person moves. */
import { randomBytes } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { EnginePaths } from "../../store/engine-paths.js";
import { commitDates, type Git, gitAnswer, gitLine, subjectLine } from "../../store/git.js";
import type { MissionRecord } from "../../store/mission-record.js";
import type { FolderCommitPort } from "../ports.js";
import { moveRef, openEngineRepository } from "./engine-repository.js";
import { oneAtATime } from "./one-at-a-time.js";
import { publish } from "./publish.js";

const TRIES = 20;

/** Attached folders go onto the mission's branch, as todo/missions/<id>; homeless ones into the home's own repository. */
export function createFolderCommit(deps: { git: Git; paths: EnginePaths }): FolderCommitPort {
  return {
    async commitFolder(record, subject, at) {
      if (record.home === "homeless") return commitInHome(deps, record, subject, at);
      if (record.repo === undefined || record.branch === undefined) return;
      const repository = await openEngineRepository(deps.git, deps.paths, record);
      await oneAtATime(repository.gitDir, async () => {
        await commitOnto(deps.git, {
          gitDir: repository.gitDir,
          ref: repository.ref,
          folder: record.folder,
          path: `todo/missions/${record.missionId}`,
          message: messageOf(record, subject),
          at,
        });
        await publish(deps.git, repository, record);
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
    const message = messageOf(record, subject);
    const moved = await commitOnto(git, { gitDir, ref, folder: record.folder, path, message, at });
    // the home's index follows for this folder only, so that `git status` there tells the truth
    if (moved) await gitAnswer(git, home, ["reset", "--quiet", "--", path]);
  });
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
}

/** @returns false when the folder was committed like this already. */
async function commitOnto(git: Git, commit: FolderCommit): Promise<boolean> {
  const { gitDir, ref, path } = commit;
  const index = join(gitDir, `folder-${randomBytes(6).toString("hex")}.index`);
  const env = { GIT_DIR: gitDir, GIT_INDEX_FILE: index };
  try {
    await mkdir(commit.folder, { recursive: true });
    const there = { ...env, GIT_WORK_TREE: commit.folder };
    // -f: a person's ignore rules are for their own files; *.tmp is a file being written just now
    await git(commit.folder, ["add", "-A", "-f", "--", ".", ":(exclude,glob)**/*.tmp"], {
      env: there,
    });
    const folderTree = await gitLine(git, gitDir, ["write-tree"], { env });
    for (let n = 0; n < TRIES; n += 1) {
      const head = await gitAnswer(git, gitDir, ["rev-parse", "-q", "--verify", ref], { env });
      if (head !== undefined) {
        const same = ["rev-parse", "-q", "--verify", `${head}:${path}`];
        if ((await gitAnswer(git, gitDir, same, { env })) === folderTree) return false;
      }
      await rm(index, { force: true });
      await git(gitDir, ["read-tree", ...(head === undefined ? ["--empty"] : [head])], { env });
      const unlist = ["rm", "-r", "-f", "--cached", "--ignore-unmatch", "--", path];
      await git(commit.folder, unlist, { env: there });
      await git(gitDir, ["read-tree", "-i", `--prefix=${path}/`, folderTree], { env });
      const tree = await gitLine(git, gitDir, ["write-tree"], { env });
      const parents = head === undefined ? [] : ["-p", head];
      const next = await gitLine(git, gitDir, ["commit-tree", tree, ...parents], {
        env: { ...env, ...commitDates(commit.at) },
        input: commit.message,
      });
      const none = "0".repeat(next.length);
      if (await moveRef(git, gitDir, ref, next, head ?? none)) return true;
    }
    throw new Error(`${ref} moved ${TRIES} times while the mission folder was committed`);
  } finally {
    await rm(index, { force: true });
  }
}
