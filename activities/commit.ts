/** A feature's commit, made in the engine's repository from the workspace's files; the workspace's own `.git` is never read. */
import { randomBytes } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import { undeclaredOf } from "../domain/touches.js";
import type { CommitInput, CommitOutcome } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import {
  commitDates,
  findObjects,
  type Git,
  GitFailure,
  gitLine,
  subjectLine,
} from "../store/git.js";
import { reportFolder, workspacePaths } from "../store/workspace-paths.js";
import { addAll } from "./adapters/add-all.js";
import { exportBundle } from "./adapters/bundles.js";
import { copyIndex } from "./adapters/checkout.js";
import { featureRef, moveRef } from "./adapters/engine-repository.js";
import { baseIndex, isUntakable } from "./adapters/trees.js";
import { parseChanges, refuseChanges } from "./commit-policy.js";
import { moveHandover } from "./handover.js";
import { refuseLfsFiles } from "./lfs.js";
import { openFeatureRepository, requirePlace } from "./mission-place.js";
import type { BlobPort } from "./ports.js";
import { readPlanFeature } from "./plan.js";
import type { WorkspaceDependencies } from "./workspace.js";

const NAMED_FILES = 20;
const NAMED_UNDECLARED = 10;
const DIFF_BYTES = 1_000_000;
const LIMIT = { fileBytes: 100_000_000, allBytes: 1_000_000_000, files: 20_000 } as const;
/** Above this only the names of the changed files are kept as the diff. */
const DIFFED_BYTES = 20_000_000;
const IGNORE = "list made and downloaded folders in .gitignore.";
/** As `merge-tree` writes it when the engine lays a conflict out: the label is a commit. */
const LEFT_MARKER = /^\+<{7} [0-9a-f]{40}/m;

/** Where git finds repository, files and index. */
type Environment = Record<"GIT_DIR" | "GIT_WORK_TREE" | "GIT_INDEX_FILE", string>;

type Made =
  | { refused: string }
  | {
      commit: string;
      filesChanged: number;
      diff?: BlobRef;
      undeclared?: string[];
      bundle?: BlobRef;
    };

/** Commits what changed and moves the hand-over files; `refused` says why nothing was committed. */
export async function commitTree(
  deps: WorkspaceDependencies,
  input: CommitInput,
): Promise<CommitOutcome> {
  const { feature, workspace } = input;
  const place = workspacePaths(deps.paths.workspaces, workspace.name);
  const { folder } = await requirePlace(deps.paths, feature.missionId);
  const made: Made =
    workspace.baseCommit === ""
      ? { commit: "", filesChanged: 0 }
      : await commitChanges(deps, input, place.tree, folder === undefined);
  if ("refused" in made) return { commit: "", filesChanged: 0, files: [], refused: made.refused };
  const { undeclared = [], diff, bundle } = made;
  // without the mission folder they wait beside the workspace until its home takes them
  const to = folder ?? reportFolder(place);
  const files = await moveHandover(deps.scrub, place, to, feature.featureId);
  if (made.commit !== "" || files.length > 0)
    await appendFeatureEvent(deps.paths.features, feature.missionId, feature.featureId, {
      key: `commit/${feature.generation}/${made.commit}/${files.length}`,
      at: input.at,
      kind: "commit",
      commit: made.commit,
      ...(diff === undefined ? {} : { diff }),
      files,
      ...(undeclared.length === 0 ? {} : { undeclared }),
    });
  return {
    commit: made.commit,
    filesChanged: made.filesChanged,
    files: files.slice(0, NAMED_FILES),
    ...(undeclared.length === 0
      ? {}
      : { undeclared: undeclared.slice(0, NAMED_UNDECLARED).map(shortPath) }),
    ...(bundle === undefined ? {} : { bundle }),
  };
}

async function commitChanges(
  deps: WorkspaceDependencies,
  input: CommitInput,
  tree: string,
  isAway: boolean,
): Promise<Made> {
  const { gitDir } = await openFeatureRepository(deps, input.feature);
  // an index of its own: the lock of a run that was cut off is in nobody's way
  const index = join(tree, "..", "attempt", `commit-${randomBytes(4).toString("hex")}.index`);
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: index };
  try {
    const made: Made = await commitIndex(deps, input, tree, env);
    if (!isAway || "refused" in made || made.commit === "") return made;
    const { git, blobFiles } = deps;
    const base = input.workspace.baseCommit;
    const { bundle } = await exportBundle(git, blobFiles, gitDir, made.commit, base);
    return { ...made, bundle };
  } finally {
    await rm(index, { force: true });
  }
}

async function commitIndex(
  deps: WorkspaceDependencies,
  input: CommitInput,
  tree: string,
  env: Environment,
): Promise<Made> {
  const { git } = deps;
  const { GIT_DIR: gitDir, GIT_INDEX_FILE: index } = env;
  const base = input.workspace.baseCommit;
  if (!(await copyIndex(baseIndex(tree), index))) await git(tree, ["read-tree", base], { env });

  const weight = await weigh(git, tree, env);
  if ("tooMuch" in weight) return { refused: weight.tooMuch };
  try {
    await addAll(git, tree, env);
  } catch (error) {
    if (error instanceof GitFailure && isUntakable(error.stderr))
      return { refused: `The change cannot be committed: ${lastLine(error.stderr)}` };
    throw error;
  }
  const treeId = await gitLine(git, tree, ["write-tree"], { env });
  const isLarge = weight.bytes > DIFFED_BYTES;
  const compare = (...how: string[]) =>
    git(tree, ["diff-tree", "-r", "--no-ext-diff", "--no-textconv", ...how, base, treeId], { env });
  const raw = ["-z", "--raw", "--no-renames"];
  const { changes, patch } = parseChanges(await compare(...raw, ...(isLarge ? [] : ["-p"])));
  if (changes.length === 0) return { commit: "", filesChanged: 0 };
  const refused = refuseChanges(changes) ?? (await refuseLfsFiles(git, tree, env, changes));
  if (refused !== undefined) return { refused };

  const diff = isLarge ? await compare("--name-status") : patch;
  if (LEFT_MARKER.test(diff)) return { refused: "Conflict markers are left in the change." };
  const shown = deps.scrub(diff);
  if (shown !== diff) return { refused: "The change contains the value of a secret." };
  const { planHash, milestoneId, featureId } = input.feature;
  const { title, touches } = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
  const before = await readShown(git, gitDir, input.onto);
  const isSame = before?.tree === treeId && before.parent === base;
  const parents = [base, ...(before === undefined ? [] : [before.commit])];
  const commit = isSame
    ? before.commit
    : await gitLine(
        git,
        tree,
        ["commit-tree", treeId, ...parents.flatMap((parent) => ["-p", parent])],
        {
          env: { ...env, ...commitDates(input.at) },
          input: messageOf(deps.scrub(title), input),
        },
      );
  await moveRef(git, gitDir, featureRef(input.feature.generation, featureId), commit);
  return {
    commit,
    filesChanged: changes.length,
    diff: await keepDiff(deps.blobs, shown, featureId),
    undeclared: undeclaredOf(
      touches,
      changes.map(({ path }) => path),
    ),
  };
}

/** A path that is too long for a result becomes the folder that it lies in. */
function shortPath(path: string): string {
  if (path.length <= 120) return path;
  const cut = path.slice(0, 120);
  return cut.slice(0, Math.max(1, cut.lastIndexOf("/")));
}

/** The feature's commit that a pull request shows; undefined where there is none, or not on this host. */
async function readShown(git: Git, gitDir: string, onto: string | undefined) {
  if (onto === undefined) return undefined;
  const [there] = await findObjects(git, gitDir, [`${onto}^{commit}`]);
  if (there !== onto) return undefined;
  const line = await gitLine(git, gitDir, ["log", "-1", "--format=%T %P", onto]);
  const [tree = "", parent = ""] = line.split(" ");
  return { commit: onto, tree, parent };
}

function messageOf(title: string, { feature }: CommitInput): string {
  const subject = subjectLine(title) || `Feature ${feature.featureId}`;
  return `${subject}\n\nMission: ${feature.missionId}\nCompletes-feature: ${feature.featureId}\n`;
}

/** Looks at the sizes of what would be added before git reads a byte of it. @returns why it is too much, or how much it is. */
async function weigh(
  git: Git,
  tree: string,
  env: Environment,
): Promise<{ tooMuch: string } | { bytes: number }> {
  const list = ["ls-files", "-z", "--others", "--modified", "--exclude-standard"];
  const names = new Set((await git(tree, list, { env })).split("\0").filter((name) => name !== ""));
  if (names.size > LIMIT.files) {
    const tooMuch = `The change touches ${names.size} files, more than ${LIMIT.files}; ${IGNORE}`;
    return { tooMuch };
  }
  let bytes = 0;
  for (const name of names) {
    const stats = await lstat(join(tree, name)).catch(() => undefined);
    if (stats === undefined) continue; // deleted
    if (!stats.isDirectory()) bytes += stats.size;
    if (stats.isFile() && stats.size > LIMIT.fileBytes) {
      const tooMuch = `${JSON.stringify(name)} is larger than ${LIMIT.fileBytes / 1_000_000} MB; list it in .gitignore or make it smaller.`;
      return { tooMuch };
    }
  }
  return bytes > LIMIT.allBytes
    ? { tooMuch: `The change adds more than ${LIMIT.allBytes / 1_000_000} MB; ${IGNORE}` }
    : { bytes };
}

/** The diff for `missions diff`, cut at a megabyte. */
async function keepDiff(blobs: BlobPort, diff: string, featureId: string) {
  const bytes = Buffer.from(diff);
  const kept =
    bytes.byteLength <= DIFF_BYTES
      ? diff
      : `${bytes.subarray(0, DIFF_BYTES).toString()}\n... cut, ${bytes.byteLength} bytes in all\n`;
  return blobs.put(kept, `${featureId}.diff`);
}

const lastLine = (text: string) =>
  text
    .trim()
    .split("\n")
    .find((line) => /error|fatal/i.test(line))
    ?.slice(0, 200) ?? "";
